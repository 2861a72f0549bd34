"""What can be said of a document only beside the others of its author: what their sites repeat, and
which are copies of which."""

import numpy as np
import polars as pl

from twin_core.features import boilerplate, duplicates
from twin_core.features.shingles import SLOTS, Spans, digests
from twin_core.markdown import Block

LIGHT = ("doc_id", "source", "published_at", "drop_reason", "blocks", "sketch")
SETTLED = pl.Schema(
    {"doc_id": pl.String, "boilerplate": pl.List(pl.UInt64), "duplicate_of": pl.String}
)


def compared(found: list[Block]) -> Spans:
    """The blocks as they are compared: start, end, and whether they are always the author's own."""
    return [(block.start, block.end, block.kind in boilerplate.NEVER) for block in found]


def settle(light: pl.DataFrame) -> pl.DataFrame:
    """All documents of one author, as the `LIGHT` columns of `extracted_docs` → doc_id,
    boilerplate (digests of its blocks that its site repeats and that go), duplicate_of (doc_id, or
    null).

    Of copies, the earliest stands for those that are like it, of one day what is on a site, of
    equal dates the least doc_id; unless one of them is clearly fuller, which then stands for all.
    Rows by doc_id.
    """
    docs = light.filter(pl.col("drop_reason").is_null())
    order = docs.select(
        # Of one day, what stands on a site can be read there; a file may state no time.
        pl.arg_sort_by(
            pl.col("published_at").dt.truncate("1d"),
            ~pl.col("source").fill_null("").str.contains(".", literal=True),
            *("published_at", "doc_id"),
            nulls_last=True,
        ).cast(pl.Int64)
    ).to_series()
    of, digest = _blocks(docs, order.to_numpy())
    near, alike = _near(docs, order.to_numpy())
    docs = docs.select("doc_id", "source")[order]
    sites = docs["source"].fill_null("").rank("dense").to_numpy().astype(np.int64)
    same = duplicates.exact(of, digest, docs.height)
    group = duplicates.groups(docs.height, (same, near))
    repeated = boilerplate.recurring(of, digest, sites, group)
    near = duplicates.verified(near, alike, of, digest, repeated, docs.height)
    own = ~repeated
    bare = duplicates.exact(of[own], digest[own], docs.height)
    stands = duplicates.canonical(duplicates.groups(docs.height, (same, bare)), near)
    stands = duplicates.fullest(stands, duplicates.words_of(of[own], digest[own], docs.height))
    cut = repeated.copy()
    cut[repeated] = ~boilerplate.kept(of[repeated], digest[repeated], sites, stands)
    ids = docs["doc_id"]
    settled = pl.DataFrame(
        {
            "doc_id": ids,
            "boilerplate": _by_document(*_distinct(of[cut], digest[cut]), docs.height),
            "duplicate_of": ids.gather(stands),
        },
        schema=SETTLED,
    ).with_columns(pl.when(pl.col("duplicate_of") != pl.col("doc_id")).then(pl.col("duplicate_of")))
    return light.select("doc_id").join(settled, on="doc_id", how="left").sort("doc_id")


def sketched(texts: list[str], spans: list[Spans]) -> dict[str, pl.Series]:
    """The columns `blocks` and `sketch` of texts, given their blocks."""
    digest, sketches, enough = digests(texts, spans)
    of = np.repeat(np.arange(len(texts)), [*map(len, spans)])
    rows = pl.Series(sketches, dtype=pl.Array(pl.UInt32, SLOTS)).arr.to_list()
    empty = pl.lit([], pl.List(pl.UInt32))
    sketch = pl.select(pl.when(pl.Series(enough)).then(rows).otherwise(empty)).to_series()
    return {"blocks": _by_document(of, digest, len(texts)), "sketch": sketch}


def _blocks(docs: pl.DataFrame, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(number of the document of each block, its digest), in the order of documents."""
    sizes = docs["blocks"].list.len().to_numpy().astype(np.int64)
    flat = docs["blocks"].explode(empty_as_null=False).to_numpy()
    at = duplicates.within((np.cumsum(sizes) - sizes)[order], sizes[order])
    return np.repeat(np.arange(docs.height), sizes[order]), flat[at]


def _near(docs: pl.DataFrame, order: np.ndarray) -> tuple[duplicates.Pairs, np.ndarray]:
    """Pairs of documents, by their places in the order, whose sketches are alike, and how much."""
    has = docs["sketch"].list.len().to_numpy() > 0
    at = has[order].nonzero()[0]
    flat = docs["sketch"].explode(empty_as_null=False).to_numpy().reshape(-1, SLOTS)
    sketches = flat[(np.cumsum(has) - 1)[order][at]]
    pairs = duplicates.candidates(sketches)
    alike = duplicates.similarity(sketches, pairs)
    good = alike >= duplicates.SIMILAR
    return (at[pairs[0][good]], at[pairs[1][good]]), alike[good]


def _distinct(of: np.ndarray, digests: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each document's digests once, ascending."""
    order = np.lexsort((digests, of))
    of, digests = of[order], digests[order]
    new = np.ones(len(of), bool)
    new[1:] = (of[1:] != of[:-1]) | (digests[1:] != digests[:-1])
    return of[new], digests[new]


def _by_document(of: np.ndarray, digests: np.ndarray, count: int) -> pl.Series:
    """For each document the list of its digests, in their order. of: their documents, ascending."""
    rows = pl.DataFrame({"of": of, "digest": digests}, schema={"of": pl.Int64, "digest": pl.UInt64})
    lists = rows.group_by("of", maintain_order=True).agg("digest")
    whole = pl.DataFrame({"of": np.arange(count)}, schema={"of": pl.Int64})
    joined = whole.join(lists, on="of", how="left", maintain_order="left")
    return joined["digest"].fill_null([])
