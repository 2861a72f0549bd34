"""Query expansion by rules: other wordings of a question, searched beside it."""

import re

from twin_core.retrieval.terms import STOP_WORDS, content_words

_FRAME = re.compile(
    r"^\s*(?:(?:what|how|why|when|where|which|who|do|does|did|is|are|was|were|can|could|would|"
    r"should|tell|please|write|explain|describe|you|me|us|your|the|a|an|in|think|see|say|said|feel|"
    r"about|of|on|to|view|views|opinion|paragraph|once|wrote|has|have|had|taught)\b[\s,:]*)+",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:,|;|\band\b|\bor\b|\bversus\b|\bvs\.?)\s*", re.IGNORECASE)


def other_wordings(question: str, count: int) -> list[str]:
    """At most `count` wordings, the most useful first, none equal to the question.

    Its subject without the frame of a question; its content words; each of its parts.
    """
    bare = " ".join(question.split()).rstrip("?.! ")  # runs of blanks take quadratic time
    subject = _FRAME.sub("", bare)
    words = content_words(question)
    parts = [part for part in _JOINT.split(subject) if set(content_words(part)) - STOP_WORDS]
    candidates = [subject, " ".join(words), *(parts if len(parts) > 1 else [])]
    known = {bare.casefold()}
    found = []
    for text in candidates:
        if text and text.casefold() not in known and content_words(text):
            known.add(text.casefold())
            found.append(text)
    return found[:count]
