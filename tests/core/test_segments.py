"""Tables kept by document: readers see one state, writers leave nothing half-done."""

import dataclasses
import errno
import os
import random
import time
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from tests.core.test_delta import PARTS, frame
from tests.killing import killed_after, together
from twin_core import segments
from twin_core.delta import replaced
from twin_core.errors import LakeError
from twin_core.records import Column
from twin_core.segments import MANIFEST, SegmentedTable


def texts(seed: int, documents: int = 40) -> dict[str, str]:
    chooser = random.Random(seed)
    return {f"d{n}": " ".join(chooser.choices("abcdef", k=9)) for n in range(documents)}


def test_columns_and_documents_are_read_alone(tmp_path: Path):
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one two", b="x", c="y")).publish()
    assert table.read(["c", "a", "none"], ["part"])["part"].to_list() == ["one", "two", "y"]
    assert table.tail(2, ["part"])["part"].to_list() == ["x", "y"]
    assert table.read([]).is_empty() and list(table.batches([])) == []


def test_batches_hold_whole_documents_and_no_more_than_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("twin_core.delta.BATCH", 4)
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(**texts(1, 10))).publish()
    seen = [batch["doc_id"].unique().to_list() for batch in table.batches(size=4)]
    assert [len(docs) for docs in seen] == [4, 4, 2]
    assert sorted(sum(seen, [])) == sorted(texts(1, 10))


def test_a_reader_keeps_the_state_that_it_began_with(tmp_path: Path):
    before = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one", b="two")).publish()
    assert before.rows == 2
    replaced(SegmentedTable(tmp_path, PARTS), frame(a="new")).publish()
    assert before.read()["part"].to_list() == ["one", "two"]
    assert SegmentedTable(tmp_path, PARTS).read()["part"].to_list() == ["new"]


def test_many_small_segments_become_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(segments, "MAX_SMALL", 5)
    wanted = texts(0)
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(**wanted)).publish()
    for step in range(30):
        wanted[f"d{step}"] = f"edit {step}"
        table = replaced(table, frame(**wanted)).publish()
        assert table.manifest["segment"].n_unique() <= 7
        assert table.read().equals(frame(**wanted))


def age(*paths: Path) -> None:
    """Make files seem to be of the day before yesterday."""
    old = time.time() - 2 * segments.MAX_AGE
    for path in paths:
        os.utime(path, (old, old))


def test_files_that_nothing_names_are_removed_after_a_while(tmp_path: Path):
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one")).publish()
    first = tmp_path / f"{table.manifest['segment'][0]}.parquet"
    stray = tmp_path / "1-abandoned.parquet"
    stray.write_bytes(b"")
    age(stray, first)
    replaced(table, frame(a="two")).publish()
    assert not stray.exists() and first.exists()
    replaced(SegmentedTable(tmp_path, PARTS), frame(a="three")).publish()
    assert first.exists()  # dead since a moment ago, however old it is
    age(first)
    replaced(SegmentedTable(tmp_path, PARTS), frame(a="four")).publish()
    assert not first.exists()


@pytest.mark.parametrize("original", [False, True])
def test_a_slow_run_leaves_a_readable_state_and_no_original_is_lost(tmp_path: Path, original: bool):
    kind = dataclasses.replace(PARTS, original=original)
    wanted = {f"d{n}": "first" for n in range(9)}
    replaced(SegmentedTable(tmp_path, kind), frame(**wanted)).publish()
    age(*tmp_path.glob("*.parquet"))
    slow = replaced(SegmentedTable(tmp_path, kind), frame(**{**wanted, "d0": "slow"}))
    for word in ("quick", "quicker", "quickest"):
        state = replaced(SegmentedTable(tmp_path, kind), frame(**dict.fromkeys(wanted, word)))
        state.publish()
    if not original:  # what can be computed again is what the last to publish says
        assert slow.publish().read(["d0", "d1"])["part"].to_list() == ["slow", "first"]
        return
    with pytest.raises(LakeError, match=r"another run has changed(?s:.*)materialise parts again"):
        slow.publish()
    assert set(SegmentedTable(tmp_path, kind).read()["part"]) == {"quickest"}


