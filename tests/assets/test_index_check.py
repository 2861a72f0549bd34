"""The gate behind the index: what it says must repair what it finds."""

import random
import shlex
import subprocess
import sys

import dagster as dg
from lancedb.index import FTS

from tests.core.stages import AUTHOR, Stages, article
from twin_assets.features import index_holds_every_chunk_once
from twin_assets.resources import TwinResource
from twin_core.fingerprint import text_hash
from twin_core.index.lance_table import LanceTable
from twin_core.records import DOC_CHUNKS, IndexState
from twin_core.settings import TwinSettings


def checked(stages: Stages) -> dg.AssetCheckResult:
    state = IndexState.model_construct(author=AUTHOR)
    result = index_holds_every_chunk_once(
        dg.build_asset_check_context(), TwinResource(), state, stages.table(DOC_CHUNKS)
    )
    assert isinstance(result, dg.AssetCheckResult)
    return result


def written(stages: Stages, *, twice: bool) -> None:
    """Another program's write: a passage once more, or one fewer."""
    with LanceTable(stages.index.location, AUTHOR).writing() as table:
        assert table is not None
        row = table.to_arrow().slice(0, 1)
        if twice:
            table.add(row)
        else:
            table.delete(f"chunk_id = '{row['chunk_id'][0].as_py()}'")
        LanceTable(stages.index.location, AUTHOR).publish(table)


def test_what_it_says_repairs_what_it_finds(installation: TwinSettings):
    stages = Stages(installation.home)
    stages.run({name: article(name, random.Random(name)) for name in ("d1", "d2", "d3")})
    passed = checked(stages)
    assert passed.passed and "remedy" not in passed.metadata

    written(stages, twice=False)
    failed = checked(stages)
    assert not failed.passed
    assert f"materialise chunk_index of {AUTHOR} again" in str(failed.description)
    stages.follow()
    assert checked(stages).passed

    written(stages, twice=True)
    stages.follow()
    failed = checked(stages)
    assert not failed.passed
    remedy = str(failed.metadata["remedy"].value)
    command = shlex.split(remedy[remedy.index("python -c") :])
    subprocess.run([sys.executable, *command[1:]], check=True)
    stages.follow()
    assert checked(stages).passed


def test_a_search_by_words_that_finds_nothing_is_a_warning(installation: TwinSettings):
    """Of two articles, one without a word that is searched for, the longest passage counts."""
    stages = Stages(installation.home)
    articles = {name: article(name, random.Random(name)) for name in ("d1", "d2")}
    stages.run(articles)
    assert checked(stages).passed
    with LanceTable(stages.index.location, AUTHOR).writing() as table:
        assert table is not None
        table.update(values={"text": "…"})
        table.create_index("text", config=FTS(), replace=True)
        LanceTable(stages.index.location, AUTHOR).publish(table)
    found = checked(stages)
    assert not found.passed and found.severity == dg.AssetCheckSeverity.WARN
    assert "finds nothing" in str(found.description) and "Remedy" in str(found.description)
    assert found.metadata["search"].value == "0 found"


def test_the_words_of_a_japanese_author_are_found(installation: TwinSettings):
    stages = Stages(installation.home)
    body = "パンを焼くのは朝の仕事です。小麦粉と水と塩を量り、生地をこねて発酵させます。" * 9
    row = article("d1", random.Random(1))
    stages.run({"d1": {**row, "body": body, "content_hash": text_hash(body)}})
    assert checked(stages).passed


def test_an_index_that_is_gone_has_a_remedy_too(installation: TwinSettings):
    stages = Stages(installation.home)
    stages.run({"d1": article("d1", random.Random(1))})
    stages.index.drop(AUTHOR)
    failed = checked(stages)
    assert not failed.passed and "no index of ines" in str(failed.metadata["search"].value)
    assert "remedy" in failed.metadata
