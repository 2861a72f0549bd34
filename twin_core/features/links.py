"""Links within a site as addresses, which lead to the same wherever the text is read."""

import re
from urllib.parse import urljoin

# Code, which is left alone, or the target of an inline link that is relative to its document.
_CODE_OR_TARGET = re.compile(
    r"(?ms)^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)|\Z)|"
    r"(?<!`)(?P<tick>`++)[^\n]+?(?<!`)(?P=tick)(?!`)|"
    r"(?<=\]\()(?![a-zA-Z][\w+.-]*:|#)(?P<target>[^\s()<>]+)(?=\)|[ \t]+[\"'(])"
)
_RELATIVE = re.compile(r"\]\((?![a-zA-Z][\w+.-]*:|#)")


def absolute(text: str, url: str) -> str:
    """The Markdown text with its relative inline links as links to addresses, if its own address is
    one of the web. Links of reference style stay."""
    if not url.startswith(("http://", "https://")) or not _RELATIVE.search(text):
        return text

    def resolved(match: re.Match[str]) -> str:
        target = match["target"]
        try:
            return match[0] if target is None else urljoin(url, target)
        except ValueError:  # `//[`: no address, whatever it is
            return match[0]

    return _CODE_OR_TARGET.sub(resolved, text)
