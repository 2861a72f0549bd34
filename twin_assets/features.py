"""Features: the author's words, in passages, as vectors, in an index; each row computed once."""

import dagster as dg
import polars as pl

from twin_assets.automation import WHEN_INPUTS_CHANGE
from twin_assets.partitions import authors
from twin_assets.pods import INDEX_POOL
from twin_assets.presentation import record_result, schema_metadata, table_result
from twin_assets.resources import TwinResource
from twin_core.delta import delta
from twin_core.embedder import TokenCounter, model_directory
from twin_core.features import chunk as chunking
from twin_core.features import clean as cleaning
from twin_core.features import embed as embedding
from twin_core.fingerprint import fingerprint
from twin_core.records import (
    CHUNK_EMBEDDINGS,
    CLEANED_DOCS,
    DOC_CHUNKS,
    IndexState,
)


@dg.asset(
    group_name="features",
    kinds={"polars", "parquet"},
    owners=["team:content"],
    partitions_def=authors,
    io_manager_key="parquet",
    metadata=schema_metadata(CLEANED_DOCS),
    automation_condition=WHEN_INPUTS_CHANGE,
)
def cleaned_docs(
    context: dg.AssetExecutionContext, twin: TwinResource, raw_articles: pl.DataFrame
) -> dg.MaterializeResult[pl.DataFrame]:
    """The author's text as Markdown; what is left out keeps the reason why."""
    frame, report = delta(
        CLEANED_DOCS,
        raw_articles.filter(pl.col("status") == "live"),
        twin.here.lake.previous_frame(CLEANED_DOCS, context.partition_key),
        cleaning.clean,
        key="doc_id",
        inputs=["content_hash", "url", "published_at"],
        version=cleaning.VERSION,
    )
    for row in frame.filter(pl.col("drop_reason").is_not_null()).iter_rows(named=True):
        context.log.warning("left out %s: %s", row["url"], row["drop_reason"])
    return table_result(
        CLEANED_DOCS,
        frame,
        ["published_at", "title", "own_words", "drop_reason"],
        report,
        own_words=int(cleaning.usable(frame)["own_words"].sum()),
        left_out=frame["drop_reason"].count(),
    )


@dg.asset_check(asset=cleaned_docs, blocking=True, partitions_def=authors)
def has_usable_documents(cleaned_docs: pl.DataFrame) -> dg.AssetCheckResult:
    """At least one document is left after cleaning."""
    usable = cleaning.usable(cleaned_docs).height
    reasons = cleaned_docs["drop_reason"].drop_nulls().unique().sort().to_list()
    return dg.AssetCheckResult(
        passed=usable > 0,
        metadata={"usable": usable, "drop_reasons": dg.MetadataValue.json(reasons)},
    )


@dg.asset(
    group_name="features",
    kinds={"polars", "parquet"},
    owners=["team:content"],
    partitions_def=authors,
    io_manager_key="parquet",
    metadata=schema_metadata(DOC_CHUNKS),
    automation_condition=WHEN_INPUTS_CHANGE,
)
def doc_chunks(
    context: dg.AssetExecutionContext, twin: TwinResource, cleaned_docs: pl.DataFrame
) -> dg.MaterializeResult[pl.DataFrame]:
    """Passages that the embedder reads whole, each with its headings and its place in the
    document."""
    here = twin.here
    counter = TokenCounter(here.settings.embedding_model)
    frame, report = delta(
        DOC_CHUNKS,
        cleaning.usable(cleaned_docs),
        here.lake.previous_frame(DOC_CHUNKS, context.partition_key),
        lambda docs: chunking.chunk(docs, counter),
        key="doc_id",
        inputs=["content_hash"],
        version=f"{chunking.VERSION}/{here.settings.embedding_model}/{counter.limit}",
    )
    return table_result(
        DOC_CHUNKS,
        frame,
        ["title", "heading", "tokens", "text"],
        report,
        longest_tokens=int(frame["tokens"].max() or 0),  # type: ignore[arg-type]
        token_limit=counter.limit,
    )