def test_a_state_whose_segments_are_gone_is_not_published(tmp_path: Path):
    replaced(SegmentedTable(tmp_path, PARTS), frame(a="one", b="two")).publish()
    slow = replaced(SegmentedTable(tmp_path, PARTS), frame(a="new", b="two"))
    old = list(SegmentedTable(tmp_path, PARTS).manifest["segment"].unique())
    other = replaced(SegmentedTable(tmp_path, PARTS), frame(a="x", b="y")).publish()
    for name in old:  # as a sweep does after a day
        (tmp_path / f"{name}.parquet").unlink()
    with pytest.raises(LakeError, match="another run has changed|more than once"):
        slow.publish()
    assert SegmentedTable(tmp_path, PARTS).read().equals(other.read())


def test_one_pass_may_publish_an_original_several_times(tmp_path: Path):
    kind = dataclasses.replace(PARTS, original=True)
    table = SegmentedTable(tmp_path, kind)
    for word in ("one", "two", "three"):
        replaced(table, frame(a=word)).publish()
    assert SegmentedTable(tmp_path, kind).read()["part"].to_list() == ["three"]


@pytest.mark.parametrize("damage", ["manifest", "segment", "lost"])
def test_damage_is_named_with_its_remedy(tmp_path: Path, damage: str):
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one")).publish()
    part = tmp_path / f"{table.manifest['segment'][0]}.parquet"
    if damage == "lost":
        part.unlink()
    else:
        path = tmp_path / MANIFEST if damage == "manifest" else part
        path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(LakeError, match=r"parts(?s:.*)Remedy: move .* away and materialise parts"):
        SegmentedTable(tmp_path, PARTS).read()


