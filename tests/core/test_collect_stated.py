"""Addresses that files state, where something else stands, or another states the same."""

import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_collect import LONG, folder, gather, gather_all, live
from tests.serving import article, serving
from twin_core.collect.articles import _title_keys
from twin_core.collect.same import title_key
from twin_core.sources import ObsidianSpec, PagesSpec

OTHER = "Another text, of another day, about the boats that the harbour no longer has. " * 12
THIRD = "A third one tells of the mill above the village, and of who kept it in order. " * 12


def write(path: Path, title: str, text: str, canonical: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    stated = f"canonical: {canonical}\n" if canonical else ""
    path.write_text(f"---\ntitle: {title}\ndate: 2024-01-02\n{stated}---\n{text}\n")


def test_two_notes_that_state_one_address_are_both_kept(tmp_path: Path):
    page = "https://example.org/p/1/"
    write(tmp_path / "x.md", "Note X", LONG, page)
    write(tmp_path / "y.md", "Note Y", OTHER, page)
    frame = None
    for _ in range(3):
        frame, tallies = gather_all([ObsidianSpec(kind="obsidian", path=tmp_path)], frame)
        assert live(frame) == ["Note X", "Note Y"] and page in frame["url"]
    assert tallies[0].unchanged == 2


@pytest.mark.parametrize("step", [1, -1])
def test_no_note_takes_the_address_of_a_folder_s_file(tmp_path: Path, step: int):
    write(tmp_path / "blog/a.md", "Blog A", LONG)
    write(tmp_path / "vault/x.md", "Note X", OTHER, "https://example.org/blog/a/")
    vault = ObsidianSpec(kind="obsidian", path=tmp_path / "vault")
    ways = [folder(tmp_path / "blog", "https://example.org/blog"), vault][::step]
    frame = None
    for _ in range(3):
        frame, _ = gather_all(ways, frame)
        assert dict(frame.select("title", "url").iter_rows()) == {
            "Blog A": "https://example.org/blog/a/",
            "Note X": (tmp_path / "vault/x.md").as_uri(),
        }


def test_names_of_files_with_marks_of_addresses_stay_apart(tmp_path: Path):
    for name in ("C# notes", "C# tips", "C", "why?", "why", "c#/one", "c#/two"):
        write(tmp_path / f"{name}.md", name, f"{name} says this. {LONG}")
    frame, tally = gather(folder(tmp_path, "https://example.org/blog"))
    assert frame.height == tally.found == 7
    assert "https://example.org/blog/C%23 notes/" in frame["url"]
    assert "https://example.org/blog/c%23/one/" in frame["url"]


@pytest.mark.parametrize("step", [1, -1])
def test_a_page_is_one_article_with_one_file_alone(tmp_path: Path, step: int):
    with serving({"/p": article(LONG, "<title>Page</title>"), "/k": article(THIRD)}) as site:
        page = f"{site.address}/p"
        write(tmp_path / "a.md", "File A", LONG, page)
        write(tmp_path / "b.md", "File B", OTHER, page)
        pages = PagesSpec(kind="pages", urls=[page, f"{site.address}/k"])
        frame = None
        for text in ("", "", " Edited.", ""):
            if text:
                write(tmp_path / "b.md", "File B", OTHER + text, page)
            frame, _ = gather_all([pages, folder(tmp_path)][::step], frame)
            assert frame.height == 3 and "File B" in live(frame)
            assert frame["url"].to_list().count(page) == 1


@pytest.mark.parametrize("step", [1, -1])
def test_a_page_stands_at_its_own_address_and_not_where_a_file_stated(tmp_path: Path, step: int):
    pages = {"/k": article(THIRD), "/posts/b/": article(LONG, "<title>Page B</title>")}
    with serving(pages) as site:
        write(tmp_path / "b.md", "File B", OTHER, f"{site.address}/elsewhere/")
        posts = folder(tmp_path, f"{site.address}/posts")
        frame = None
        for urls in (["/k"], ["/k", "/posts/b/"], ["/k", "/posts/b/"]):
            listed = PagesSpec(kind="pages", urls=[site.address + url for url in urls])
            frame, _ = gather_all([listed, posts][::step], frame)
        held = dict(frame.select("title", "url").iter_rows())
        if "Page B" in held:
            assert held["Page B"] == f"{site.address}/posts/b/"
        else:
            assert held["File B"] == f"{site.address}/elsewhere/"
        first, _ = gather_all([listed, posts][::step])
        assert held == dict(first.select("title", "url").iter_rows())


def test_a_file_that_states_its_page_no_longer_leaves_it_nothing(tmp_path: Path):
    with serving({"/z": article(THIRD, "<title>Zero</title>")}) as site:
        ways = [PagesSpec(kind="pages", urls=[f"{site.address}/z"]), folder(tmp_path)]
        frame = None
        for canonical in ("", f"{site.address}/z", ""):
            write(tmp_path / "b.md", "File B", OTHER, canonical)
            for _ in range(3):
                frame, _ = gather_all(ways, frame)
            assert live(frame) == (["Zero"] if canonical else ["File B", "Zero"])
            assert frame.height == len(live(frame))
        assert frame["also_at"].to_list() == [[], []]


def test_a_note_under_another_name_and_with_an_edit_is_no_younger(tmp_path: Path):
    vault = ObsidianSpec(kind="obsidian", path=tmp_path)
    note, renamed, page = tmp_path / "a.md", tmp_path / "b.md", "https://example.org/p/1/"
    (tmp_path / "kept.md").write_text(f"# Kept\n\n{THIRD}\n")
    note.write_text(f"---\ncanonical: {page}\n---\n# Boats\n\n{OTHER}\n")
    os.utime(note, (1_700_000_000, 1_700_000_000))
    frame, _ = gather(vault)
    (before,) = frame.filter(pl.col("url") == page)["published_at"]
    note.unlink()
    renamed.write_text(f"---\ncanonical: {page}\n---\n# Ships\n\n{OTHER[::-1]}\n")
    frame, _ = gather(vault, frame)
    assert live(frame) == ["Kept", "Ships"]
    assert frame.filter(pl.col("url") == page)["published_at"].to_list() == [before]


def test_what_was_retitled_has_its_old_title_no_longer():
    text = THIRD + LONG
    with serving({"/a": article(text, "<title>Boats</title>")}) as site:
        listed = PagesSpec(kind="pages", urls=[f"{site.address}/a"])
        frame, _ = gather(listed)
        site.pages["/a"] = article(text + " Now.", "<title>Counting</title>")
        site.pages["/b"] = article(text, "<title>Boats</title>")
        listed = PagesSpec(kind="pages", urls=[f"{site.address}/a", f"{site.address}/b"])
        frame, _ = gather(listed, frame)
        assert live(frame) == ["Boats", "Counting"]


@given(st.lists(st.text(max_size=20) | st.text("aB_9 |&;-é\n\x00", max_size=20), max_size=5))
def test_titles_are_known_by_the_same_name_all_at_once_and_one_by_one(titles: list[str]):
    rows = pl.DataFrame({"title": titles}, schema={"title": pl.String})
    assert _title_keys(rows) == [title_key(title) for title in titles]
