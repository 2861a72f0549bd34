"""Publishing is atomic, and what is damaged is named with its remedy."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import polars as pl
import pytest

from twin_core.errors import CheckpointError, LakeError
from twin_core.files import write_atomically
from twin_core.lake import Lake, Manifest, publish_directory, read_manifest
from twin_core.records import CORPUS_SPLIT, ServedTwin


def split_frame(rows: int) -> pl.DataFrame:
    return CORPUS_SPLIT.frame(
        [
            {"doc_id": str(i), "split": "train", "title": "t" * 50, "own_words": i}
            for i in range(rows)
        ]
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def test_a_frame_comes_back_as_it_was(lake: Lake):
    frame = split_frame(5)
    lake.write_frame(CORPUS_SPLIT, "ines", frame)
    assert lake.read_frame(CORPUS_SPLIT, "ines").equals(frame)
    assert lake.keys("corpus_split") == ["ines"]


def test_a_missing_table_says_what_to_do(lake: Lake):
    with pytest.raises(LakeError, match=r"corpus_split of ines .*(?s:.*)twin run ines"):
        lake.read_frame(CORPUS_SPLIT, "ines")
    assert lake.previous_frame(CORPUS_SPLIT, "ines") is None


@pytest.mark.parametrize("damage", [b"", b"PAR1 not really", None])
def test_a_corrupt_table_is_named_with_its_remedy(lake: Lake, damage: bytes | None):
    path = lake.write_frame(CORPUS_SPLIT, "ines", split_frame(500))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if damage is None else damage)
    with pytest.raises(LakeError, match=r"ines\.parquet(?s:.*)Remedy: move the file away"):
        lake.read_frame(CORPUS_SPLIT, "ines")


def test_a_table_of_another_form_is_refused(lake: Lake):
    path = lake.path("corpus_split", "ines", ".parquet")
    path.parent.mkdir(parents=True)
    pl.DataFrame({"other": [1]}).write_parquet(path)
    with pytest.raises(LakeError, match="not a readable corpus_split table"):
        lake.read_frame(CORPUS_SPLIT, "ines")


def test_a_corrupt_record_is_named_with_its_remedy(lake: Lake):
    path = lake.path("served_twin", "ines", ".json")
    path.parent.mkdir(parents=True)
    path.write_text('{"author": "ines"')
    with pytest.raises(LakeError, match=r"ines\.json(?s:.*)materialise served_twin again"):
        lake.read_record("served_twin", "ines", ServedTwin)


def test_a_full_disk_leaves_the_version_before(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    """A double for `os.fsync`: a disk cannot be filled for one test alone."""
    path = lake.write_frame(CORPUS_SPLIT, "ines", split_frame(3))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LakeError, match="No space left on device"):
        lake.write_frame(CORPUS_SPLIT, "ines", split_frame(9))
    monkeypatch.undo()
    assert lake.read_frame(CORPUS_SPLIT, "ines").height == 3
    assert [p.name for p in path.parent.iterdir()] == ["ines.parquet"]


def _write_for_ever(root: str) -> None:
    lake = Lake(Path(root))
    while True:
        for rows in (20_000, 30_000):
            lake.write_frame(CORPUS_SPLIT, "ines", split_frame(rows))


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_writer_leaves_a_whole_table(tmp_path: Path, seed: int):
    root = tmp_path / "lake"
    Lake(root).write_frame(CORPUS_SPLIT, "ines", split_frame(20_000))
    writer = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(str(root),))
    writer.start()
    time.sleep(1.5 + seed * 0.137)
    assert writer.pid
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    assert Lake(root).read_frame(CORPUS_SPLIT, "ines").height in (20_000, 30_000)


def build(draft: Path) -> Manifest:
    (draft / "model.safetensors").write_bytes(b"x" * 1000)
    (draft / "sub").mkdir()
    (draft / "sub" / "config.json").write_text("{}")
    return Manifest(facts={"seconds": 1.0}, losses=[(1, 2.0)])


def test_a_directory_is_built_once(tmp_path: Path):
    target = tmp_path / "weights" / "abc"
    built: list[Path] = []

    def counted(draft: Path) -> Manifest:
        built.append(draft)
        return build(draft)

    first = publish_directory(target, counted)
    again = publish_directory(target, counted)
    assert len(built) == 1
    assert first == again == read_manifest(target, digests=True)
    assert set(first.files) == {"model.safetensors", "sub/config.json"}


def test_a_failed_build_publishes_nothing(tmp_path: Path):
    def broken(draft: Path) -> Manifest:
        (draft / "half").write_text("x")
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        publish_directory(tmp_path / "w" / "abc", broken)
    assert list((tmp_path / "w").iterdir()) == []


def test_damaged_weights_are_named(tmp_path: Path):
    target = tmp_path / "abc"
    publish_directory(target, build)
    weights = target / "model.safetensors"
    weights.write_bytes(b"y" * 1000)
    read_manifest(target)  # sizes alone do not show it
    with pytest.raises(CheckpointError, match="digest"):
        read_manifest(target, digests=True)
    weights.write_bytes(b"x" * 10)
    with pytest.raises(CheckpointError, match=r"10 bytes.*1000(?s:.*)Remedy: remove"):
        read_manifest(target)
    weights.unlink()
    with pytest.raises(CheckpointError, match="is missing"):
        read_manifest(target)


def test_a_directory_without_manifest_is_rebuilt(tmp_path: Path):
    target = tmp_path / "abc"
    target.mkdir()
    (target / "model.safetensors").write_bytes(b"half")
    with pytest.raises(CheckpointError, match="not a complete model directory"):
        read_manifest(target)
    publish_directory(target, build)
    assert read_manifest(target, digests=True).files["model.safetensors"][0] == 1000


def test_a_place_that_cannot_be_written_is_named_with_its_remedy(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LakeError, match=r"could not be written(?s:.*)correct the permissions"):
        write_atomically(tmp_path / "file" / "below", b"new")


def test_a_reader_sees_old_or_new(tmp_path: Path):
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with path.open("rb") as reader:
        write_atomically(path, b"new")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"