def test_a_full_disk_leaves_the_state_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A double for `os.fsync`: a disk cannot be filled for one test alone."""
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one")).publish()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LakeError, match="No space left on device"):
        replaced(table, frame(a="two")).publish()
    monkeypatch.undo()
    assert SegmentedTable(tmp_path, PARTS).read()["part"].to_list() == ["one"]
    assert not [*tmp_path.glob("*.part"), *tmp_path.glob(".*.part")]


def _replace(directory: Path, seed: int) -> None:
    replaced(SegmentedTable(directory, PARTS), frame(**texts(seed))).publish()


def test_kill_9_at_50_moments_leaves_one_of_the_states(tmp_path: Path):
    """Each writer replaces the table; whenever it dies, the old or the new rows are all there."""
    state = replaced(SegmentedTable(tmp_path, PARTS), frame(**texts(0))).publish().read()
    cut = seed = 0
    while cut < 50:
        seed += 1
        wanted = frame(**texts(seed))
        seconds = random.Random(seed).random() * 0.03
        cut += killed_after(seconds, _replace, tmp_path, seed)
        found = SegmentedTable(tmp_path, PARTS).read()
        assert found.equals(state) or found.equals(wanted), seed
        state = replaced(SegmentedTable(tmp_path, PARTS), wanted).publish().read()
        assert state.equals(wanted)


def test_two_writers_at_once_leave_the_rows_of_one(tmp_path: Path):
    for round_ in range(10):
        pair = [2 * round_, 2 * round_ + 1]
        assert together(*((_replace, tmp_path, seed) for seed in pair)) == ["done", "done"]
        found = SegmentedTable(tmp_path, PARTS).read()
        assert any(found.equals(frame(**texts(seed))) for seed in pair)


def _add(directory: Path, seed: int) -> None:
    """Add documents of its own to an original, again where another run was quicker."""
    kind = dataclasses.replace(PARTS, original=True)
    added = 0
    while added < 8:
        table = SegmentedTable(directory, kind)
        rows = frame(**dict.fromkeys(table.manifest["key"], "old"), **{f"d{seed}-{added}": "new"})
        with suppress(LakeError):
            replaced(table, rows).publish()
            added += 1


def test_no_rows_of_an_original_are_lost_when_several_add_to_it_at_once(tmp_path: Path):
    assert together(*((_add, tmp_path, seed) for seed in range(3))) == ["done"] * 3
    found = set(SegmentedTable(tmp_path, PARTS).read()[PARTS.key])
    assert found == {f"d{seed}-{added}" for seed in range(3) for added in range(8)}


def test_rows_of_an_original_are_read_when_its_form_has_got_a_column(tmp_path: Path):
    kind = dataclasses.replace(PARTS, original=True)
    replaced(SegmentedTable(tmp_path, kind), frame(a="one")).publish()
    grown = dataclasses.replace(kind, columns={**kind.columns, "new": Column(pl.String, "new")})
    replaced(table := SegmentedTable(tmp_path, grown), table.read()).publish()
    for read in (table.read, lambda: pl.concat(SegmentedTable(tmp_path, grown).batches())):
        assert read().to_dicts() == [{**frame(a="one").to_dicts()[0], "new": None}]


def test_a_directory_that_cannot_be_locked_is_named(tmp_path: Path):
    draft = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one"))
    (tmp_path / ".lock").mkdir()
    with pytest.raises(LakeError, match="cannot be written(?s:.*)permissions"):
        draft.publish()
    assert not SegmentedTable(tmp_path, PARTS).exists


def test_a_reader_two_states_behind_is_told_that_nothing_is_damaged(tmp_path: Path):
    reader = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one")).publish()
    assert reader.rows == 1
    old = time.time() - 2 * segments.MAX_AGE
    for text in ("two", "three"):
        for path in tmp_path.glob("*.parquet"):
            os.utime(path, (old, old))
        replaced(SegmentedTable(tmp_path, PARTS), frame(a=text)).publish()
    for read in (reader.read, lambda: list(reader.batches())):
        with pytest.raises(LakeError, match="replaced more than once") as caught:
            read()
        assert "nothing is damaged" in caught.value.remedy and "away" not in caught.value.remedy
    assert SegmentedTable(tmp_path, PARTS).read()["part"].to_list() == ["three"]


def test_a_file_of_another_writer_that_is_renamed_meanwhile_is_passed_over(tmp_path: Path):
    """A link whose target is gone: listed, and not there when it is looked at."""
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one")).publish()
    (tmp_path / ".manifest.parquet.x.part").symlink_to(tmp_path / "renamed")
    assert replaced(table, frame(a="two")).publish().read()["part"].to_list() == ["two"]


def test_lending_what_is_lost_is_named_with_its_remedy(tmp_path: Path):
    table = replaced(SegmentedTable(tmp_path / "one", PARTS), frame(a="one")).publish()
    (tmp_path / "one" / f"{table.manifest['segment'][0]}.parquet").unlink()
    with pytest.raises(LakeError, match=r"parts(?s:.*)Remedy: move .*one away"):
        table.lend(SegmentedTable(tmp_path / "two", PARTS), table.manifest)


def test_no_column_is_lost_of_an_empty_table(tmp_path: Path):
    table = replaced(SegmentedTable(tmp_path, PARTS), PARTS.frame()).publish()
    assert table.exists and table.read().schema == PARTS.schema
    assert isinstance(table.read(columns=["part"]), pl.DataFrame)


def test_a_file_system_without_links_gets_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A double for `os.link`: no such file system can be made here."""
    table = replaced(SegmentedTable(tmp_path / "one", PARTS), frame(a="one", b="two")).publish()

    def without_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", without_links)
    table.lend(SegmentedTable(tmp_path / "other", PARTS), table.manifest)
    assert SegmentedTable(tmp_path / "other", PARTS).read().equals(table.read())
