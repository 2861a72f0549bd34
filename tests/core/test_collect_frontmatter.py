"""Front matter and dates as people write them: read where they are plain, refused where a few
characters would become gigabytes, and said where they cannot be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.core.test_collect import LONG, folder, gather
from twin_core.collect.dates import moment
from twin_core.collect.frontmatter import in_drafts, is_draft, split_front_matter


@pytest.mark.parametrize(
    "text",
    ["May 3, 2019", "May 3rd, 2019", "3 May 2019", "Friday, May 3, 2019", "2019-5-3", "3.5.2019",
     "Fri, 03 May 2019 02:00:00 +0200", "2019-05-03 02:00:00 +0200", "2019-05-03T00:00:00Z"],
)  # fmt: skip
def test_a_date_as_people_write_it(text: str):
    assert moment(text) == datetime(2019, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["03/05/2019", "2019-13-45", "yesterday", "May 2019", "-4712-01-01", "2019-05-03T25:61:00Z",
     "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "May 3, 2019" * 9],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two(text: str):
    assert moment(text) is None


@pytest.mark.parametrize(
    ("stated", "by", "year"),
    [
        ("May 3, 2019", "front matter", 2019),
        ("2019-05-03", "front matter", 2019),
        ("2019-13-45", "file's time of change: '2019-13-45' is no date", 2001),
        ("some day", "file's time of change: 'some day' is no date", 2001),
        ("", "file's time of change", 2001),
    ],
)
def test_a_folder_says_where_a_date_came_from(tmp_path: Path, stated: str, by: str, year: int):
    import os

    page = tmp_path / "a.md"
    page.write_text(f"---\ntitle: A\ndate: {stated}\n---\n{LONG}\n")
    os.utime(page, (1e9, 1e9))
    frame, tally = gather(folder(tmp_path))
    assert not tally.quarantined
    assert frame["dated_by"].to_list() == [by]
    assert frame["published_at"].dt.year().to_list() == [year]


@pytest.mark.parametrize(
    "text",
    ["draft: true", 'draft: "true"', "Draft: true", "DRAFT: yes", "draft: 1", 'published: "false"',
     "published: no", "publish: false", "status: draft", "Status: Private", "status: [Unpublished]",
     "private: true", "unpublished: true", "public: false"],
)  # fmt: skip
def test_a_draft_however_it_is_written(text: str):
    assert is_draft(split_front_matter(f"---\ntitle: A\n{text}\n---\n{LONG}")[0])


@pytest.mark.parametrize(
    "text",
    ["draft: false", 'draft: "no"', "published: 2024-01-01", "published: true", "status: published",
     "status: in progress", "private:", "publish: true", "title: draft", "tags: [draft]"],
)  # fmt: skip
def test_what_is_no_draft(text: str):
    meta = split_front_matter(f"---\n{text}\n---\n{LONG}")[0]
    assert not is_draft(meta)
    assert is_draft({**meta, "status": "in progress"}, "in progress")


def test_a_folder_of_drafts_is_known_by_its_name():
    assert in_drafts("_drafts/a.md") and in_drafts("blog/Drafts/2024/a.md")
    assert not in_drafts("drafts.md") and not in_drafts("my-drafts/drafts.md")


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_fences_as_people_leave_them(fence: str):
    rest = f"Text.\n\n{fence}\n\nMore."
    for empty in (f"{fence}\n{fence}\n", f"{fence} \r\n{fence}\t\r\n", f"{fence}\n# so\n{fence}\n"):
        assert split_front_matter(empty + rest) == ({}, rest)
    said = "draft: true" if fence == "---" else "draft = true"
    for opening in (fence, f"{fence} ", f"{fence}\t "):
        for end in ("\n", "\r\n"):
            text = end.join([opening, said, fence, rest])
            assert split_front_matter(text) == ({"draft": True}, rest)
    unclosed = f"{fence}\n{said}\n{fence}{fence}\n{rest.replace(fence, '***')}"
    assert split_front_matter(unclosed) == ({}, unclosed)


def test_aliases_are_refused_wherever_they_stand():
    lines = ["l:", f"- &a0 [{','.join(['lol'] * 9)}]"]
    lines += [f"- &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    for text in ("\n".join([*lines, "title: [*a8]"]), "a: ? &a x\n", "- &a x\n- *a"):
        with pytest.raises(ValueError, match="front matter is not YAML"):
            split_front_matter(f"---\n{text}\n---\nbody")
    found, _ = split_front_matter("---\ntitle: R&D & *more*\n---\nbody")
    assert found == {"title": "R&D & *more*"}


def test_a_title_is_one_value(tmp_path: Path):
    for number, title in enumerate(("[a, b]", "{a: b}", "42")):
        (tmp_path / f"f{number}.md").write_text(f"---\ntitle: {title}\n---\n{LONG} {number}\n")
    frame, _ = gather(folder(tmp_path))
    assert sorted(frame["title"]) == ["42", "f0", "f1"]
