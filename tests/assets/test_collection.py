"""Collection as an asset: what its gate lets pass, and where it may go."""

from pathlib import Path

import dagster as dg
import pytest

from definitions import defs
from tests.conftest import folder_author
from twin_assets.collection import has_live_articles
from twin_assets.resources import Installation
from twin_assets.runner import JOB
from twin_core.authors import Author
from twin_core.records import RAW_ARTICLES
from twin_core.segments import SegmentedTable
from twin_core.settings import TwinSettings
from twin_core.sources import FeedSpec


def checked(*statuses: str, twice: bool = False) -> dg.AssetCheckResult:
    """The gate's verdict on articles with these states."""
    ids = ["same"] * len(statuses) if twice else list(map(str, range(len(statuses))))
    rows = [dict.fromkeys(RAW_ARTICLES.columns) for _ in statuses]
    for row, doc_id, status in zip(rows, ids, statuses, strict=True):
        row |= {"doc_id": doc_id, "status": status}
    frame = RAW_ARTICLES.frame(rows)

    class Table(SegmentedTable):
        """A double: no real table would hold a row twice."""

        def read(self, keys=None, columns=None):
            return frame.select(columns)

    result = has_live_articles(Table(Path(), RAW_ARTICLES))
    assert isinstance(result, dg.AssetCheckResult)
    return result


def test_an_author_whose_articles_are_all_gone_is_let_through_with_a_warning():
    for statuses in (("gone",), ("gone", "paywalled", "gone")):
        result = checked(*statuses)
        assert not result.passed
        assert result.severity is dg.AssetCheckSeverity.WARN


@pytest.mark.parametrize("statuses", [(), ("paywalled",)])
def test_an_author_who_never_had_an_article_is_held_back(statuses: tuple[str, ...]):
    result = checked(*statuses)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)


def test_an_article_that_stands_twice_holds_the_author_back():
    for status in ("live", "gone"):
        result = checked(status, status, twice=True)
        assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert checked("live", "gone").passed


def test_withdrawal_ends_the_run_well(author: Author, articles: Path, installation: TwinSettings):
    """The last article is taken away: two runs later it is gone, and both runs succeed."""
    for page in sorted(articles.glob("*.md"))[1:]:
        page.unlink()
    with dg.DagsterInstance.ephemeral() as instance:

        def collected() -> bool:
            return (
                defs.resolve_job_def(JOB)
                .execute_in_process(
                    instance=instance,
                    partition_key="ines",
                    asset_selection=[dg.AssetKey("raw_articles")],
                    raise_on_error=False,
                )
                .success
            )

        instance.add_dynamic_partitions("authors", ["ines"])
        assert collected()
        for page in articles.glob("*.md"):
            page.unlink()
        assert [collected(), collected()] == [True, True]
    rows = Installation(installation).lake.table(RAW_ARTICLES, "ines").read()
    assert rows["status"].to_list() == ["gone"]


def test_the_sample_site_is_reached_only_for_who_publishes_there(
    installation: TwinSettings, articles: Path
):
    here = Installation(installation)
    site = f"127.0.0.1:{installation.sample_port}"
    spec = FeedSpec(kind="feed", url=f"http://{site}/ines/feed.xml")
    sample = folder_author(articles).model_copy(update={"sources": (spec,)})
    assert site in here.web_options(sample)["allowed"]
    assert here.web_options(folder_author(articles))["allowed"] == []
    assert here.web().allowed == []
