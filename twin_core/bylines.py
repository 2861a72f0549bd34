"""Names as by-lines state them, and whether one is somebody's."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

# What publishing systems put where nobody signed.
NOBODY = {"", "admin", "administrator", "author", "editor", "editors", "staff", "webmaster"}
# What may stand beside a whole name without making it another one's; single letters may, too.
_BESIDE = {
    *("dr", "prof", "professor", "phd", "md", "mr", "mrs", "ms", "jr", "sr", "ii", "iii"),
    *("written", "text", "words", "story", "posted", "published"),
}
_MAIL = re.compile(r"(?<!\S)\S+@\S+")  # from a word's beginning, or long words take quadratic time
_BETWEEN = re.compile(r"[,;|/&+•·]|\b(?:and|und|et|y|with|mit|avec|con)\b", re.IGNORECASE)


def words_of(name: str) -> frozenset[str]:
    """A name's words, without case, accents, an e-mail address, or a leading `by`."""
    plain = unicodedata.normalize("NFKD", _MAIL.sub(" ", name)).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return frozenset(re.findall(r"\w+", letters)) - {"by"}


def is_name(name: str) -> bool:
    """Whether there are letters by which a by-line could be told from another."""
    return any(char.isalpha() for word in words_of(name) for char in word)


def signers(byline: Sequence[str], own: Iterable[str]) -> tuple[bool, list[str]]:
    """(whether one of `own` names is among those who signed, the others who did).

    A name of one word is nobody else's longer one: Jane did not write what Jane Smith did.
    """
    names = [words_of(name) for name in own]
    found, others = False, []
    for line in byline:
        # an own name may hold what else stands between two: "Doe, Jane"
        whole = _is_one_of(words_of(line), names)
        for part in [line] if whole else _BETWEEN.split(line):
            words = words_of(part)
            if not words or words <= NOBODY:
                continue
            if _is_one_of(words, names):
                found = True
            else:
                others.append(part.strip())
    return found, others


def _is_one_of(words: frozenset[str], names: Sequence[frozenset[str]]) -> bool:
    """Whether words are one of the names, a part of it, or it with a title."""
    return any(
        words <= name
        or (
            len(name) > 1
            and name < words
            and all(w in _BESIDE or len(w) == 1 for w in words - name)
        )
        for name in names
        if words
    )
