"""What a site repeats: blocks that recur in an author's documents of the same site.

Copies of one document count once, or their own text would seem to recur. The author's headings,
code, tables and short refrains are never boilerplate. A longer paragraph that the author repeats in
most of a few documents, or in every fifth of many, is taken for it: nothing tells the two apart.
"""

import numpy as np

from twin_core.features.shingles import MAX_COUNT, OWN_BIT, mixed

MIN_DOCUMENTS = 3
MIN_SHARE = 0.2  # of the site's documents,
FEW_SHARE, ENOUGH = 0.6, 8  # or most of them, where that is fewer than eight
MIN_WORDS = 5  # shorter blocks are the author's refrains, unless `footers` names them
NEVER = ("heading", "code", "table", "rule", "reference")


def recurring(
    documents: np.ndarray, blocks: np.ndarray, sites: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Which of `blocks` recur on their site.

    documents: the number of the document of each block. sites, groups: for each document, the
    number of its site and of the group of copies that it belongs to.
    """
    found = np.zeros(len(blocks), bool)
    words = blocks & np.uint64(MAX_COUNT)
    able = np.flatnonzero(((blocks & np.uint64(OWN_BIT)) == 0) & (words >= MIN_WORDS))
    if not len(able):
        return found
    keys = mixed(blocks[able] + mixed(sites[documents[able]].astype(np.uint64)))
    able, keys = _frequent(able, keys)
    group = groups[documents[able]]
    kinds, which = np.unique(keys, return_inverse=True)
    once = np.unique(which.astype(np.uint64) << np.uint64(32) | group.astype(np.uint64))
    of_kind = np.bincount((once >> np.uint64(32)).astype(np.int64), minlength=len(kinds))
    pairs = np.unique(sites.astype(np.uint64) << np.uint64(32) | groups.astype(np.uint64))
    of_site = np.bincount((pairs >> np.uint64(32)).astype(np.int64))
    found[able] = of_kind[which] >= _needed(of_site[sites[documents[able]]])
    return found


def _needed(documents: np.ndarray) -> np.ndarray:
    """In how many of a site's documents a block has to occur: a series of three articles in a
    corpus of ten repeats its introduction, too."""
    few = np.minimum(FEW_SHARE * documents, ENOUGH)
    return np.maximum(MIN_DOCUMENTS, np.maximum(few, MIN_SHARE * documents))


def _frequent(places: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those whose key occurs often enough at all, which few do."""
    ordered = np.sort(keys)
    often = ordered[MIN_DOCUMENTS - 1 :]
    often = often[often == ordered[: len(often)]]
    if not len(often):
        return places[:0], keys[:0]
    found = often[np.minimum(np.searchsorted(often, keys), len(often) - 1)] == keys
    return places[found], keys[found]
