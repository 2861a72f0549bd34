"""New content: polls what the authors' sources list, adds authors, and asks for those that
changed."""

import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import dagster as dg
from dagster._core.storage.tags import RUN_KEY_TAG
from pydantic import BaseModel, Field, ValidationError

from twin_assets.partitions import authors
from twin_assets.resources import TwinResource
from twin_core.authors import Author, load_authors
from twin_core.collect.polling import Poller
from twin_core.errors import EmptyError, TwinError
from twin_core.fingerprint import fingerprint
from twin_core.sources import SourceSpec

SECONDS_BETWEEN_POLLS = 300
# Dagster ends a tick after 60 s, and with it what the tick has learnt: no source is begun after
# the first of these, and none takes longer than the second (and `polling`'s grace).
POLL_SECONDS = 25.0
SOURCE_SECONDS = 15.0
# What no listing tells (a silent edit, a deletion) is found by a collection once a day.
RECHECK_SECONDS = timedelta(days=1).total_seconds()
MAX_BACKOFF_SECONDS = timedelta(hours=12).total_seconds()
LOST_SECONDS = timedelta(hours=1).total_seconds()  # a run asked for, of which there is no trace


class Polled(BaseModel):
    """What is known of one source: its listing, and since when it fails. slow: there was not time
    enough to list it, which says nothing of what it has."""

    version: str | None = None
    failures: int = 0
    not_before: float = 0.0
    slow: bool = False


class Known(BaseModel):
    """What is known of one author; of its sources by `_key`.

    request: counts the runs asked for, so that each has a key of its own and a repeated tick
    repeats the key. key: of the last one, until it succeeded. failures: in a row, of such runs.
    """

    sources: dict[str, Polled] = Field(default_factory=dict)
    request: int = 0
    requested_at: float = 0.0
    key: str = ""
    failures: int = 0

    def requested(self, author: str, now: float) -> dg.RunRequest:
        """Another run of the author's collection."""
        self.request += 1
        self.requested_at = now
        stamp = fingerprint(sorted(str(one.version) for one in self.sources.values()))
        self.key = f"{author}:{self.request}:{stamp}"
        return dg.RunRequest(partition_key=author, run_key=self.key)


class Cursor(BaseModel):
    """The sensor's memory. first: the source with which the next tick begins."""

    authors: dict[str, Known] = Field(default_factory=dict)
    first: str = ""

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """The cursor, or an empty one where it is missing or of an older form."""
        try:
            return cls.model_validate_json(text or "{}")
        except ValidationError:
            return cls()


def _backoff(failures: int) -> float:
    return min(SECONDS_BETWEEN_POLLS * 2.0**failures, MAX_BACKOFF_SECONDS)


def _key(spec: SourceSpec) -> str:
    """What a source is known by: two of one label may list different parts of it."""
    return f"{spec.label} {fingerprint(spec)[:8]}"


def _in_turn(known: Sequence[Author], first: str) -> list[tuple[str, Author, SourceSpec]]:
    """(name, author, source) of all sources, from where the last tick left off."""
    jobs = [
        (f"{author.slug} {_key(spec)}", author, spec) for author in known for spec in author.sources
    ]
    start = next((place for place, job in enumerate(jobs) if job[0] == first), 0)
    return jobs[start:] + jobs[:start]


def _poll(
    spec: SourceSpec, polled: Polled, poller: Poller, now: float, stored: bool
) -> tuple[bool, str]:
    """(whether the listing changed, problem); a source that fails is left alone for a while.

    stored: whether its author has been collected, by us or by hand.
    """
    started = time.monotonic()
    try:
        version = poller.version(spec)
    except Exception as error:  # whatever a source does is that source's failure
        if isinstance(error, EmptyError) and (polled.version is not None or stored):
            version = "empty"  # it may not always have been: what it had has to go
        else:
            polled.failures += 1
            polled.not_before = now + _backoff(polled.failures)
            polled.slow = time.monotonic() - started >= SOURCE_SECONDS
            problem = error.problem if isinstance(error, TwinError) else repr(error)
            return False, f"{spec.label}: {problem}"
    changed = version != polled.version
    polled.version, polled.failures, polled.not_before, polled.slow = version, 0, 0.0, False
    return changed, ""


