"""A passage as it is stored and as it is found: the columns that both backends keep."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from twin_core.errors import DataError, IndexMismatchError
from twin_core.fingerprint import LENGTH
from twin_core.index.base import Hit
from twin_core.index.unspaced import asked_pairs, pairs, spaced
from twin_core.records import DOC_CHUNKS

FORM = 3  # raised when what is stored of a passage changes: every index is then built anew
STORED = (
    "chunk_id",  # first: Lance looks merge keys up by index only among leading fields
    "fingerprint",
    "doc_id",
    "parent_id",
    "url",
    "title",
    "heading",
    "start",
    "end",
    "text",
    "published_at",
    "source",
    "doc_version",
)
CITED = tuple(name for name in STORED if name != "fingerprint")
TEXTS = tuple(name for name in STORED if DOC_CHUNKS.columns[name].dtype == pl.String)
_WORD = re.compile(r"\w+")


def topic_words(*texts: str | None) -> list[str]:
    """The distinct words of titles and headings, in one form for all spellings of case; of scripts
    without spaces, all pairs."""
    joined = _folded(" ".join(text or "" for text in texts))
    return sorted({*_WORD.findall(spaced(joined)), *pairs(joined)})


def asked_words(topic: str) -> list[str]:
    """Those that `topic_words` must have of a passage that the topic admits."""
    folded = _folded(topic)
    return sorted({*_WORD.findall(spaced(folded)), *asked_pairs(folded)})


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def marked(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with their vectors' bytes in the fingerprint too: a passage that a repaired model
    embeds anew, within one space, is another row."""
    import numpy as np

    if frame.is_empty():
        return frame
    lists = frame["vector"].cast(pl.List(pl.Float32)).to_arrow()
    ends = np.cumsum(lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
    parts = np.split(lists.flatten().to_numpy(zero_copy_only=False), ends[:-1])
    before = frame["fingerprint"].cast(pl.String).fill_null("").to_list()
    digests = [
        hashlib.sha256(name.encode() + part.tobytes()).hexdigest()[:LENGTH]
        for name, part in zip(before, parts, strict=True)
    ]
    return frame.with_columns(fingerprint=pl.Series(digests, dtype=pl.String))


def stored(frame: pl.DataFrame, width: int | None, author: str) -> pl.DataFrame:
    """The rows as both backends keep them: `STORED`, topic_words, and vector of one width.

    Missing texts become empty. A vector that has another width, is null or is not finite raises.
    """
    import numpy as np

    lengths = frame["vector"].list.len() if frame["vector"].dtype == pl.List else None
    if lengths is not None and frame.height:
        found = sorted(set(lengths.unique().to_list()), key=lambda n: (n is None, n))
        if found != [width]:
            raise IndexMismatchError(
                f"vectors of {', '.join(map(str, found))} dimensions for the index of {author}, "
                f"which has {width}",
                f"all vectors must come from one model: {_anew(author)}",
            )
    names = list(frame.select("title", "heading").iter_rows())
    words = {pair: topic_words(*pair) for pair in set(names)}
    result = frame.select(
        *(
            pl.col(name).cast(DOC_CHUNKS.columns[name].dtype).fill_null("")
            if name in TEXTS
            else pl.col(name).cast(DOC_CHUNKS.columns[name].dtype)
            for name in STORED
        ),
        pl.Series("topic_words", [words[pair] for pair in names], dtype=pl.List(pl.String)),
        pl.col("vector").cast(pl.Array(pl.Float32, width or 0)),
    )
    if frame.height and not np.isfinite(result["vector"].to_numpy()).all():
        raise DataError(
            f"a vector for the index of {author} is not finite",
            f"a broken model gives such vectors: correct it, then {_anew(author)}",
        )
    return result


def _anew(author: str) -> str:
    return (
        f"move {author} and .{author}.spaces, in the lake's chunk_embeddings, away and materialise "
        "chunk_embeddings and chunk_index again."
    )


def width_of(frame: pl.DataFrame) -> int:
    """Dimensions of the first vector."""
    return len(frame["vector"][0])


def as_hits(
    rows: Iterable[dict[str, Any]], scores: Sequence[float], cosines: Sequence[float | None]
) -> list[Hit]:
    """Hits from rows of the `CITED` columns."""
    return [
        Hit(
            **row,
            score=min(1.0, max(0.0, float(score))),
            cosine=None if cosine is None else float(cosine),
        )
        for row, score, cosine in zip(rows, scores, cosines, strict=True)
    ]
