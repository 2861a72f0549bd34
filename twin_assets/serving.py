"""Serving: which release is served, that it answers, and how fast."""

import time
from typing import TYPE_CHECKING

import dagster as dg

from twin_assets.automation import WHEN_INPUTS_CHANGE
from twin_assets.partitions import authors
from twin_assets.pods import ACCELERATOR_POOL, GPU
from twin_assets.presentation import markdown_table, record_result
from twin_assets.resources import Installation, TwinResource
from twin_core.errors import DataError
from twin_core.records import (
    Checkpoint,
    EvalReport,
    InferenceReport,
    Release,
    ServedTwin,
)
from twin_core.serving import measure, promotion
from twin_core.serving.engine import complete, open_engine
from twin_core.template import prompt

if TYPE_CHECKING:
    from twin_core.serving.answer import Twins


@dg.asset(
    group_name="serving",
    kinds={"json"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
)
def promoted_twin(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    dpo_checkpoint: Checkpoint,
    gptq_weights: Checkpoint,
    eval_report: EvalReport,
) -> dg.MaterializeResult[Release]:
    """A pointer to one release; it moves only when the candidate beats base and incumbent."""
    here = twin.here
    author = here.author(context.partition_key, "serve")
    assert author.consent  # the line above saw to that
    policy = here.recipe.promotion
    incumbent = here.lake.previous_record(promotion.POINTER, author.slug, Release)
    against = promotion.incumbent_report(here.lake, incumbent) if incumbent else None
    decision = promotion.decide(eval_report, against, policy)
    candidate = promotion.make_release(
        author.slug,
        author.name,
        author.consent.consent_id,
        dpo_checkpoint,
        gptq_weights,
        eval_report,
        policy,
        incumbent,
        decision,
    )
    same = incumbent is not None and incumbent.release_id == candidate.release_id
    if incumbent is None and not decision.promote:
        raise DataError(
            f"the first release of {author.slug} is not good enough to serve: {decision.reason}",
            "look at eval_report; add articles, train longer, or lower promotion.min_voice_gain.",
        )
    if same or not decision.promote:
        serving = incumbent or candidate
    else:
        serving = candidate
        promotion.keep_release(here.lake, candidate, eval_report)
    context.log.info("%s: %s", "kept" if serving is incumbent else "promoted", decision.reason)
    return record_result(
        serving,
        serving.release_id,
        release=serving.release_id,
        moved=serving is not incumbent,
        decision="the same release" if same else decision.reason,
        serves=dg.MetadataValue.path(serving.weights_dir),
        voice=serving.voice,
        perplexity=serving.perplexity,
    )


def _twins(here: Installation) -> "Twins":
    from twin_core.serving.answer import Twins

    return Twins(here.settings, here.recipe, here.lake, here.index, open_engine(here.settings))


@dg.asset(
    group_name="serving",
    kinds={"sglang", "huggingface"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def served_twin(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    promoted_twin: Release,
    eval_report: EvalReport,
) -> dg.MaterializeResult[ServedTwin]:
    """The release loaded in the engine, and its answer to a real question, by the gateway's own
    path."""
    here = twin.here
    author = here.author(context.partition_key, "serve")
    twins = _twins(here)
    if here.settings.engine_url:  # another process may have loaded something else since
        twins.engine.load(promoted_twin)
    question = eval_report.questions[0]
    served = here.lake.previous_record("served_twin", author.slug, ServedTwin)
    probed = (promoted_twin.release_id, twins.engine.name, question)
    if served is None or (served.release_id, served.engine, served.question) != probed:
        started = time.monotonic()
        turn = twins.turn(author.slug, [{"role": "user", "content": question}])
        answer = complete(twins.engine, turn.release, turn.messages, twins.sampling(seed=0))
        served = ServedTwin(
            author=author.slug,
            release_id=promoted_twin.release_id,
            engine=twins.engine.name,
            question=question,
            answer=answer.text,
            seconds=round(time.monotonic() - started, 2),
        )
    return record_result(
        served,
        f"{served.release_id}/{served.engine}",
        engine=served.engine,
        probe_seconds=served.seconds,
        probe=dg.MetadataValue.md(f"**{served.question}**\n\n{served.answer}"),
    )


@dg.asset_check(asset=served_twin, blocking=True, partitions_def=authors)
def twin_answers(served_twin: ServedTwin) -> dg.AssetCheckResult:
    """The probe came back with words."""
    words = len(served_twin.answer.split())
    return dg.AssetCheckResult(passed=words > 0, metadata={"words": words})


@dg.asset(
    group_name="serving",
    kinds={"huggingface"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    deps=[served_twin],
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def inference_report(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    promoted_twin: Release,
    eval_report: EvalReport,
) -> dg.MaterializeResult[InferenceReport]:
    """Time to the first token, time per token, throughput and memory: full, GPTQ, speculative."""
    here = twin.here
    asked = eval_report.questions[:2]
    prompts = [prompt(promoted_twin.name, question) for question in asked]
    name = measure.inference_fingerprint(promoted_twin, prompts)
    found = here.lake.previous_record("inference_report", context.partition_key, InferenceReport)
    if found is None or found.fingerprint != name:
        found = measure.measure_inference(promoted_twin, prompts, here.settings.threads)
    header = ["variant", "first token ms", "ms a token", "tokens/s", "weights MB", "resident MB"]
    rows = [[name, *figures.model_dump().values()] for name, figures in found.variants.items()]
    return record_result(
        found,
        name,
        **{f"tokens_per_s_{name}": f.tokens_per_s for name, f in found.variants.items()},
        figures=markdown_table(header, rows),
    )
