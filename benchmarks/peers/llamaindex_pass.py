"""LlamaIndex's IngestionPipeline: SentenceSplitter by MiniLM tokens, UPSERTS_AND_DELETE with a
persisted docstore, LanceDB.

Its cache of transformations is off: it is keyed by the whole list of nodes, so that one edit misses
it, and it would write every vector as JSON.
"""

from benchmarks.peers.measuring import SPECIAL, TABLE, TOKENS, Meter, arguments, articles
from benchmarks.peers.measuring import tokenizer_file as tokenizer_path

meter = Meter()

import logging  # noqa: E402

logging.disable(logging.WARNING)

from llama_index.core.embeddings import BaseEmbedding  # noqa: E402
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline  # noqa: E402
from llama_index.core.node_parser import SentenceSplitter  # noqa: E402
from llama_index.core.schema import Document  # noqa: E402
from llama_index.core.storage.docstore import SimpleDocumentStore  # noqa: E402
from llama_index.vector_stores.lancedb import LanceDBVectorStore  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

from benchmarks.embedder import vectors  # noqa: E402

# It imports nltk when first a text has to be cut: that is an import, too.
SentenceSplitter(
    chunk_size=20, chunk_overlap=0, tokenizer=str.split, include_metadata=False
).split_text("One sentence of five words. " * 20)

meter.imported()

EMBEDDED = [0]


class Store(LanceDBVectorStore):
    """With today's LanceDB its own `delete` fails: it quotes the value as a column's name."""

    def delete(self, ref_doc_id: str, **_: object) -> None:
        self.table.delete(f"doc_id = '{ref_doc_id}'")


class Digests(BaseEmbedding):
    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        EMBEDDED[0] += len(texts)
        return vectors(texts).tolist()

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return vectors([query])[0].tolist()

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def main() -> None:
    docs, state = arguments()
    tokenizer = Tokenizer.from_file(tokenizer_path())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    uri, kept = str(state / "lance"), state / "pipeline"
    store = Store(uri=uri, table_name=TABLE)
    pipeline = IngestionPipeline(
        transformations=[
            SentenceSplitter(
                chunk_size=TOKENS - SPECIAL,
                chunk_overlap=0,
                tokenizer=lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
            ),
            Digests(model_name="digest", embed_batch_size=2000),
        ],
        vector_store=store,
        docstore=SimpleDocumentStore(),
        docstore_strategy=DocstoreStrategy.UPSERTS_AND_DELETE,
        disable_cache=True,
    )
    if (kept / "docstore.json").exists():
        pipeline.docstore = SimpleDocumentStore.from_persist_path(str(kept / "docstore.json"))
    read = articles(docs)
    pipeline.run(
        documents=[
            Document(
                id_=name,
                text=body,
                metadata={"source": name, "title": title},
                excluded_embed_metadata_keys=["source", "title"],
                excluded_llm_metadata_keys=["source", "title"],
            )
            for name, title, body in read
        ]
    )
    kept.mkdir(exist_ok=True)
    pipeline.docstore.persist(str(kept / "docstore.json"))
    meter.report(
        documents=len(read),
        chunks=store.table.count_rows() if store.table else 0,
        embedded=EMBEDDED[0],
        index={"uri": uri, "table": TABLE, "source": "doc_id", "text": "text"},
    )


main()
