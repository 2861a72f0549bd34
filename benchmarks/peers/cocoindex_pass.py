"""cocoindex 1: localfs source, RecursiveSplitter, a function memoised per file, LanceDB target, its
own LMDB state.

It cannot count tokens: chunks are cut by bytes, at a size whose mean is that of the others' chunks;
`benchmarks.passes` counts how many exceed the encoder's window.
"""

from benchmarks.peers.measuring import TABLE, Meter, arguments

meter = Meter()

import os  # noqa: E402

os.environ["COCOINDEX_DISABLE_USAGE_TRACKING"] = "1"
os.environ["COCOINDEX_LOG_LEVEL"] = "error"

from collections.abc import AsyncIterator  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path, PurePath  # noqa: E402
from typing import Annotated  # noqa: E402

import cocoindex as coco  # noqa: E402
import numpy as np  # noqa: E402
from cocoindex.connectors import lancedb, localfs  # noqa: E402
from cocoindex.ops.text import RecursiveSplitter  # noqa: E402
from cocoindex.resources.file import FileLike, PatternFilePathMatcher  # noqa: E402
from cocoindex.resources.id import IdGenerator  # noqa: E402
from cocoindex.resources.schema import VectorSchema  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from benchmarks.embedder import DIMENSIONS, vectors  # noqa: E402

meter.imported()

CHUNK_BYTES = 1100
EMBEDDED = [0]
DOCS, STATE = arguments()
URI = str(STATE / "lance")
LANCE = coco.ContextKey[lancedb.LanceAsyncConnection]("lance")
_splitter = RecursiveSplitter()


@dataclass
class Row:
    id: int
    source: str
    text: str
    vector: Annotated[
        NDArray[np.float32], VectorSchema(dtype=np.dtype(np.float32), size=DIMENSIONS)
    ]


@coco.lifespan
async def resources(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
    builder.settings.db_path = STATE / "cocoindex.db"
    builder.provide(LANCE, await lancedb.connect_async(URI))
    yield


@coco.fn(memo=True)
async def index_file(file: FileLike, table: lancedb.TableTarget[Row]) -> None:
    text = await file.read_text()
    body = text.split("---\n", 2)[2].strip()
    chunks = _splitter.split(body, chunk_size=CHUNK_BYTES, chunk_overlap=0, language="markdown")
    texts = [chunk.text for chunk in chunks]
    EMBEDDED[0] += len(texts)
    name, ids = PurePath(file.file_path.path).name, IdGenerator()
    for part, vector in zip(texts, vectors(texts), strict=True):
        identity = await ids.next_id(part)
        table.declare_row(row=Row(id=identity, source=name, text=part, vector=vector))


@coco.fn
async def index_folder(folder: Path) -> None:
    table = await lancedb.mount_table_target(
        LANCE, TABLE, await lancedb.TableSchema.from_class(Row, primary_key=["id"])
    )
    files = localfs.walk_dir(folder, path_matcher=PatternFilePathMatcher(["**/*.md"]))
    await coco.mount_each(index_file, files.items(), table)


def main() -> None:
    app = coco.App(coco.AppConfig(name="passes"), index_folder, folder=DOCS)
    app.update_blocking()
    meter.report(
        documents=sum(1 for _ in DOCS.glob("*.md")),
        chunks=lancedb.connect(URI).open_table(TABLE).count_rows(),
        embedded=EMBEDDED[0],
        index={"uri": URI, "table": TABLE, "source": "source", "text": "text"},
    )


main()
