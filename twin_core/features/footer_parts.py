"""Patterns of the parts that publishing tools put below a text: comments, further reading, closing
calls. What heads one, and what tells that it is none of the author's.

Lower case without Markdown's marks for titles, the Markdown itself for what is below them.
"""

import re

from twin_core.features import footer_names as names
from twin_core.features import footer_phrases as phrases

# What heads a part that runs to the next heading of its level or above, or to the end.
_COUNTED = rf"(?:comments?|responses?|repl(?:y|ies)|{phrases.COUNTED})"
COMMENTS_TITLE = re.compile(
    rf"\d+ (?:{_COUNTED}|thoughts on .*)|{_COUNTED} ?\(\d+\)|"
    r"(?:leave|post|write|add) a (?:comment|reply)|(?:reader|user|recent) comments|"
    r"discussion about this (?:post|podcast|video|episode)|join the (?:discussion|conversation)|"
    rf"ready for more\?|(?:discussion|webmentions|{_COUNTED})[:]?|{phrases.COMMENTS}"
)
# An author's word as well: only a tool's marks tell.
DISCUSSION = re.compile(
    r"(?:discussion|webmentions|responses?|repl(?:y|ies)|antworten|réponses?|respuestas?)[:]?"
)
WEBMENTIONS = re.compile(r"webmentions:?")
COUNTED_TITLE = re.compile(
    rf"\d+ (?:comments?|repl(?:y|ies)|{phrases.COUNTED})|{_COUNTED} ?\(\d+\)"
)
COMMENTS_TOOL = re.compile(
    rf"\d+ (?:comments?|repl(?:y|ies)|{phrases.COUNTED})|{_COUNTED} ?\(\d+\)|{phrases.COMMENTS}|"
    r"(?:leave|post|write|add) a (?:comment|reply)|discussion about this .*|ready for more\?"
)
# Lines that a list of comments has; an article has one of them by chance, hardly two.
_NO_NAME = (
    r"(?![^\w\n]*(?:my|the|an?|our|his|her|their|he|she|they|we|i|it|one|every\w*|some\w*|no\w*|"
    r"who)\b)"
)
ENTRY = re.compile(  # what only a tool prints
    r"(?im)^[^\w\n]*(?:reply|like|report|permalink|expand full comment|edit|delete|"
    rf"{phrases.COMMENTING})[^\w\n]*$|"
    r"^.{0,60}\b\d+ ?(?:m|min|minutes?|h|hours?|d|days?|weeks?|months?|years?|yrs?) ago[^\w.\n]*$|"
    r"^.{0,60}\b\d{4},? at \d{1,2}[:.]\d\d.{0,20}$|^.{0,30}\bliked by\b|"
    rf"^.{{0,60}}(?:{phrases.AGO})[^\w.\n]*$"
)
DATED = re.compile(  # a name and a date, as a transcript has them, too
    rf"(?im)^[^\n.!?]{{1,50}}{names.DATE}"
    r"(?:[ ,]{1,2}(?:at |um |à |a las )?\d{1,2}[:.h]\d\d.{0,8})?[^\w\n]*$"
)
CLOSED = re.compile(  # what a tool says where there are no comments
    r"(?i)\b(?:comments are (?:now )?closed|no comments|be the first|logged in to|required fields|"
    r"powered by|enable javascript|join the conversation|(?:log|sign) in)\b"
)
SAYING = re.compile(  # as themes print it; an interview has the same
    rf"(?im)^{_NO_NAME}.{{0,60}}\b(?:says|said|wrote|writes|commented|{phrases.SAYS}) ?:?[^\w\n]*$|"
    rf"^{_NO_NAME}[^.!?:\n]{{1,40}} (?:says|wrote|{phrases.SAYS}) ?: "
)
NAMED = re.compile(  # under a title with a number, which no author gives
    r"(?m)^[^\w\n]{0,4}[A-ZÀ-Þ][\w.'-]{0,30}(?: [A-ZÀ-Þ][\w.'-]{0,30}){0,2}[^\w\n]{0,3}:"
    r"[^\w\n]{0,3}\s"
)
FORM = re.compile(  # what the form below them has
    r"(?im)^.{0,40}\byour email(?: address)? will not be (?:published|shown)|"
    r"^[^\w\n]*(?:your )?(?:name|e-?mail|website|comment)[^\w\n]{0,3}$|"
    r"^[^\w\n]*(?:sign|log) in to (?:comment|reply)\b"
)
MENTION = re.compile(  # as a webmention is printed, one a line
    rf"(?im)^[^\w\n]*+{_NO_NAME}\w[^\n.!?:]{{0,40}} (?:liked|reposted|shared|boosted|bookmarked|"
    r"favou?rited|mentioned|linked to)(?: (?:this|it))?(?: (?:post|article|page))?[^\w\n]*$"
)
POLL_TITLE = re.compile(  # only over links to its answers
    r"(?:what did you think (?:of|about)|how did you like|how (?:was|would you rate)) (?:today's|"
    r"this|this week's|the|my|our) (?:issue|newsletter|e-?mail|edition|letter|post|article)\?"
)
AFTERWORDS_TITLE = re.compile(
    r"(?:related|recommended|popular|recent|latest|similar|more|other) (?:posts?|articles?|stories|"
    r"reading from .*)|you (?:might|may) also (?:like|enjoy)(?: (?:these|reading)\b.{0,40})?[:.…]*|"
    rf"(?:read|up) next|keep reading|{phrases.AFTERWORDS}"
)
MORE_TITLE = re.compile(r"more (?:from|by) .{1,60}")  # only over links
SHARE_TITLE = re.compile(r"share this(?: post| article| entry)?:?")
AFTERCALLS_TITLE = re.compile(
    rf"{SHARE_TITLE.pattern}|"
    r"(?:subscribe|sign up)(?: (?:to|for) (?:my|our|this) .{1,60})?|stay (?:in touch|updated)|"
    rf"(?:join|get) (?:my|our|the) newsletter|newsletter|about the author|{phrases.AFTERCALLS}"
)
INVITING = re.compile(  # what a call says, which its title may only hint at
    r"(?i)\b(?:subscri\w+|sign(?:ing)? up|newsletter|inbox|e-?mails?|follow me|patreon|ko-fi|"
    r"mastodon|twitter|linkedin|rss|abonn\w+|suscr\w+|inscri\w+|boletín)\b"
)

