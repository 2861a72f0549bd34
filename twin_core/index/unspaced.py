"""Words of scripts that put no spaces between them: each character, and each pair of neighbours.

A word that is searched for is found where its pairs are; no dictionary is needed.
"""

import re
import unicodedata

_RUN = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3031-\u3035\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # kana
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]+"
)


def pairs(text: str) -> list[str]:
    """What is stored of a text: its characters of such scripts, and its pairs of them."""
    found: list[str] = []
    for run in _runs(text):
        found += run
        found += _neighbours(run)
    return found


def asked_pairs(text: str) -> list[str]:
    """What is searched for: the pairs, or the character where it stands alone."""
    return [part for run in _runs(text) for part in (_neighbours(run) or [run])]


def spaced(text: str) -> str:
    """The text without what `pairs` takes."""
    return _RUN.sub(" ", text)


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text))


def _neighbours(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
