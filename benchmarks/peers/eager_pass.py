"""The whole-frame prototype of metric j: all documents, chunks and vectors in polars at once."""

from benchmarks.peers.measuring import SPECIAL, TABLE, TOKENS, Meter, arguments, articles
from benchmarks.peers.measuring import tokenizer_file as tokenizer_path

meter = Meter()

import lancedb  # noqa: E402
import polars as pl  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

from benchmarks.embedder import DIMENSIONS, vectors  # noqa: E402

meter.imported()


def main() -> None:
    docs, state = arguments()
    tokenizer = Tokenizer.from_file(tokenizer_path())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    budget = TOKENS - SPECIAL

    def cut(text: str) -> list[str]:
        ends = [end for _, end in tokenizer.encode(text, add_special_tokens=False).offsets]
        bounds = [0, *ends[budget - 1 :: budget], len(text)]
        return [text[a:b] for a, b in zip(bounds, bounds[1:], strict=False) if text[a:b].strip()]

    frame = pl.DataFrame(articles(docs), schema=["source", "title", "body"], orient="row")
    chunks = frame.with_columns(
        pl.col("body").map_elements(cut, return_dtype=pl.List(pl.String)).alias("text")
    ).explode("text")
    made = vectors(chunks["text"].to_list())
    rows = chunks.with_columns(pl.Series("vector", made, dtype=pl.Array(pl.Float32, DIMENSIONS)))
    uri = str(state / "lance")
    lancedb.connect(uri).create_table(TABLE, rows.to_arrow(), mode="overwrite")
    meter.report(
        documents=frame.height,
        chunks=rows.height,
        embedded=rows.height,
        index={"uri": uri, "table": TABLE, "source": "source", "text": "text"},
    )


main()
