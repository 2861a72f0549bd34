"""New content: polls what the authors' sources list, adds authors, and asks for those that
changed."""

import time
from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
from pydantic import BaseModel, Field, ValidationError

from twin_assets.partitions import authors
from twin_assets.resources import TwinResource
from twin_core.authors import Author, load_authors
from twin_core.collect.collect import listing_version
from twin_core.collect.source import open_source
from twin_core.collect.web import Web
from twin_core.errors import TwinError
from twin_core.fingerprint import fingerprint

SECONDS_BETWEEN_POLLS = 300
POLL_SECONDS = 40.0  # Dagster ends a tick after 60
# What no listing tells (a silent edit, a deletion) is found by a collection once a day.
RECHECK_SECONDS = timedelta(days=1).total_seconds()
MAX_BACKOFF_SECONDS = timedelta(hours=12).total_seconds()


class Polled(BaseModel):
    """What is known of one source: its listing, and since when it fails."""

    version: str | None = None
    failures: int = 0
    not_before: float = 0.0


class Known(BaseModel):
    """What is known of one author. request: counts the runs asked for, so that each has a key of
    its own and a repeated tick repeats the key."""

    sources: dict[str, Polled] = Field(default_factory=dict)
    request: int = 0
    requested_at: float = 0.0


class Cursor(BaseModel):
    """The sensor's memory. first: the author with whom the next tick begins."""

    authors: dict[str, Known] = Field(default_factory=dict)
    first: str = ""

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """The cursor, or an empty one where it is missing or of an older form."""
        try:
            return cls.model_validate_json(text or "{}")
        except ValidationError:
            return cls()


def _in_turn(known: tuple[Author, ...], first: str) -> Iterator[Author]:
    """The authors, from where the last tick left off."""
    slugs = [author.slug for author in known]
    start = slugs.index(first) if first in slugs else 0
    yield from known[start:] + known[:start]


def _poll(author: Author, known: Known, web: Web, now: float) -> tuple[bool, list[str]]:
    """(whether a listing changed, problems); a source that fails is left alone for a while."""
    changed, problems = False, []
    labels = {spec.label for spec in author.sources}
    known.sources = {label: one for label, one in known.sources.items() if label in labels}
    for spec in author.sources:
        polled = known.sources.setdefault(spec.label, Polled())
        if now < polled.not_before:
            continue
        try:
            version = listing_version(open_source(spec, web))
        except TwinError as error:
            polled.failures += 1
            wait = SECONDS_BETWEEN_POLLS * 2**polled.failures
            polled.not_before = now + min(wait, MAX_BACKOFF_SECONDS)
            problems.append(f"{author.slug}, {spec.label}: {error.problem}")
            continue
        polled.failures, polled.not_before = 0, 0.0
        changed = changed or version != polled.version
        polled.version = version
    return changed, problems


@dg.sensor(
    target=dg.AssetSelection.assets("raw_articles"),  # a string costs every import a parser
    minimum_interval_seconds=SECONDS_BETWEEN_POLLS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Lists every author's sources without fetching bodies; requests collection "
    "of those whose listing changed, and of everyone once a day. What follows is automation's; "
    "nothing else asks for raw_articles.",
)
def new_content(
    context: dg.SensorEvaluationContext, twin: TwinResource
) -> dg.SensorResult | dg.SkipReason:
    """Polls as many authors as fit into its time, and goes on with the next one at the next tick.

    Authors without consent to be collected are not polled.
    """
    try:
        known = load_authors(twin.here.settings.authors_file).authors
    except TwinError as error:
        return dg.SkipReason(str(error))
    cursor = Cursor.read(context.cursor)
    slugs = {author.slug for author in known}
    cursor.authors = {slug: one for slug, one in cursor.authors.items() if slug in slugs}
    present = set(context.instance.get_dynamic_partitions(authors.name or "authors"))
    requests, problems = _requests(twin, known, cursor)
    for problem in problems:
        context.log.warning(problem)
    new = [author.slug for author in known if author.slug not in present]
    if not requests and not new:
        failed = f"; could not list {len(problems)} sources (see the log)" if problems else ""
        context.update_cursor(cursor.model_dump_json())
        return dg.SkipReason(f"nothing new from {len(known)} authors{failed}")
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[authors.build_add_request(new)] if new else [],
        cursor=cursor.model_dump_json(),
    )


def _requests(
    twin: TwinResource, known: tuple[Author, ...], cursor: Cursor
) -> tuple[list[dg.RunRequest], list[str]]:
    requests: list[dg.RunRequest] = []
    problems: list[str] = []
    now, end = time.time(), time.monotonic() + POLL_SECONDS
    with twin.here.web(seconds=POLL_SECONDS) as web:
        for author in _in_turn(known, cursor.first):
            if time.monotonic() > end:
                cursor.first = author.slug
                return requests, problems
            state = cursor.authors.setdefault(author.slug, Known())
            try:
                twin.here.author(author.slug, "collect")
            except TwinError as error:
                problems.append(str(error))
                continue
            changed, failed = _poll(author, state, web, now)
            problems += failed
            listed = any(polled.version for polled in state.sources.values())
            if changed or (listed and now - state.requested_at > RECHECK_SECONDS):
                state.request += 1
                state.requested_at = now
                stamp = fingerprint(sorted(str(one.version) for one in state.sources.values()))
                key = f"{author.slug}:{state.request}:{stamp}"
                requests.append(dg.RunRequest(partition_key=author.slug, run_key=key))
    return requests, problems