def _poll_all(
    known: Sequence[Author], cursor: Cursor, poller: Poller, now: float, stored: set[str]
) -> tuple[set[str], list[str]]:
    """(authors of whom a listing changed, problems), of as many sources as there is time for.

    stored: the authors that have been collected.
    """
    changed: set[str] = set()
    problems: list[str] = []
    end = time.monotonic() + POLL_SECONDS
    for name, author, spec in _in_turn(known, cursor.first):
        if time.monotonic() > end:
            cursor.first = name
            break
        polled = cursor.authors[author.slug].sources.setdefault(_key(spec), Polled())
        if now >= polled.not_before:
            new, problem = _poll(spec, polled, poller, now, author.slug in stored)
            changed |= {author.slug} if new else set()
            problems += [f"{author.slug}, {problem}"] if problem else []
    return changed, problems


def _unanswered(instance: dg.DagsterInstance, known: Iterable[Known], now: float) -> set[str]:
    """Keys of runs that failed, or of which there is no trace, and that may be asked for again. A
    run that somebody cancelled is not."""
    asked = {one.key: one for one in known if one.key}
    runs = instance.get_runs(dg.RunsFilter(tags={RUN_KEY_TAG: list(asked)})) if asked else []
    status = {run.tags[RUN_KEY_TAG]: run.status for run in runs}
    again: set[str] = set()
    for key, one in asked.items():
        found, age = status.get(key), now - one.requested_at
        if found in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.CANCELED):
            one.key, one.failures = "", 0
        elif found is dg.DagsterRunStatus.FAILURE or (found is None and age > LOST_SECONDS):
            again |= {key} if age > _backoff(one.failures + 1) else set()
    return again


@dg.sensor(
    target=dg.AssetSelection.assets("raw_articles"),  # a string costs every import a parser
    minimum_interval_seconds=SECONDS_BETWEEN_POLLS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Lists every author's sources without fetching bodies; requests collection "
    "of those whose listing changed or whose collection failed, and of everyone once a day. What "
    "follows is automation's; nothing else asks for raw_articles.",
)
def new_content(
    context: dg.SensorEvaluationContext, twin: TwinResource
) -> dg.SensorResult | dg.SkipReason:
    """Polls as many sources as fit into its time, and goes on with the next one at the next tick.

    Authors without consent to be collected are not polled.
    """
    try:
        known = load_authors(twin.here.settings.authors_file).authors
    except TwinError as error:
        return dg.SkipReason(str(error))
    cursor = Cursor.read(context.cursor)
    willing, problems = _prepare(known, cursor)
    now = time.time()
    stored = context.instance.get_materialized_partitions(dg.AssetKey("raw_articles"))
    with Poller(twin.here.web_options(*willing), SOURCE_SECONDS) as poller:
        changed, failed = _poll_all(willing, cursor, poller, now, stored)
    requests = _requests(context.instance, willing, cursor, changed, now)
    for problem in (*problems, *failed):
        context.log.warning(problem)
    present = set(context.instance.get_dynamic_partitions(authors.name or "authors"))
    new = [author.slug for author in known if author.slug not in present]
    if not requests and not new:
        count = len(problems) + len(failed)
        note = f"; could not list {count} sources (see the log)" if count else ""
        context.update_cursor(cursor.model_dump_json())
        return dg.SkipReason(f"nothing new from {len(known)} authors{note}")
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[authors.build_add_request(new)] if new else [],
        cursor=cursor.model_dump_json(),
    )


def _prepare(known: Sequence[Author], cursor: Cursor) -> tuple[list[Author], list[str]]:
    """(authors who may be collected, what is wrong with the others); the cursor then holds these
    authors and sources, and no others."""
    willing: list[Author] = []
    problems: list[str] = []
    for author in known:
        try:
            author.require_consent("collect", date.today())
            willing.append(author)
        except TwinError as error:
            problems.append(str(error))
    before, cursor.authors = cursor.authors, {}
    for author in known:
        state = cursor.authors[author.slug] = before.get(author.slug, Known())
        kept = state.sources
        # a cursor of before has them by label alone, which two may share
        found = {
            _key(spec): kept.get(_key(spec)) or kept.get(spec.label) for spec in author.sources
        }
        state.sources = {key: one.model_copy() for key, one in found.items() if one}
    return willing, problems


def _requests(
    instance: dg.DagsterInstance,
    known: Sequence[Author],
    cursor: Cursor,
    changed: set[str],
    now: float,
) -> list[dg.RunRequest]:
    """Runs for the authors that changed, whose last run failed, or whose day is over."""
    again = _unanswered(instance, cursor.authors.values(), now)
    requests: list[dg.RunRequest] = []
    for author in known:
        state = cursor.authors[author.slug]
        there = any(one.version or one.slow for one in state.sources.values())
        overdue = there and now - state.requested_at > RECHECK_SECONDS
        state.failures += state.key in again
        if author.slug in changed or state.key in again or overdue:
            requests.append(state.requested(author.slug, now))
    return requests
