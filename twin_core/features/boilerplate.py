"""What a site repeats: blocks that recur in an author's documents of the same site.

Copies of one document count once, or their own text would seem to recur. The author's headings,
code, tables and refrains amid a text are never boilerplate. Short blocks are, at the edge of most
documents, whatever date, count or issue they hold; a sign-off too. A longer paragraph that the
author repeats in most of a few documents, or in every fifth of many, is taken for it: nothing tells
the two apart. A long one stays in the earliest, since it is as likely an introduction.
"""

import numpy as np

from twin_core.features.shingles import LOOSE_BITS, MAX_COUNT, OWN_BIT, SHORT_WORDS, mixed

MIN_DOCUMENTS = 3
MIN_SHARE = 0.2  # of the site's documents,
FEW_SHARE, ENOUGH = 0.6, 8  # or most of them, where that is fewer than eight
MIN_WORDS = 5  # shorter blocks are the author's refrains, unless they stand at the edges
LONG_WORDS = 80  # longer blocks stay where they stood first
# Short blocks at the edges: of how many documents of a site.
EDGE_SITE, EDGE_DOCUMENTS, EDGE_SHARE = 8, 6, 0.5
HEAD_BLOCKS, HEAD_WORDS = 3, 20  # the first blocks, with so few words before them
TAIL_BLOCKS, TAIL_WORDS = 6, 40  # the last, with so few after them
NEVER = ("heading", "code", "table", "rule", "reference")


def recurring(
    documents: np.ndarray, blocks: np.ndarray, sites: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Which of `blocks` recur on their site.

    documents: the number of the document of each block, ascending. sites, groups: for each
    document, the number of its site and of the group of copies that it belongs to.
    """
    found = np.zeros(len(blocks), bool)
    words = blocks & np.uint64(MAX_COUNT)
    able = ((blocks & np.uint64(OWN_BIT)) == 0) & (words > 0)
    pairs = np.unique(sites.astype(np.uint64) << np.uint64(32) | groups.astype(np.uint64))
    of_site = np.bincount((pairs >> np.uint64(32)).astype(np.int64))

    def spread(places: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, ...]:
        """(places of frequent kinds; how many documents have each's kind, and are on its site)."""
        site = sites[documents[places]]
        keys = mixed(kinds + mixed(site.astype(np.uint64)))
        places, keys = _frequent(places, keys)
        return places, _spread(keys, groups[documents[places]]), of_site[sites[documents[places]]]

    anywhere = np.flatnonzero(able & (words >= MIN_WORDS))
    places, having, all_of = spread(anywhere, blocks[anywhere])
    found[places] = having >= _needed(all_of)
    edges = np.flatnonzero(able & (words <= SHORT_WORDS) & _at_edge(documents, words))
    places, having, all_of = spread(edges, blocks[edges] >> np.uint64(LOOSE_BITS))
    often = having >= np.maximum(EDGE_DOCUMENTS, EDGE_SHARE * all_of)
    found[_only(places[often & (all_of >= EDGE_SITE)], edges, documents, blocks)] = True
    return found


def kept(
    documents: np.ndarray, blocks: np.ndarray, sites: np.ndarray, stands: np.ndarray
) -> np.ndarray:
    """Which of `blocks`, those that recur, stay: long ones, in the earliest document of the site
    that no other stands for.

    stands: for each document the one that stands for it.
    """
    stay = np.zeros(len(blocks), bool)
    long = np.flatnonzero((blocks & np.uint64(MAX_COUNT)) > LONG_WORDS)
    of = documents[long]
    keys = mixed(blocks[long] + mixed(sites[of].astype(np.uint64)))
    order = np.lexsort((of, stands[of] != of, keys))
    _, first, which = np.unique(keys[order], return_index=True, return_inverse=True)
    stay[long[order]] = of[order] == of[order][first][which]
    return stay


def _at_edge(documents: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Which blocks are among the first or last of their document. documents: ascending."""
    if not len(documents):
        return np.zeros(0, bool)
    sizes = np.bincount(documents)
    ends = np.cumsum(sizes)
    starts, ends = (ends - sizes)[documents], ends[documents]
    at, sums = np.arange(len(documents)), np.concatenate(([0], np.cumsum(words.astype(np.int64))))
    head = (at - starts < HEAD_BLOCKS) & (sums[at] - sums[starts] <= HEAD_WORDS)
    return head | (ends - at <= TAIL_BLOCKS) & (sums[ends] - sums[at + 1] <= TAIL_WORDS)


def _only(
    places: np.ndarray, edges: np.ndarray, documents: np.ndarray, blocks: np.ndarray
) -> np.ndarray:
    """Those of `places`, at the edges, whose block stands nowhere else in its document: there it is
    a refrain."""
    if not len(places):
        return places
    others = np.ones(len(blocks), bool)
    others[edges] = False
    others[others] = np.isin(blocks[others], np.unique(blocks[places]))
    amid = mixed(blocks[others] + mixed(documents[others].astype(np.uint64)))
    return places[
        ~np.isin(mixed(blocks[places] + mixed(documents[places].astype(np.uint64))), amid)
    ]


def _spread(keys: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """For each key in how many groups of copies it occurs."""
    kinds, which = np.unique(keys, return_inverse=True)
    once = np.unique(which.astype(np.uint64) << np.uint64(32) | groups.astype(np.uint64))
    of_kind = np.bincount((once >> np.uint64(32)).astype(np.int64), minlength=len(kinds))
    return of_kind[which]


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
