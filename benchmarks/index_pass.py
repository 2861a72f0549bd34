"""One pass of our own stages over a folder of Markdown with front matter, full or incremental.

`python -m benchmarks.index_pass DOCS_DIR STATE_DIR` collects, cleans, chunks, embeds and indexes
into LanceDB, with what STATE_DIR holds of the pass before, and prints one JSON line. The embedder
costs next to nothing; `--real` takes MiniLM, whose loading is in cpu_s and not in import_cpu_s. A
file that is gone is looked for twice at once.
"""

from benchmarks.peers.measuring import TOKENS, Meter

meter = Meter()

import argparse  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

import lancedb.index  # noqa: E402, F401
import numpy as np  # noqa: E402
import pyarrow  # noqa: E402, F401
import tokenizers  # noqa: E402, F401

from benchmarks.embedder import vectors  # noqa: E402
from twin_core.authors import Author, Consent  # noqa: E402
from twin_core.collect import collect, folder  # noqa: E402
from twin_core.embedder import PACKAGED, TokenCounter, open_embedder  # noqa: E402
from twin_core.features import chunk, clean, embed  # noqa: E402
from twin_core.index.follow import follow  # noqa: E402
from twin_core.index.lance import LanceIndex  # noqa: E402
from twin_core.lake import Lake  # noqa: E402
from twin_core.markdown import blocks  # noqa: E402
from twin_core.recipe import Chunking  # noqa: E402
from twin_core.records import (  # noqa: E402
    CHUNK_EMBEDDINGS,
    CLEANED_DOCS,
    DOC_CHUNKS,
    EXTRACTED_DOCS,
    RAW_ARTICLES,
)
from twin_core.sources import FolderSpec  # noqa: E402

blocks("")  # imports the parser
meter.imported()

AUTHOR = "bench"


class Digests:
    """The nearly free embedder, as the embedding stage takes it."""

    space = "digests"

    def __init__(self, counter: TokenCounter) -> None:
        self.counter = counter
        self.embedded = 0

    def embed(self, texts: Sequence[str], done: Callable[[int], None] | None = None) -> np.ndarray:
        self.embedded += len(texts)
        return vectors(texts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.index_pass", description=__doc__)
    parser.add_argument("docs", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--real", action="store_true", help="embed with MiniLM")
    given = parser.parse_args()
    if not given.docs.is_dir():
        parser.error(f"{given.docs} is no folder of Markdown files")
    given.docs, given.state = given.docs.absolute(), given.state.absolute()
    given.state.mkdir(parents=True, exist_ok=True)
    lake = Lake(given.state / "lake")
    embedder = open_embedder(PACKAGED) if given.real else Digests(TokenCounter(PACKAGED))

    def publish(draft):
        return draft.publish()

    author = Author(
        slug=AUTHOR,
        name="Bench",
        sources=(FolderSpec(kind="folder", path=given.docs),),
        consent=Consent(basis="self", granted="2026-01-01"),
    )
    source = folder.FolderSource(author.sources[0])
    found, tallies = collect.update(
        lake.table(RAW_ARTICLES, AUTHOR), author, [source], collect.utc_now()
    )
    if any(tally.missing for tally in tallies):  # what two checks miss is gone: the second one
        found, tallies = collect.update(found.publish(), author, [source], collect.utc_now())
    for name, why in (*tallies[0].quarantined, *tallies[0].blocked):
        print(f"left out {name}: {why}", file=sys.stderr)
    raw = found.publish()
    draft, _ = clean.update(raw, *(lake.table(t, AUTHOR) for t in (EXTRACTED_DOCS, CLEANED_DOCS)))
    cleaned = draft.publish()
    draft, _ = chunk.update(
        cleaned, lake.table(DOC_CHUNKS, AUTHOR), embedder.counter, Chunking(target_tokens=TOKENS)
    )
    chunks = draft.publish()
    draft, done = embed.update(chunks, lake.table(CHUNK_EMBEDDINGS, AUTHOR), embedder)
    embeddings = draft.publish()
    index = LanceIndex(given.state / "lance")
    memory = lake.path("chunk_index_held", AUTHOR, ".json")
    follow(index, AUTHOR, chunks, embeddings, embedder.space, memory)
    meter.report(
        documents=int((cleaned.manifest["rows"] > 0).sum()),
        chunks=chunks.rows,
        embedded=done.texts,
        index={
            "uri": index.location,
            "table": f"chunks__{AUTHOR}",
            "source": "url",
            "text": "text",
        },
    )


if __name__ == "__main__":
    main()
