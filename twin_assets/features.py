"""Features: the author's words, in passages, as vectors, in an index; each row computed once."""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from twin_assets.automation import WHEN_INPUTS_CHANGE
from twin_assets.partitions import authors
from twin_assets.pods import INDEX_POOL
from twin_assets.presentation import (
    draft_result,
    markdown_table,
    record_result,
    schema_metadata,
)
from twin_assets.resources import TwinResource
from twin_core.embedder import TokenCounter
from twin_core.errors import TwinError
from twin_core.fingerprint import fingerprint
from twin_core.index.base import Query
from twin_core.index.follow import follow
from twin_core.records import (
    CHUNK_EMBEDDINGS,
    CLEANED_DOCS,
    DOC_CHUNKS,
    EXTRACTED_DOCS,
    IndexState,
)
from twin_core.segments import Draft, SegmentedTable

SEARCHED = 1000  # characters of the longest passage
SHOWN = 20  # documents left out that are named one by one
DROP = (  # what a user types to remove an author's part, in either backend
    'python -c "from twin_core.index import open_index; from twin_core.settings import '
    "load_settings; open_index(load_settings()).drop('{author}')\""
)

# Drop reasons without what differs from document to document.
_KIND = (
    pl.col("drop_reason")
    .str.replace(r"duplicate of .*", "duplicate of another")
    .str.replace(r"only \d+ words", "few words")
    .str.replace(r"(extraction): .*", "$1 failed")
    .str.replace(r"(no text but what was cut): .*", "$1")
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
    context: dg.AssetExecutionContext, twin: TwinResource, raw_articles: SegmentedTable
) -> dg.MaterializeResult[Draft]:
    """The author's text as Markdown; what is left out keeps the reason why."""
    from twin_core.features import clean as cleaning

    lake, key = twin.here.lake, context.partition_key
    tables = raw_articles, lake.table(EXTRACTED_DOCS, key), lake.table(CLEANED_DOCS, key)
    draft, report = cleaning.update(*tables, *twin.here.redactor)
    columns = ["doc_id", "url", "own_words", "removed_by", "redactions", "drop_reason"]
    docs = draft.table.read(columns=columns)
    left_out = _left_out(docs)
    for url, reason in left_out.head(SHOWN).iter_rows():
        context.log.warning("left out %s: %s", url, reason)
    kinds = left_out.select(reason=_KIND)
    removed = docs.select(
        pl.col("removed_by").explode(empty_as_null=False).struct.unnest()
    ).drop_nulls()
    removed = removed.group_by("rule").sum().sort("blocks", "rule", descending=[True, False])
    return draft_result(
        draft,
        ["published_at", "title", "own_words", "drop_reason"],
        report,
        own_words=int(cleaning.usable(docs)["own_words"].sum()),
        removed_blocks=int(removed["blocks"].sum()),
        removed_by=markdown_table(["rule", "blocks"], removed.iter_rows()),
        with_personal_data=docs["redactions"].count(),
        found_but_not_learnt_from=cleaning.usable(docs).height - cleaning.learnable(docs).height,
        left_out=left_out.height,
        left_out_why=markdown_table(
            ["why", "documents"], kinds.group_by("reason").len().sort("reason").iter_rows()
        ),
        left_out_which=markdown_table(["document", "why"], left_out.head(SHOWN).iter_rows()),
    )


def _left_out(docs: pl.DataFrame) -> pl.DataFrame:
    """(url, drop_reason) of the documents that are not used; copies name the address of the
    original, which people know, in place of its doc_id."""
    address = dict(docs.select("doc_id", "url").iter_rows())
    of = pl.col("drop_reason").str.extract(r"^duplicate of (\S+)$")
    original = of.replace_strict(address, default=None, return_dtype=pl.String)
    reason = pl.coalesce(pl.lit("duplicate of ") + original, "drop_reason").alias("drop_reason")
    return docs.filter(pl.col("drop_reason").is_not_null()).select("url", reason)


@dg.asset_check(asset=cleaned_docs, blocking=True, partitions_def=authors)
def has_usable_documents(cleaned_docs: SegmentedTable) -> dg.AssetCheckResult:
    """At least one document is left after cleaning, unless all articles were taken down."""
    docs = cleaned_docs.read(columns=["drop_reason"])
    reasons = docs.select(_KIND).to_series().drop_nulls().unique().sort().to_list()
    usable = docs["drop_reason"].null_count()
    return dg.AssetCheckResult(
        passed=usable > 0 or docs.is_empty(),  # passages of what is gone must leave the index
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
    context: dg.AssetExecutionContext, twin: TwinResource, cleaned_docs: SegmentedTable
) -> dg.MaterializeResult[Draft]:
    """Passages that fit the embedder whole; a document that did not change keeps its own."""
    from twin_core.features import chunk as chunking

    here = twin.here
    counter = here.counter
    draft, report = chunking.update(
        cleaned_docs,
        here.lake.table(DOC_CHUNKS, context.partition_key),
        counter,
        here.recipe.chunking,
    )
    tokens = draft.table.read(columns=["tokens"])["tokens"]
    return draft_result(
        draft,
        ["title", "heading", "tokens", "text"],
        report,
        longest_tokens=int(tokens.max() or 0),  # type: ignore[arg-type]
        median_tokens=int(tokens.median() or 0),  # type: ignore[arg-type]
        token_limit=counter.limit,
    )


