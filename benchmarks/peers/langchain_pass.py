"""LangChain's indexing API: RecursiveCharacterTextSplitter by MiniLM tokens, SQLRecordManager on
SQLite, `index(cleanup="full")`, LanceDB.

`full` is the cheaper of its two modes that leave no orphan (`incremental` also deletes while it
goes), and the only one that notices deleted files. Batches of 1,000 rather than 100: fewer LanceDB
commits.
"""

from benchmarks.peers.measuring import SPECIAL, TABLE, TOKENS, Meter, arguments, articles
from benchmarks.peers.measuring import tokenizer_file as tokenizer_path

meter = Meter()

import warnings  # noqa: E402

warnings.filterwarnings("ignore")

import lancedb  # noqa: E402
from langchain_classic.indexes import SQLRecordManager, index  # noqa: E402
from langchain_community.vectorstores import LanceDB  # noqa: E402
from langchain_core.documents import Document  # noqa: E402
from langchain_core.embeddings import Embeddings  # noqa: E402
from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: E402
from transformers import PreTrainedTokenizerFast  # noqa: E402

from benchmarks.embedder import vectors  # noqa: E402

meter.imported()

BATCH = 1000


class Digests(Embeddings):
    embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return vectors(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return vectors([text])[0].tolist()


def main() -> None:
    docs, state = arguments()
    embedder = Digests()
    records = SQLRecordManager("lancedb/chunks", db_url=f"sqlite:///{state}/records.sqlite")
    records.create_schema()
    uri = str(state / "lance")
    store = LanceDB(
        connection=lancedb.connect(uri), embedding=embedder, table_name=TABLE, mode="append"
    )
    splitter = RecursiveCharacterTextSplitter.from_huggingface_tokenizer(
        PreTrainedTokenizerFast(tokenizer_file=tokenizer_path()),
        chunk_size=TOKENS - SPECIAL,
        chunk_overlap=0,
    )
    read = articles(docs)
    chunks = splitter.split_documents(
        Document(page_content=body, metadata={"source": name, "title": title})
        for name, title, body in read
    )
    index(
        chunks,
        records,
        store,
        batch_size=BATCH,
        cleanup="full",
        source_id_key="source",
        key_encoder="blake2b",
    )
    meter.report(
        documents=len(read),
        chunks=len(chunks),
        embedded=embedder.embedded,
        index={"uri": uri, "table": TABLE, "source": "metadata.source", "text": "text"},
    )


main()