FIRST_PERSON = re.compile(
    r"(?i)\b(?:i|i['’]\w+|my|me|we|we['’]\w+|our|us|ich|mir|mich|mein\w*|wir|unser\w*|je|"
    r"j['’]\w+|mon|ma|mes|nous|yo|mi|mis|nuestr\w+)\b"
)
MINE = re.compile(r"\b(?:my|our)\b|abonn|suscr|inscri")  # a title that is itself a call
CALLING = re.compile(  # a call, among sentences in the first person
    r"(?im)(?:^|[.!?:;,–—] )[^\w\n]{0,4}(?:please |then |so |and |you can )?(?:subscribe|sign up|"
    r"follow (?:me|us|along)|find me on|join (?:my|our|the)|enter your|type your|"
    r"get (?:it|the|my|new)|support (?:me|my|us)|buy me|share (?:it|this)|abonn\w+|melde? dich|"
    r"trage? dich|folg\w+ (?:mir|uns)|inscri\w+|suivez|suscr\w+|apúntate|sígue\w*)\b|"
    r"\b(?:your|ihr|dein|votre|ton|tu|su) (?:inbox|e-?mail|mailbox|postfach|posteingang|correo|"
    r"bo[iî]te)"
)
SENTENCE = re.compile(r"(?:\S+\s+){4}\S.*[.…!][\"”’')*_]*$", re.DOTALL)  # of five words, it ends


def is_title(said: str) -> bool:
    """Whether a block may head a part that is no article's."""
    return bool(_TITLE.fullmatch(said))


_TITLES = (COMMENTS_TITLE, AFTERWORDS_TITLE, MORE_TITLE, AFTERCALLS_TITLE, POLL_TITLE)
_TITLE = re.compile("|".join(title.pattern for title in _TITLES))
