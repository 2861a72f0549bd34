"""What only LanceDB's files can show: parts of them are lost, or of an older version's writing."""

import json
import random
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa
import pytest
from lancedb.index import FTS

from tests.core.stages import AUTHOR, Stages, article
from tests.index.rows import SPACE, everything, fill, named, only, passage, table
from twin_core.errors import IndexMismatchError, LakeError
from twin_core.index.base import Query
from twin_core.index.lance import LanceIndex
from twin_core.index.lance_table import SPACE as SPACE_KEY
from twin_core.index.lance_table import LanceTable


def lose(pattern: str, keep: int = 0) -> Callable[[Path], None]:
    """Remove what matches below the table, but for the last so many in order of age."""

    def done(table: Path) -> None:
        found = sorted(table.glob(pattern), key=lambda path: path.stat().st_mtime_ns)
        assert found
        for path in found[: len(found) - keep]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return done


def overwrite(pattern: str, said: bytes) -> Callable[[Path], None]:
    def done(table: Path) -> None:
        found = [path for path in table.glob(pattern) if path.is_file()]
        assert found
        for path in found:
            path.write_bytes(said)

    return done


def newest_manifest(table: Path) -> None:
    """Only the manifest of the current version: names sort with the newest first."""
    min((table / "_versions").glob("*.manifest")).unlink()


