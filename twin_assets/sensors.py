"""New content: polls what the authors' sources list, adds authors, and asks for those that
changed."""

import json

import dagster as dg

from twin_assets.partitions import authors
from twin_assets.resources import TwinResource
from twin_core.authors import Author, load_authors
from twin_core.collect.collect import listing_version
from twin_core.collect.source import open_source
from twin_core.errors import TwinError

SECONDS_BETWEEN_POLLS = 300


def _listing(author: Author) -> str:
    return listing_version([open_source(spec) for spec in author.sources])


@dg.sensor(
    # a string would be parsed, and the parser costs every import 0.1 s
    target=dg.AssetSelection.assets("raw_articles"),
    minimum_interval_seconds=SECONDS_BETWEEN_POLLS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Lists every author's sources without fetching bodies; requests collection "
    "of those whose listing changed. What follows from it is automation's.",
)
def new_content(
    context: dg.SensorEvaluationContext, twin: TwinResource
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is a JSON object, author → version of the listing last asked for."""
    try:
        known = load_authors(twin.here.settings.authors_file).authors
    except TwinError as error:
        return dg.SkipReason(str(error))
    seen: dict[str, str] = json.loads(context.cursor or "{}")
    present = set(context.instance.get_dynamic_partitions(authors.name or "authors"))
    requests: list[dg.RunRequest] = []
    problems: list[str] = []
    for author in known:
        try:
            version = _listing(author)
        except TwinError as error:
            context.log.warning("%s: %s", author.slug, error)
            problems.append(author.slug)
            continue
        if seen.get(author.slug) != version:
            seen[author.slug] = version
            run_key = f"{author.slug}:{version}"
            requests.append(dg.RunRequest(partition_key=author.slug, run_key=run_key))
    new = [author.slug for author in known if author.slug not in present]
    listed = {author.slug for author in known}
    cursor = json.dumps({slug: version for slug, version in seen.items() if slug in listed})
    if not requests and not new:
        failed = f"; could not list {', '.join(problems)} (see the log)" if problems else ""
        context.update_cursor(cursor)
        return dg.SkipReason(f"nothing new from {len(known)} authors{failed}")
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[authors.build_add_request(new)] if new else [],
        cursor=cursor,
    )