@dg.asset_check(asset=doc_chunks, blocking=True, partitions_def=authors)
def chunks_fit_the_encoder(doc_chunks: pl.DataFrame, twin: TwinResource) -> dg.AssetCheckResult:
    """No passage is longer than what the embedder reads."""
    limit = TokenCounter(twin.here.settings.embedding_model).limit
    longest = int(doc_chunks["tokens"].max() or 0)  # type: ignore[arg-type]
    return dg.AssetCheckResult(
        passed=doc_chunks.height > 0 and longest <= limit,
        metadata={"longest_tokens": longest, "token_limit": limit},
    )


@dg.asset(
    group_name="features",
    kinds={"polars", "parquet", "huggingface"},
    owners=["team:content"],
    partitions_def=authors,
    io_manager_key="parquet",
    metadata=schema_metadata(CHUNK_EMBEDDINGS),
    automation_condition=WHEN_INPUTS_CHANGE,
)
def chunk_embeddings(
    context: dg.AssetExecutionContext, twin: TwinResource, doc_chunks: pl.DataFrame
) -> dg.MaterializeResult[pl.DataFrame]:
    """One vector for each distinct passage; a passage that was embedded before is not embedded
    again."""
    here = twin.here
    model = here.settings.embedding_model
    frame, report = delta(
        CHUNK_EMBEDDINGS,
        embedding.distinct_texts(doc_chunks),
        here.lake.previous_frame(CHUNK_EMBEDDINGS, context.partition_key),
        lambda chunks: embedding.embed_chunks(chunks, model),
        key="chunk_hash",
        inputs=["chunk_hash"],
        version=f"{embedding.VERSION}/{model}",
    )
    return table_result(
        CHUNK_EMBEDDINGS,
        frame,
        ["chunk_hash", "model"],
        report,
        dimensions=len(frame["vector"][0]) if frame.height else 0,
        model=model,
    )


@dg.asset(
    group_name="features",
    kinds={"lancedb"},
    owners=["team:content"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=INDEX_POOL,
)
def chunk_index(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    doc_chunks: pl.DataFrame,
    chunk_embeddings: pl.DataFrame,
) -> dg.MaterializeResult[IndexState]:
    """The vector index brought in line with the passages: upserts and deletions, in one step."""
    index, author = twin.here.index, context.partition_key
    vectors = chunk_embeddings.select("chunk_hash", "vector")
    rows = doc_chunks.join(vectors, on="chunk_hash", how="left")
    synced = index.sync(author, rows)
    count, distinct = index.count(author)
    state = IndexState(
        author=author,
        backend=index.backend,
        location=index.location,
        rows=count,
        distinct=distinct,
        upserted=synced.upserted,
        deleted=synced.deleted,
        unchanged=synced.unchanged,
        fingerprint=fingerprint(
            DOC_CHUNKS.data_version(doc_chunks), CHUNK_EMBEDDINGS.data_version(chunk_embeddings)
        ),
    )
    return record_result(
        state,
        state.fingerprint,
        **{
            "dagster/partition_row_count": count,
            "upserted": synced.upserted,
            "deleted": synced.deleted,
            "unchanged": synced.unchanged,
            "embedder": str(model_directory(twin.here.settings.embedding_model).name),
        },
    )


@dg.asset_check(
    asset=chunk_index,
    blocking=True,
    partitions_def=authors,
    additional_ins={"doc_chunks": dg.AssetIn("doc_chunks")},
)
def index_holds_every_chunk_once(
    context: dg.AssetCheckExecutionContext,
    twin: TwinResource,
    chunk_index: IndexState,
    doc_chunks: pl.DataFrame,
) -> dg.AssetCheckResult:
    """As many rows as passages, and no passage twice, counted in the index itself."""
    rows, distinct = twin.here.index.count(chunk_index.author)
    return dg.AssetCheckResult(
        passed=rows == distinct == doc_chunks["chunk_id"].n_unique(),
        metadata={"rows": rows, "distinct": distinct, "chunks": doc_chunks.height},
    )
