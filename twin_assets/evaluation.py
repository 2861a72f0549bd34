"""Evaluation: is it the author's voice, does search find the passage, and did each stage gain?"""

import math

import dagster as dg
import polars as pl

from twin_assets.automation import WHEN_INPUTS_CHANGE
from twin_assets.partitions import authors
from twin_assets.pods import ACCELERATOR_POOL, GPU
from twin_assets.presentation import bar_plot, markdown_table, record_result
from twin_assets.resources import TwinResource
from twin_core import causal_lm
from twin_core.evaluation import negatives, report, voice
from twin_core.records import (
    INSTRUCT_DATASET,
    Checkpoint,
    EvalReport,
    IndexState,
    RetrievalReport,
    VoiceVerifier,
)

MIN_AUC = 0.75
MIN_RECALL = 0.4


@dg.asset(
    group_name="evaluation",
    kinds={"scikitlearn"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def voice_verifier(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    instruct_dataset: pl.DataFrame,
    base_model: Checkpoint,
) -> dg.MaterializeResult[VoiceVerifier]:
    """A classifier: this author, or not; negatives are neutral texts and generic text on the same
    topics."""
    here = twin.here
    author = here.author(context.partition_key, "train")
    neutral = here.neutral_texts()
    name = voice.verifier_fingerprint(
        author.name,
        INSTRUCT_DATASET.data_version(instruct_dataset),
        base_model.fingerprint,
        *neutral,
    )
    verifier = here.lake.previous_record("voice_verifier", author.slug, VoiceVerifier)
    if verifier is None or verifier.fingerprint != name:
        causal_lm.use_threads(here.settings.threads)
        lm = causal_lm.load(base_model.directory)
        own = {
            split: instruct_dataset.filter(pl.col("split") == split)["answer"].to_list()
            for split in ("train", "validation", "test")
        }
        generic = negatives.generic_answers(lm, instruct_dataset, here.recipe)
        verifier = voice.train_verifier(
            author.slug,
            name,
            own["train"],
            own["validation"] + own["test"],
            {
                "neutral": negatives.halves(negatives.neutral_passages(neutral)),
                "generic": negatives.halves(generic),
            },
        )
    return record_result(
        verifier,
        name,
        auc=verifier.auc,
        held_out=verifier.held_out,
        **{f"auc_{kind}": value for kind, value in verifier.auc_by_negative.items()},
    )


@dg.asset_check(asset=voice_verifier, partitions_def=authors)
def voice_is_recognisable(voice_verifier: VoiceVerifier) -> dg.AssetCheckResult:
    """The verifier tells held-out passages of the author from what others wrote."""
    return dg.AssetCheckResult(
        passed=voice_verifier.auc >= MIN_AUC,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"auc": voice_verifier.auc, "needed": MIN_AUC},
    )


@dg.asset(
    group_name="evaluation",
    kinds={"lancedb"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
)
def retrieval_report(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    chunk_index: IndexState,
    doc_chunks: pl.DataFrame,
    instruct_dataset: pl.DataFrame,
) -> dg.MaterializeResult[RetrievalReport]:
    """recall@k, MRR and nDCG on questions whose source passage is known, for each step of
    retrieval."""
    from twin_core.evaluation import retrieval
    from twin_core.retrieval.search import open_tools

    here, key = twin.here, context.partition_key
    recipe, shape = here.recipe.evaluation, here.recipe.retrieval
    name = retrieval.retrieval_fingerprint(
        chunk_index.fingerprint,
        INSTRUCT_DATASET.data_version(instruct_dataset),
        recipe.model_dump_json(),
        shape.model_dump_json(),
        here.settings.rerank_model or "",
    )
    found = here.lake.previous_record("retrieval_report", key, RetrievalReport)
    if found is None or found.fingerprint != name:
        asked = retrieval.questions(instruct_dataset, doc_chunks, recipe.retrieval_questions)
        tools = open_tools(here.settings, here.index, here.lake)
        ways = retrieval.search_ways(tools, key, asked, shape)
        found = retrieval.measure_retrieval(key, name, asked, ways, recipe.k)
    return record_result(
        found,
        name,
        questions=found.questions,
        k=found.k,
        recall_at_k=found.recall_at_k,
        mrr=found.mrr,
        ndcg_at_k=found.ndcg_at_k,
        configurations=_ways_to_search(found),
        misses=markdown_table(["question without its source"], [[miss] for miss in found.misses]),
    )


def _ways_to_search(report: RetrievalReport) -> dg.MarkdownMetadataValue:
    """Each configuration, and what it changed for the same questions against the bare hybrid."""
    rows = []
    for way, figures in report.configurations.items():
        gain = report.gains.get(way)
        change = (
            f"{gain.difference:+.3f} ({gain.interval[0]:+.3f} to {gain.interval[1]:+.3f})"
            if gain
            else ""
        )
        rows.append(
            [
                *(way, figures.recall_at_k, figures.mrr, figures.ndcg_at_k),
                f"{figures.p50_ms:.1f}",
                f"{gain.gained} : {gain.lost}" if gain else "",
                change,
            ]
        )
    header = ["search", f"recall@{report.k}", "MRR", "nDCG", "p50 ms", "better : worse"]
    return markdown_table([*header, "nDCG against hybrid (95 %)"], rows)


@dg.asset_check(asset=retrieval_report, partitions_def=authors)
def search_finds_the_source(retrieval_report: RetrievalReport) -> dg.AssetCheckResult:
    """Most questions find their source among the first k passages."""
    return dg.AssetCheckResult(
        passed=retrieval_report.recall_at_k >= MIN_RECALL,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"recall_at_k": retrieval_report.recall_at_k, "needed": MIN_RECALL},
    )


@dg.asset(
    group_name="evaluation",
    kinds={"deepeval", "huggingface"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def eval_report(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    instruct_dataset: pl.DataFrame,
    base_model: Checkpoint,
    sft_checkpoint: Checkpoint,
    dpo_checkpoint: Checkpoint,
    gptq_weights: Checkpoint,
    voice_verifier: VoiceVerifier,
    retrieval_report: RetrievalReport,
) -> dg.MaterializeResult[EvalReport]:
    """Base, SFT, DPO and GPTQ on held-out articles: perplexity, voice, and what is copied."""
    here = twin.here
    author = here.author(context.partition_key, "train")
    variants = {
        "base": base_model,
        "sft": sft_checkpoint,
        "dpo": dpo_checkpoint,
        "gptq": gptq_weights,
    }
    name = report.report_fingerprint(
        variants,
        voice_verifier,
        retrieval_report,
        INSTRUCT_DATASET.data_version(instruct_dataset),
        here.recipe,
    )
    found = here.lake.previous_record("eval_report", author.slug, EvalReport)
    if found is None or found.fingerprint != name:
        causal_lm.use_threads(here.settings.threads)
        found = report.evaluate(
            author.slug,
            author.name,
            variants,
            instruct_dataset,
            voice_verifier,
            retrieval_report,
            here.recipe,
            name,
        )
    scores = found.variants
    header = ["variant", "perplexity", "voice", "voice 95 %", "copied", "first answer"]
    rows = [
        [
            variant,
            score.perplexity,
            score.voice,
            f"{score.voice_interval[0]:.2f} to {score.voice_interval[1]:.2f}",
            score.verbatim,
            score.answers[0],
        ]
        for variant, score in scores.items()
    ]
    return record_result(
        found,
        name,
        **{f"perplexity_{variant}": score.perplexity for variant, score in scores.items()},
        **{f"voice_{variant}": score.voice for variant, score in scores.items()},
        author_voice=found.author_voice,
        recall_at_k=found.recall_at_k,
        variants=markdown_table(header, rows),
        perplexities=bar_plot({v: s.perplexity for v, s in scores.items()}, "held-out perplexity"),
        voices=bar_plot(
            {**{v: s.voice for v, s in scores.items()}, "author": found.author_voice}, "voice"
        ),
    )


@dg.asset_check(asset=eval_report, blocking=True, partitions_def=authors)
def report_is_sound(eval_report: EvalReport) -> dg.AssetCheckResult:
    """Every figure is finite, every variant answered, and training brought perplexity down."""
    scores = eval_report.variants
    finite = all(math.isfinite(s.perplexity) and math.isfinite(s.voice) for s in scores.values())
    answered = all(any(answer.strip() for answer in s.answers) for s in scores.values())
    gained = scores["sft"].perplexity < scores["base"].perplexity
    return dg.AssetCheckResult(
        passed=finite and answered and gained,
        metadata={"finite": finite, "answered": answered, "sft_below_base": gained},
    )