@dg.asset_check(asset=doc_chunks, blocking=True, partitions_def=authors)
def chunks_fit_the_encoder(doc_chunks: SegmentedTable, twin: TwinResource) -> dg.AssetCheckResult:
    """No passage is longer than what the embedder reads."""
    limit = TokenCounter(twin.here.settings.embedding_model).limit
    tokens = doc_chunks.read(columns=["tokens"])["tokens"]
    longest = int(tokens.max() or 0)  # type: ignore[arg-type]
    return dg.AssetCheckResult(
        passed=longest <= limit,
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
    context: dg.AssetExecutionContext, twin: TwinResource, doc_chunks: SegmentedTable
) -> dg.MaterializeResult[Draft]:
    """One vector for each distinct passage; a passage that was embedded before is not embedded
    again."""
    from twin_core.features import embed as embedding

    here = twin.here
    table = here.lake.table(CHUNK_EMBEDDINGS, context.partition_key)
    draft, done = embedding.update(doc_chunks, table, here.embedder)
    if done.replaced_space:
        context.log.warning(
            "the embedding model changed from %s to %s: %d texts were embedded again (what it had "
            "embedded before was kept)",
            *(done.replaced_space, here.embedder.space, done.texts),
        )
    vector = draft.table.tail(1, ["vector"])["vector"]
    return draft_result(
        draft,
        ["doc_id", "chunk_hash", "model"],
        done.documents,
        embedded=done.texts,
        dimensions=len(vector[0]) if len(vector) else 0,
        model=here.embedder.space,
    )


@dg.asset(
    group_name="features",
    kinds={"lancedb", "weaviate"},
    owners=["team:content"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=INDEX_POOL,
)
def chunk_index(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    doc_chunks: SegmentedTable,
    chunk_embeddings: SegmentedTable,
) -> dg.MaterializeResult[IndexState]:
    """The vector index brought in line with the passages: upserts and deletions, in one step."""
    here, author = twin.here, context.partition_key
    index, space = here.index, here.embedder.space
    memory = here.index_memory(author)
    synced = follow(index, author, doc_chunks, chunk_embeddings, space, memory)
    held = index.contents(author)
    if held.rows != doc_chunks.rows:  # rows were lost or added behind our back
        context.log.warning("the index held %d rows, not %d: compared", held.rows, doc_chunks.rows)
        memory.unlink(missing_ok=True)
        synced = follow(index, author, doc_chunks, chunk_embeddings, space, memory)
        held = index.contents(author)
    state = IndexState(
        author=author,
        backend=index.backend,
        location=index.location,
        space=space,
        rows=held.rows,
        distinct=held.distinct,
        upserted=synced.upserted,
        deleted=synced.deleted,
        unchanged=synced.unchanged,
        fingerprint=fingerprint(doc_chunks.data_version, chunk_embeddings.data_version, space),
    )
    return record_result(
        state,
        state.fingerprint,
        **{
            "dagster/partition_row_count": held.rows,
            "upserted": synced.upserted,
            "deleted": synced.deleted,
            "unchanged": synced.unchanged,
            "backend": f"{index.backend} at {index.location}",
            "space": space,
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
    doc_chunks: SegmentedTable,
) -> dg.AssetCheckResult:
    """As many rows as passages, and no passage twice, counted in the index itself; and a search for
    the words of the longest passage finds one, or else there is a warning.

    Where it fails, materialise chunk_index again, which compares the rows; the metadatum `remedy`
    says what to do if that does not help."""
    index, author = twin.here.index, chunk_index.author
    held = index.contents(author)
    rows = doc_chunks.read(columns=["chunk_id", "text"])
    longest = rows.sort(pl.col("text").str.len_chars()).tail(1)["text"].str.head(SEARCHED)
    wanted = rows["chunk_id"].n_unique()
    counts = {"rows": held.rows, "distinct": held.distinct, "chunks": wanted}
    try:
        found = index.search(author, Query(text=longest[0]), 1) if wanted else []
    except TwinError as error:
        return _unlike(author, {**counts, "search": str(error)})
    figures = {**counts, "search": f"{len(found)} found"}
    if not held.rows == held.distinct == wanted:
        return _unlike(author, figures)
    if wanted and not found:
        return dg.AssetCheckResult(
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,  # vectors are searched as ever
            description="A search for the words of the longest passage finds nothing. Remedy: run "
            "the job index_upkeep, which builds the word index anew. If that does not help, drop "
            f"the index and materialise chunk_index of {author} again: "
            f"{DROP.format(author=author)}",
            metadata=figures,
        )
    return dg.AssetCheckResult(passed=True, metadata=figures)


def _unlike(author: str, figures: Mapping[str, int | str]) -> dg.AssetCheckResult:
    """The check failed. A row that is there twice looks as if nothing had changed, and is kept by
    every comparison: only a new index is without it."""
    remedy = (
        f"materialise chunk_index of {author} again. If the check fails again, drop the index, "
        "which has no data of its own, and materialise once more (until then its twin refuses "
        f"questions), in the twin's environment: {DROP.format(author=author)}"
    )
    return dg.AssetCheckResult(
        passed=False,
        description=f"The index does not hold every passage once. Remedy: {remedy}",
        metadata={**figures, "remedy": remedy},
    )


@dg.op(pool=INDEX_POOL)
def compact_indexes(context: dg.OpExecutionContext, twin: TwinResource) -> None:
    """Every author's part of the index, one after another; one that fails does not stop the
    others."""
    failed = []
    for author in context.instance.get_dynamic_partitions(authors.name or "authors"):
        try:
            figures = twin.here.index.optimise(author)
        except TwinError as error:
            failed.append(author)
            context.log.error("%s: %s", author, error)
        else:
            context.log.info("%s: %s", author, figures or "no index yet")
    if failed:
        raise dg.Failure(f"the index of {', '.join(failed)} could not be compacted: see the log")


@dg.job(description="Compacts the index, brings its word index in line, removes old versions.")
def index_upkeep() -> None:
    compact_indexes()


nightly_upkeep = dg.ScheduleDefinition(
    job=index_upkeep,
    cron_schedule="30 3 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
