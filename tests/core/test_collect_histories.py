"""Collection after any history of files is what a first pass over the same files gives."""

import random
from pathlib import Path

import polars as pl
import pytest

from tests.core.test_collect import folder, gather_all
from twin_core.sources import ObsidianSpec, SourceSpec

NAMES = ("a", "b", "c", "d")
NOT_COMPARED = ("fetched_at", "etag")
STATED = ("date", "canonical", "draft")

File = dict[str, str]


class Desk:
    """Files of two folders and of a vault, as somebody keeps them. Each states a date, or what it
    has would be its time of change, which a copy does not share."""

    def __init__(self, root: Path, seed: int) -> None:
        self.places = [root / name for name in ("blog", "notes", "vault")]
        self.chooser = random.Random(seed)
        self.files: dict[Path, File] = {}
        for place in self.places:
            place.mkdir(parents=True)
            self._write(place / "kept.md", self._new())

    @property
    def specs(self) -> list[SourceSpec]:
        blog, notes, vault = self.places
        kept = ObsidianSpec(kind="obsidian", path=vault)
        return [folder(blog, "https://example.org/blog"), folder(notes), kept]

    def change(self) -> None:
        move = self.chooser.choice([self.add, self.edit, self.copy, self.swap, self.remove])
        move()

    def add(self) -> None:
        self._write(self._path(), self._new())

    def edit(self) -> None:
        path = self._any()
        article = dict(self.files[path])
        part = self.chooser.choice(["title", "text", "more", *STATED])
        if part == "more":
            article["text"] += " And a word that nobody had said before."
        elif part in ("draft", "canonical") and part in article:
            del article[part]
        else:
            article[part] = {**self._new(), **self._stated()}[part]
        self._write(path, article)

    def copy(self) -> None:
        article = dict(self.files[self._any()])
        article.pop("canonical", None)  # of two files that claim one, the first to come has it
        self._write(self._path(), article)

    def swap(self) -> None:
        one, other = self._any(), self._any()
        first = self.files[one]
        self._write(one, self.files[other])
        self._write(other, first)

    def remove(self) -> None:
        path = self._any()
        if len([other for other in self.files if other.parent == path.parent]) > 1:
            path.unlink()
            del self.files[path]

    def _any(self) -> Path:
        return self.chooser.choice(sorted(self.files))

    def _path(self) -> Path:
        return self.chooser.choice(self.places) / f"{self.chooser.choice(NAMES)}.md"

    def _new(self) -> File:
        number = self.chooser.randrange(4)
        said = " ".join(f"{number} says {word} of {word + number}." for word in range(60))
        return {"title": f"Title {self.chooser.randrange(3)}", "text": said, **self._day()}

    def _day(self) -> File:
        return {"date": f"2024-0{self.chooser.randrange(1, 10)}-02"}

    def _stated(self) -> File:
        address = f"https://example.org/essays/{self.chooser.randrange(10**9)}"
        return {**self._day(), "canonical": address, "draft": "true"}

    def _write(self, path: Path, article: File) -> None:
        meta = "".join(f"{key}: {value}\n" for key, value in article.items() if key != "text")
        path.write_text(f"---\n{meta}---\n{article['text']}\n")
        self.files[path] = article


def found(frame: pl.DataFrame) -> pl.DataFrame:
    """What a pass found; what two checks have to miss before it is gone is of the past."""
    return frame.filter(pl.col("missed") == 0).drop(NOT_COMPARED).sort("doc_id")


@pytest.mark.parametrize("seed", range(40))
def test_after_any_history_of_files_collection_is_that_of_a_first_pass(tmp_path: Path, seed: int):
    desk = Desk(tmp_path, seed)
    frame = None
    for _ in range(8):
        for _ in range(desk.chooser.randrange(1, 4)):
            desk.change()
        frame, _ = gather_all(desk.specs, frame)
        fresh, _ = gather_all(desk.specs)
        assert found(frame).equals(found(fresh))
        assert found(frame).height == sum("draft" not in one for one in desk.files.values())
