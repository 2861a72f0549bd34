"""Which release is served: a pure decision on two reports, and a pointer that it moves."""

from dataclasses import dataclass

from twin_core.fingerprint import fingerprint
from twin_core.lake import Lake
from twin_core.recipe import Promotion
from twin_core.records import Checkpoint, EvalReport, Release

VERSION = "promotion-1"
POINTER = "promoted_twin"


@dataclass(frozen=True)
class Decision:
    """Whether the candidate takes over, and why or why not."""

    promote: bool
    reason: str


def decide(candidate: EvalReport, incumbent: EvalReport | None, policy: Promotion) -> Decision:
    """The candidate takes over if its voice gains enough on the base model's and does not fall
    short of the incumbent's. Each side is judged by its own report."""
    weights = _variant(policy)
    voice = candidate.variants[weights].voice
    gain = voice - candidate.variants["base"].voice
    if gain < policy.min_voice_gain:
        return Decision(
            False,
            f"voice {voice:.2f} is {gain:+.2f} against the base model's; "
            f"the recipe asks for {policy.min_voice_gain:+.2f}",
        )
    if incumbent is None:
        return Decision(True, f"first release: voice {gain:+.2f} against the base model's")
    against = voice - incumbent.variants[weights].voice
    if against < -policy.incumbent_slack:
        return Decision(False, f"voice {against:+.2f} against the release that is served")
    return Decision(
        True, f"voice {gain:+.2f} against the base, {against:+.2f} against the incumbent"
    )


def _variant(policy: Promotion) -> str:
    return "gptq" if policy.weights == "gptq" else "dpo"


def make_release(
    author: str,
    name: str,
    consent_id: str,
    merged: Checkpoint,
    quantised: Checkpoint,
    report: EvalReport,
    policy: Promotion,
    previous: Release | None,
    decision: Decision,
) -> Release:
    """The release that these weights make; the same inputs make the same `release_id`."""
    score = report.variants[_variant(policy)]
    release_id = fingerprint(
        VERSION, author, name, consent_id, merged.fingerprint, quantised.fingerprint, policy.weights
    )
    return Release(
        author=author,
        name=name,
        release_id=release_id,
        weights=policy.weights,
        merged_dir=merged.directory,
        gptq_dir=quantised.directory,
        report=report.fingerprint,
        voice=score.voice,
        perplexity=score.perplexity,
        consent_id=consent_id,
        previous=previous.release_id if previous else None,
        decision=decision.reason,
    )


def keep_release(lake: Lake, release: Release, report: EvalReport) -> None:
    """Keep a release and its report beside the pointer, so that it can be compared and rolled back
    to."""
    lake.write_record(f"releases/{release.author}", release.release_id, release)
    lake.write_record(f"reports/{release.author}", report.fingerprint, report)


def incumbent_report(lake: Lake, release: Release) -> EvalReport | None:
    """The report that the served release rests on."""
    return lake.previous_record(f"reports/{release.author}", release.report, EvalReport)


def promoted(lake: Lake) -> dict[str, Release]:
    """Author → the release that the pointer names, for every author who has one."""
    return {key: lake.read_record(POINTER, key, Release) for key in lake.keys(POINTER)}