DAMAGES = {
    "no versions": lose("_versions"),
    "no manifests": lose("_versions/*"),
    "no newest manifest": newest_manifest,
    "empty manifests": overwrite("_versions/*", b""),
    "no data": lose("data"),
    "no data file": lose("data/*"),
    "data of others": overwrite("data/*", b"not a table"),
    "no tag": lose("_refs"),
    "an empty tag": overwrite("_refs/tags/*", b""),
    "a tag of others": overwrite("_refs/tags/*", b"[]"),
    "a tag without its version": overwrite("_refs/tags/*", b'{"version": 99, "manifestSize": 9}'),
    "no indices": lose("_indices"),
    "no table": lambda table: shutil.rmtree(table),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_said_of_a_damaged_table_repairs_it(tmp_path: Path, damage: str):
    """A pass repairs it, or says what to remove, after which the next pass does. A search finds
    what it should, or says what to do."""
    stages = Stages(tmp_path)
    articles = {f"d{n}": article(f"d{n}", random.Random(n)) for n in range(9)}
    stages.run(articles)
    stages.run({**articles, "d3": article("d3", random.Random(33))})
    wanted = stages.held()
    DAMAGES[damage](LanceTable(stages.index.location, AUTHOR).path)
    stages.index = LanceIndex(tmp_path / "index")
    asked = [Query([1.0] + [0.0] * 7), Query(text="oven night queue")]
    for query in asked:
        try:
            stages.index.search(AUTHOR, query, 3)
        except LakeError as error:
            assert "twin run ines" in error.remedy and ".rs" not in str(error)
    for _ in range(2):
        try:
            stages.follow()
            stages.index.contents(AUTHOR)
            for query in asked:
                stages.index.search(AUTHOR, query, 3)
            break
        except LakeError as error:
            assert ".rs" not in str(error) and "cargo" not in str(error)
            path = re.search(r"remove (\S+) and materialise", error.remedy)
            assert path is not None, error
            shutil.rmtree(path[1])
    stages.follow()
    assert stages.held() == wanted


def test_a_table_of_an_older_form_is_searched_and_built_anew_by_the_next_pass(tmp_path: Path):
    stages = Stages(tmp_path)
    stages.run({f"d{n}": article(f"d{n}", random.Random(n)) for n in range(5)})
    wanted, place = stages.held(), LanceTable(stages.index.location, AUTHOR)
    with place.writing() as table:
        assert table is not None
        rows = table.to_arrow()
        older = rows.replace_schema_metadata({SPACE_KEY: json.dumps(stages.embedder.space)})
        place.publish(place.overwrite(older.to_reader()))
    memory = stages.lake.path("chunk_index_held", AUTHOR, ".json")
    at, _, held = json.loads(memory.read_bytes())
    older_place = at.rpartition(" ")[0]  # as if it had been noted by that version
    memory.write_text(json.dumps([older_place, stages.index.version(AUTHOR), held]))
    stages.index = LanceIndex(tmp_path / "index")
    for space in (None, stages.embedder.space):
        assert len(stages.index.search(AUTHOR, Query([1.0] + [0.0] * 7, space=space), 3)) == 3
    with pytest.raises(IndexMismatchError, match="older form"):
        stages.index.apply(AUTHOR, ["d1"], named(), stages.embedder.space)
    assert stages.follow().upserted == stages.index.contents(AUTHOR).rows > 0
    assert stages.held() == wanted
    assert stages.follow().upserted == 0


ENGLISH = (
    "The war was over, and the man and his son were also at the site.",
    "To die is a sin: running bakers bake the naïve café's bread, per hour, in a foo-bar oven.",
    "Nobody's rate-limit of nightly_upkeep is at docs/index.md; mail me (soon) about it.",
    "Über die Brötchen, den Mann und die Straße: war es so?",
)
QUESTIONS = (
    *("war", "man", "die", "sin", "also site", "what is the war about", "runs", "baker bread"),
    *("cafe", "Brotchen", "über", "straße", "rate limit", "docs/index.md", "nightly_upkeep", "who"),
)


def test_words_between_spaces_score_as_with_the_default_of_lance(lance: LanceIndex):
    """ICU's dictionary is for other scripts; the list of words passed over is the same."""
    rows = [passage(f"d{n}.c0", text) for n, text in enumerate(ENGLISH)]
    fill(lance, "ines", table(*rows))
    found, _ = LanceTable(lance.location, "ines").require()
    plain = lancedb.connect(Path(lance.location)).create_table("plain", found.to_arrow())
    plain.create_index("text", config=FTS())

    def scores(at: Any, question: str) -> dict[str, float]:
        hits = at.search(question, query_type="fts").limit(9).to_list()
        return {hit["chunk_id"]: round(hit["_score"], 4) for hit in hits}

    answers = {question: scores(found, question) for question in QUESTIONS}
    assert answers == {question: scores(plain, question) for question in QUESTIONS}
    assert [question for question, hits in answers.items() if not hits] == ["who"]


def test_a_tag_without_a_table_shows_no_half_of_a_new_one(lance: LanceIndex):
    """The tag names a version that the new table would reach while it is being filled."""
    fill(lance, "ines", named("d1.c0"))
    shutil.rmtree(LanceTable(lance.location, "ines").path / "_versions")
    seen: list[object] = []

    def batches():
        for number in range(6):
            yield named(f"d{number}.c1")
            try:
                seen.append(everything(LanceIndex(Path(lance.location)), "ines"))
                LanceIndex(Path(lance.location)).search("ines", only(), 9)
            except LakeError:
                continue
            raise AssertionError("half of an index was searched")

    lance.sync("ines", batches(), SPACE)
    assert len(seen) == 6 and not any(seen)
    assert len(everything(lance, "ines")) == 6


def test_the_key_is_declared_so_that_merges_of_another_program_make_no_duplicate(tmp_path: Path):
    """Without it, both of two merges of the same version add the row (10 of 10 trials)."""
    index = LanceIndex(tmp_path)
    fill(index, "ines", named("d1.c0"))
    handles = [lancedb.connect(index.location).open_table("chunks__ines") for _ in range(2)]
    row = handles[0].to_arrow().slice(0, 1)
    new = row.set_column(0, row.schema.field(0), pa.array(["d9.c9"]))
    for handle in handles:
        merge = handle.merge_insert("chunk_id").when_matched_update_all()
        with suppress(OSError, RuntimeError):  # a merge that is refused makes none either
            merge.when_not_matched_insert_all().execute(new)
    names = lancedb.connect(index.location).open_table("chunks__ines").to_arrow()["chunk_id"]
    assert sorted(names.to_pylist()) == ["d1.c0", "d9.c9"]
