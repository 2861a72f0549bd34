"""Folders as people keep them: nested, in bundles, renamed, emptied."""

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.core.exports import pack
from tests.core.test_collect import LONG, folder, gather, gather_all, live
from tests.core.test_exports_notes import ID, OTHER
from twin_core.collect.folder import read_article
from twin_core.collect.frontmatter import FILE_TIME
from twin_core.features.clean import clean
from twin_core.sources import NotionSpec

BASE = "https://example.org/posts"


def cleaned(frame: pl.DataFrame) -> dict[str, str | None]:
    """Name of each live article's file → why it is left out when they are cleaned."""
    rows = clean(frame.filter(pl.col("status") == "live")).to_dicts()
    names = {row["doc_id"]: Path(row["url"]).stem for row in rows}
    reasons = {names[row["doc_id"]]: row["drop_reason"] for row in rows}
    return {
        name: why and " ".join(names.get(word, word) for word in why.split())
        for name, why in reasons.items()
    }


def write(path: Path, title: str, text: str = LONG, **stated: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{key}: {value}\n" for key, value in {"title": title, **stated}.items())
    path.write_text(f"---\n{lines}---\n{title} says: {text}\n")
    return path


def test_the_same_name_in_two_folders_is_two_articles(tmp_path: Path):
    write(tmp_path / "flat.md", "Flat")
    write(tmp_path / "2023/review.md", "Year 23", "first " * 90)
    write(tmp_path / "2024/review.md", "Year 24", "second " * 90)
    write(tmp_path / "bundle/index.md", "Bundle", "third " * 90)
    write(tmp_path / "index.md", "Front page")
    frame, tally = gather(folder(tmp_path, BASE))
    assert (tally.new, tally.duplicates) == (4, 0)
    assert set(frame["url"]) == {
        f"{BASE}/flat/", f"{BASE}/2023/review/", f"{BASE}/2024/review/", f"{BASE}/bundle/",
    }  # fmt: skip
    again, tally = gather(folder(tmp_path, BASE), frame)
    assert tally.unchanged == 4 and again.equals(frame)


def test_an_article_says_where_it_stands(tmp_path: Path):
    write(tmp_path / "2023/a.md", "A", slug="other-name")
    write(tmp_path / "2023/b.md", "B", "b " * 90, permalink="/essays/b/")
    write(tmp_path / "2023/c.md", "C", "c " * 90, permalink="/:year/:title/")
    write(tmp_path / "2023/d.md", "D", "d " * 90, canonical="http://[bad/")
    frame, tally = gather(folder(tmp_path, BASE))
    assert set(frame["url"]) == {
        f"{BASE}/2023/other-name/", "https://example.org/essays/b/",
        f"{BASE}/2023/c/", f"{BASE}/2023/d/",
    }  # fmt: skip
    again, tally = gather(folder(tmp_path, BASE), frame)
    assert tally.unchanged == 4 and again.equals(frame)


def test_what_is_not_taken_of_a_folder_is_told(tmp_path: Path):
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "texts"
    write(elsewhere / "x.md", "X")
    write(root / "a.md", "A")
    write(root / "a.html", "A again")
    (root / "tags").mkdir()
    (root / "tags/index.html").write_text("<p>A list</p>")
    (root / "linked").symlink_to(elsewhere)
    (root / "dangling").symlink_to(tmp_path / "nowhere")
    frame, tally = gather(folder(root, BASE))
    assert live(frame) == ["A again"]
    told = {Path(url).name: why for url, why in tally.blocked}
    assert "link to a folder" in told["linked"]
    assert "list of articles" in told["index.html"]
    assert "the address of" in told["a.md"]


def test_no_draft_of_a_folder_is_taken(tmp_path: Path):
    write(tmp_path / "a.md", "A")
    write(tmp_path / "_drafts/secret.md", "Secret")
    write(tmp_path / "2024/Drafts/idea/index.md", "Idea")
    write(tmp_path / "_drafts/README.md", "About the drafts")
    write(tmp_path / "quoted.md", "Quoted", draft='"true"')
    (tmp_path / "spaced.md").write_text(f"--- \ntitle: S\ndraft: true\n---\n{LONG}")
    frame, tally = gather(folder(tmp_path, BASE))
    assert live(frame) == ["A"]
    assert sorted(
        (Path(url.rstrip("/")).name, "folder of drafts" in why) for url, why in tally.blocked
    ) == [("index.md", True), ("quoted", False), ("secret.md", True), ("spaced", False)]


def test_an_article_moved_to_the_drafts_is_taken_down(tmp_path: Path):
    write(tmp_path / "posts/a.md", "A")
    frame, _ = gather(folder(tmp_path))
    (tmp_path / "posts").rename(tmp_path / "_drafts")
    frame, tally = gather(folder(tmp_path), frame)
    assert (tally.failed, tally.missing, len(tally.blocked)) == (None, 1, 1)
    frame, tally = gather(folder(tmp_path), frame)
    assert live(frame) == []


def test_a_folder_named_on_purpose_may_be_called_drafts(tmp_path: Path):
    write(tmp_path / "drafts/a.md", "A")
    assert live(gather(folder(tmp_path / "drafts"))[0]) == ["A"]


def test_an_empty_front_matter_is_none(tmp_path: Path):
    (tmp_path / "a.md").write_text(f"---\n---\n{LONG}\n\n---\n\nmore\n")
    frame, tally = gather(folder(tmp_path))
    assert (live(frame), tally.quarantined) == (["a"], [])
    assert frame["body"][0].startswith(LONG)


def test_an_odd_name_is_an_address(tmp_path: Path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("# Name\n\n" + LONG)
    frame, _ = gather(folder(tmp_path, BASE))
    assert frame["url"].to_list() == [f"{BASE}/caf%E9/"]


def test_a_renamed_file_is_the_article_that_it_was(tmp_path: Path):
    write(tmp_path / "a.md", "A")
    (tmp_path / "untitled.md").write_text("No title but its file's. " + "more words " * 60)
    os.utime(tmp_path / "untitled.md", (1e9, 1e9))
    first, _ = gather(folder(tmp_path))
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    (tmp_path / "untitled.md").rename(tmp_path / "named.md")
    frame, tally = gather(folder(tmp_path), first)
    assert (tally.changed, tally.new, tally.missing, frame.height) == (2, 0, 0, 2)
    assert live(frame) == ["A", "named"]
    assert frame["published_at"].to_list() == first["published_at"].to_list()
    assert {Path(url).name for url in frame["url"]} == {"b.md", "named.md"}


def test_a_renamed_export_holds_the_articles_that_it_held(tmp_path: Path):
    pages = {f"One {ID}.md": f"# One\n\n{LONG}\n", f"Two {OTHER}.md": f"# Two\n\n{'two ' * 90}\n"}
    path = pack(tmp_path / "march.zip", pages)
    first, _ = gather(NotionSpec(kind="notion", path=path))
    path.rename(tmp_path / "april.zip")
    frame, tally = gather(NotionSpec(kind="notion", path=tmp_path / "april.zip"), first)
    assert (tally.new, tally.missing, live(frame)) == (0, 0, ["One", "Two"])
    assert frame["url"].str.contains("april.zip").all()


def test_an_emptied_folder_has_lost_its_articles(tmp_path: Path):
    page = write(tmp_path / "a.md", "A")
    frame, _ = gather(folder(tmp_path))
    page.unlink()
    frame, tally = gather(folder(tmp_path), frame)
    assert (tally.failed, tally.missing) == (None, 1)
    frame, tally = gather(folder(tmp_path), frame)
    assert (tally.gone, live(frame)) == (1, [])


def test_a_draft_again_is_taken_down(tmp_path: Path):
    write(tmp_path / "a.md", "A")
    write(tmp_path / "b.md", "B", "b " * 90)
    frame, _ = gather(folder(tmp_path))
    write(tmp_path / "a.md", "A", draft="true")
    frame, tally = gather(folder(tmp_path), frame)
    assert (tally.missing, live(frame)) == (1, ["A", "B"])
    assert "draft" in tally.blocked[0][1]
    frame, tally = gather(folder(tmp_path), frame)
    assert (tally.gone, live(frame)) == (1, ["B"])
    write(tmp_path / "a.md", "A")
    frame, _ = gather(folder(tmp_path), frame)
    assert live(frame) == ["A", "B"]
    assert frame.filter(pl.col("missed") > 0).is_empty()


@pytest.mark.parametrize(
    ("name", "front", "dated", "by"),
    [
        ("2024-02-01-queues.md", "", "2024-02-01", "name of the file"),
        ("2024-02-01-queues/index.md", "", "2024-02-01", "name of the file"),
        ("2024-02-01-queues.md", "---\ndate: 2023-05-06\n---\n", "2023-05-06", "front matter"),
        ("2024-02-51-queues.md", "", None, FILE_TIME),
        ("1984-book.md", "", None, FILE_TIME),
    ],
)
def test_a_post_is_dated_by_its_name_where_nothing_else_does(
    tmp_path: Path, name: str, front: str, dated: str | None, by: str
):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{front}# Queues\n\nI wait.\n", encoding="utf-8")
    found = read_article(path.read_text(encoding="utf-8"), path, "v")
    assert found and found.published_at
    assert dated is None or found.published_at.date().isoformat() == dated
    assert found.dated_by == by


def test_code_of_an_mdx_document_keeps_its_imports(tmp_path: Path):
    body = 'import X from "x"\n\n<X/>\n\n# Queues\n\nI wait.\n\n```js\nimport y from "y"\n```\n'
    path = tmp_path / "a.mdx"
    path.write_text(body, encoding="utf-8")
    found = read_article(body, path, "v")
    assert found and found.title == "Queues"
    assert found.body.strip() == 'I wait.\n\n```js\nimport y from "y"\n```'


def test_two_files_of_one_article_are_one_when_they_are_cleaned(tmp_path: Path):
    copy = write(tmp_path / "copy.md", "Ovens", date="2024-04-05")
    kept = write(tmp_path / "ovens.md", "Ovens", date="2024-03-05")
    frame, tally = gather(folder(tmp_path, BASE))
    assert (frame.height, tally.new, tally.duplicates) == (2, 2, 0)
    assert cleaned(frame) == {"copy": "duplicate of ovens", "ovens": None}
    write(copy, "Ovens", date="2023-02-04")
    frame, _ = gather(folder(tmp_path, BASE), frame)
    assert cleaned(frame) == {"copy": None, "ovens": "duplicate of copy"}
    copy.unlink()
    for _ in range(2):
        frame, _ = gather(folder(tmp_path, BASE), frame)
    assert cleaned(frame) == {"ovens": None}
    again, tally = gather(folder(tmp_path, BASE), frame)
    assert again.equals(frame) and tally.unchanged == 1 and kept.exists()


def test_one_article_in_two_folders_is_one_when_it_is_cleaned(tmp_path: Path):
    write(tmp_path / "one/ovens.md", "Ovens", date="2024-04-05")
    write(tmp_path / "two/bread.md", "Ovens", date="2024-05-05")
    specs = [folder(tmp_path / name, f"https://{name}.example") for name in ("one", "two")]
    frame, _ = gather_all(specs)
    assert cleaned(frame) == {"ovens": None, "bread": "duplicate of ovens"}


@pytest.mark.parametrize("name", ["a-new-post.md", "new-post.md"])
def test_a_copy_that_becomes_an_article_of_its_own_is_collected(tmp_path: Path, name: str):
    kiln = write(tmp_path / "kiln.md", "Kiln", date="2024-03-05")
    first, _ = gather(folder(tmp_path, BASE))
    copy = tmp_path / name
    copy.write_bytes(kiln.read_bytes())
    copied, _ = gather(folder(tmp_path, BASE), first)
    assert list(cleaned(copied).values()).count(None) == 1
    write(copy, "Boats", f"A keel is laid. {LONG[::-1]}", date="2025-01-01")
    frame, tally = gather(folder(tmp_path, BASE), copied)
    assert (live(frame), tally.changed) == (["Boats", "Kiln"], 1)
    assert frame.filter(pl.col("title") == "Kiln").equals(first)


def test_a_file_that_states_another_address_is_the_article_that_it_was(tmp_path: Path):
    frame = None
    for name in ("one", "two", None):
        stated = {"canonical": f"https://example.org/{name}"} if name else {}
        write(tmp_path / "a.md", "A", **stated)
        frame, tally = gather(folder(tmp_path, BASE), frame)
        assert (tally.new, tally.changed, tally.missing) == (name == "one", name != "one", 0)
        file = f"{BASE}/a/"
        expected = (stated["canonical"], [file]) if name else (file, [])
        assert [(row["url"], row["also_at"]) for row in frame.to_dicts()] == [expected]


def test_of_two_files_that_state_one_address_the_first_to_come_has_it(tmp_path: Path):
    stated = {"canonical": "https://example.org/essay"}
    write(tmp_path / "b.md", "B", **stated)
    frame, _ = gather(folder(tmp_path, BASE))
    write(tmp_path / "a.md", "A", **stated)
    for _ in range(2):
        frame, _ = gather(folder(tmp_path, BASE), frame)
        found = dict(frame.select("title", "url").iter_rows())
        assert found == {"A": f"{BASE}/a/", "B": "https://example.org/essay"}


def test_files_that_were_kept_as_one_article_part(tmp_path: Path):
    """As they were before 2026-11-29: the copy `b.md` has the size and time of `kept.md`."""
    kept = write(tmp_path / "kept.md", "Kept", date="2024-03-05")
    frame, _ = gather(folder(tmp_path, BASE))
    frame = frame.with_columns(also_at=pl.lit([f"{BASE}/b/"]))
    shutil.copy2(kept, tmp_path / "b.md")
    frame, _ = gather(folder(tmp_path, BASE), frame)
    assert set(frame["url"]) == {f"{BASE}/kept/", f"{BASE}/b/"}
    assert frame["also_at"].to_list() == [[], []]
    write(kept, "Kept", f"{LONG} Once more.", date="2024-03-05")
    frame, tally = gather(folder(tmp_path, BASE), frame)
    assert tally.changed == 1 and frame["body"].str.contains("Once more.").sum() == 1


def test_a_file_that_states_the_address_of_another_file_takes_nothing_from_it(tmp_path: Path):
    write(tmp_path / "a.md", "A")
    write(tmp_path / "b.md", "B", "b " * 90)
    stated = {"canonical": f"{BASE}/b/"}
    grown, _ = gather(folder(tmp_path, BASE))
    for words in ("", " More."):
        write(tmp_path / "a.md", "A", f"{LONG}{words}", **stated)
        write(tmp_path / "b.md", "B", f"{'b ' * 90}{words}")
        grown, _ = gather(folder(tmp_path, BASE), grown)
        fresh, _ = gather(folder(tmp_path, BASE))
        for frame in (grown, fresh):
            urls = dict(frame.select("title", "url").iter_rows())
            assert urls == {"A": f"{BASE}/a/", "B": f"{BASE}/b/"}
    (tmp_path / "b.md").unlink()
    write(tmp_path / "a.md", "A", f"{LONG} Once more.", **stated)
    grown, _ = gather(folder(tmp_path, BASE), grown)
    write(tmp_path / "b.md", "B", "b " * 90)  # where the other stands by now
    for _ in range(2):
        grown, _ = gather(folder(tmp_path, BASE), grown)
        assert dict(grown.select("title", "url").iter_rows()) == urls


@pytest.mark.parametrize("base", [BASE, "https://Example.org:443/posts/"])
def test_nor_from_one_of_another_folder_whichever_comes_first(tmp_path: Path, base: str):
    write(tmp_path / "one/a.md", "A", canonical=f"{BASE}/b/")
    frame = None
    for turn in range(4):
        if turn:
            write(tmp_path / "two/b.md", "B", f"{'b ' * 90} {turn}")
        specs = [folder(tmp_path / "one"), folder(tmp_path / "two", base)][:: 1 if turn < 3 else -1]
        frame, _ = gather_all(specs, frame)
        if turn:
            fresh, _ = gather_all(specs)
            for found in (frame, fresh):
                assert dict(found.select("title", "url").iter_rows())["B"] == f"{BASE}/b/"
                assert live(found) == ["A", "B"] and found["body"].str.contains(f" {turn}").any()
        write(tmp_path / "one/a.md", "A", f"{LONG} {turn}", canonical=f"{BASE}/b/")


@pytest.mark.parametrize("b_first", [True, False])
def test_a_file_that_comes_later_or_cannot_be_listed_keeps_its_address(
    tmp_path: Path, b_first: bool
):
    write(tmp_path / "one/a.md", "A", canonical=f"{BASE}/b/")
    specs = [folder(tmp_path / "one"), folder(tmp_path / "two", BASE)][:: -1 if b_first else 1]
    frame, _ = gather_all(specs)
    assert live(frame) == ["A"]
    write(tmp_path / "two/b.md", "B", "b " * 90)
    for _ in range(2):
        frame, _ = gather_all(specs, frame)
        urls = {row["title"]: row["url"] for row in frame.to_dicts()}
        assert urls["B"] == f"{BASE}/b/" and urls["A"].startswith("file:")
    (tmp_path / "two").rename(tmp_path / "away")
    write(tmp_path / "one/a.md", "A", f"{LONG} More.", canonical=f"{BASE}/b/")
    frame, tallies = gather_all(specs, frame)
    assert [bool(tally.failed) for tally in tallies] == [b_first, not b_first]
    assert {row["title"]: row["url"] for row in frame.to_dicts()} == urls
    (tmp_path / "away").rename(tmp_path / "two")
    frame, _ = gather_all(specs, frame)
    assert {row["title"]: row["url"] for row in frame.to_dicts()} == urls
