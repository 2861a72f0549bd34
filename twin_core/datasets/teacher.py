"""The offline teacher: the instruction that a passage of the author's would answer
(back-translation).

Only the instruction is made up; the answer is always the author's own text (Li et al. 2023,
"Self-Alignment with Instruction Backtranslation"). Deterministic: the same passage gets the same
instruction.
"""

from twin_core.datasets.keyphrases import Keyphrases
from twin_core.fingerprint import text_hash

VERSION = "template-teacher-2"

_ASK = (
    "What do you think about {a}?",
    "What would you say about {a} and {b}?",
    "Tell me about {a}, {b} and {c}.",
    "How do you see {a}, when it comes to {b}?",
    "Why does {a} matter to you?",
    "Write a paragraph about {a} and {b}.",
    "What has {a} taught you about {b}?",
    "What is your view of {a}, {b} and {c}?",
)
_UNDER_HEADING = (
    'Write a paragraph on "{heading}", touching {a} and {b}.',
    'In "{title}", what do you say about {a}?',
    'Under the heading "{heading}", what would you say about {a} and {b}?',
    'You once wrote "{title}". What was it about {a} and {b}?',
)


def instruct(
    keyphrases: Keyphrases, passage: str, article: str, title: str, heading: str, turn: int = 0
) -> str:
    """A question or task that `passage` of `article` answers; another `turn` words it
    differently."""
    a, b, c = [*keyphrases.of(passage, article, 3), title, heading or title, title][:3]
    templates = _ASK + (_UNDER_HEADING if heading else ())
    choice = int(text_hash(passage), 16) + turn
    return templates[choice % len(templates)].format(a=a, b=b, c=c, title=title, heading=heading)
