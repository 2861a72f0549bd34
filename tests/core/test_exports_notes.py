"""Notion's export in each of its forms, and Obsidian vaults. All people and texts are invented."""

import os
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.core.exports import (
    LONG,
    article,
    assert_unchanged_is_not_given,
    gather,
    pack,
    packed,
    refused,
    validators,
)
from twin_core.collect.notes import NotionSource, ObsidianSource
from twin_core.errors import BlockedError, SourceError
from twin_core.sources import NotionSpec, ObsidianSpec

# Notion

ID = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
PAGE = f"""# Reading the harbour

Author: Ines Okafor, Tomas Berg
Created: March 4, 2024 10:11 AM
Published: March 9, 2024 10:11 PM
Last edited time: 2024/04/01 09:00
Status: Published
Tags: nets, weather

{LONG}

See [On knots](On%20knots%20(old)%20{OTHER}.md), [a list](Lists%20{OTHER}.csv),
[the web](https://example.org/a), [a mention](https://www.notion.so/Knots-{OTHER}?pvs=21).

![Untitled](Reading%20the%20harbour%20{ID}/Untitled.png)

<aside>
💡 Nets are mostly holes.

</aside>

```bash
cat [x](y.md)
```
"""


def notion(path: Path) -> NotionSource:
    return NotionSource(NotionSpec(kind="notion", path=path))


def notion_pages() -> dict[str, str | bytes]:
    draft = "# Not yet\n\nStatus: Draft\n\nText.\n"
    return {
        f"Private & Shared/Reading the harbour {ID}.md": PAGE,
        f"Lists/Plain {OTHER}.md": f"# Plain\n\nNote: no property.\n\n{LONG}\n",
        f"Lists/{ID}.md": f"# Named\n\nPublished: Yes\nCanonical URL: https://o.example/n\n\n{LONG}",
        f"Lists/Not yet {ID}.md": draft,
        f"Lists/Hidden {ID}.md": "# Hidden\n\nPublished: No\nDate: 2024-01-01\n\nText.\n",
        f"Lists {OTHER}.csv": "Name,Status\nNot yet,Draft\n",
        "index.html": "<p>no page</p>",
        "notes.md": "# No page of Notion's",
    }


def assert_notion_pages(path: Path) -> None:
    found = gather(notion(path))
    base = path.as_uri()
    harbour = f"{base}/Private%20%26%20Shared/Reading%20the%20harbour%20{ID}.md"
    plain, draft = f"{base}/Lists/Plain%20{OTHER}.md", f"{base}/Lists/Not%20yet%20{ID}.md"
    hidden = f"{base}/Lists/Hidden%20{ID}.md"
    assert set(found) == {harbour, plain, draft, hidden, "https://o.example/n"}
    assert "draft" in refused(found, draft) and "draft" in refused(found, hidden)

    page = article(found, harbour)
    assert page.title == "Reading the harbour"
    assert page.byline == ("Ines Okafor", "Tomas Berg")
    assert page.published_at == datetime(2024, 3, 9, 22, 11, tzinfo=UTC)
    assert page.updated_at == datetime(2024, 4, 1, 9, tzinfo=UTC)
    assert (page.dated_by, page.media_type) == ("properties", "text/markdown")
    assert page.body.startswith(LONG.strip())
    assert "See On knots, a list,\n[the web](https://example.org/a), a mention." in page.body
    assert "\n💡 Nets are mostly holes.\n" in page.body
    assert "cat [x](y.md)" in page.body
    for left_out in ("Status:", "Untitled.png", "aside", "# Reading"):
        assert left_out not in page.body

    assert article(found, plain).body.startswith("Note: no property.")
    assert article(found, plain).dated_by == "file's time of change"
    assert article(found, "https://o.example/n").canonical == "https://o.example/n"
    assert article(found, "https://o.example/n").title == "Named"


def test_a_notion_export_in_each_of_its_forms(tmp_path: Path):
    assert_notion_pages(pack(tmp_path / "flat.zip", notion_pages()))
    nested = pack(tmp_path / "nested.zip", {"ExportBlock-1a2b-Part-1.zip": packed(notion_pages())})
    assert_notion_pages(nested)
    with zipfile.ZipFile(tmp_path / "flat.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert_notion_pages(tmp_path / "unpacked")


def test_a_notion_page_is_fetched_again_only_if_it_or_its_dates_changed(tmp_path: Path):
    pages = notion_pages()
    before = validators(notion(pack(tmp_path / "n.zip", pages)))
    again = tmp_path / "n.zip"
    with zipfile.ZipFile(again, "w") as archive:  # exported later, hence with other times
        for name, content in pages.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content)
    assert validators(notion(again)) == before
    harbour = f"Private & Shared/Reading the harbour {ID}.md"
    for text in (PAGE.replace("March 9", "March 8"), PAGE.replace("holes.", "knots.")):
        after = validators(notion(pack(again, {**pages, harbour: text})))
        assert [url for url in after if after[url] != before[url]] == [
            f"{again.as_uri()}/{quote(harbour)}"
        ]
    assert_unchanged_is_not_given(notion(pack(again, {f"A {ID}.md": PAGE})))


def test_notion_s_parts_are_opened_one_level_deep_only(tmp_path: Path):
    inner = packed({"ExportBlock-2.zip": packed(notion_pages())})
    path = pack(tmp_path / "n.zip", {"ExportBlock-1.zip": inner})
    with pytest.raises(BlockedError, match="'ExportBlock-2.zip', which is an archive within"):
        list(notion(path).discover())
    path = pack(tmp_path / "n.zip", {"ExportBlock-1.zip": packed({f"../A {ID}.md": PAGE})})
    with pytest.raises(BlockedError, match="leads out of the archive"):
        list(notion(path).discover())
    path = pack(tmp_path / "n.zip", {f"A {ID}.md": PAGE, "attachment.zip": inner})
    with pytest.raises(BlockedError, match="'attachment.zip', which is an archive within"):
        list(notion(path).discover())


# Obsidian


def obsidian(path: Path) -> ObsidianSource:
    return ObsidianSource(ObsidianSpec(kind="obsidian", path=path))


NOTE = f"""---
title: Reading the harbour
date: 2024-03-04
updated: 2024-03-05T10:00:00+02:00
author: Ines Okafor
tags: [nets]
---
#nets #weather/wind

# Reading the harbour

{LONG} ^first-block

See [[Knots|the knots]], [[folder/Splices#Long]], [[#Here]] and [another](Other%20note.md).
![[chart.png|300]]
![[Knots]]

%%a comment
with `code` in it%%
> [!note]- A callout
> holds its words.

> [!tip]
> So does this.

It is ==marked== with #inline tags, and a == b == c. Inline `[[ -f x ]]` stays.

```bash
#comment
if [[ -f x ]]; then echo "%%"; fi
```

^lone-id
"""


def vault(root: Path) -> Path:
    notes = {
        "Reading.md": NOTE,
        "deep/er/Splices.md": f"\ufeff# Splices\r\n\r\n{LONG}\r\n",
        "Wet ink.md": f"---\ndraft: true\n---\n{LONG}",
        "Kept back.md": f"---\npublish: false\n---\n{LONG}",
        "Broken.md": "---\ntitle: [unclosed\n---\nText.\n",
        "Published.md": f"---\npermalink: https://ines.example/p?utm_source=x\n---\n{LONG}",
        ".obsidian/plugins/readme.md": "no note",
        ".trash/Gone.md": LONG,
        "Templates/Daily.md": "{{title}}",
        "picture.png": "",
    }
    for name, text in notes.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="")
    (root.parent / "secret.md").write_text("secret")
    (root / "Escape.md").symlink_to(root.parent / "secret.md")
    (root / "Within.md").symlink_to(root / "deep/er/Splices.md")
    return root


def test_a_vault_gives_its_notes_as_a_reader_sees_them(tmp_path: Path):
    root = vault(tmp_path / "my vault")
    found = gather(obsidian(root))
    base = root.as_uri()
    published = "https://ines.example/p"
    names = ("Reading", "deep/er/Splices", "Within", "Wet ink", "Kept back", "Broken", "Escape")
    assert set(found) == {*(f"{base}/{quote(name)}.md" for name in names), published}

    note = article(found, f"{base}/Reading.md")
    assert note.title == "Reading the harbour" and note.byline == ("Ines Okafor",)
    assert note.published_at == datetime(2024, 3, 4, tzinfo=UTC)
    assert note.updated_at == datetime(2024, 3, 5, 8, tzinfo=UTC)
    assert (note.dated_by, note.media_type) == ("front matter", "text/markdown")
    assert note.body == (
        f"{LONG.strip()}\n\nSee the knots, Splices, Here and another.\n\n"
        "> A callout\n> holds its words.\n\n>\n> So does this.\n\n"
        "It is marked with #inline tags, and a == b == c. Inline `[[ -f x ]]` stays.\n\n"
        '```bash\n#comment\nif [[ -f x ]]; then echo "%%"; fi\n```\n'
    )
    splices = article(found, f"{base}/deep/er/Splices.md")
    assert splices.title == "Splices" and splices.body.startswith("The harbour keeps")
    assert splices.dated_by == "file's time of change"
    assert article(found, published).canonical == published


def test_drafts_links_out_and_broken_notes_are_named(tmp_path: Path):
    root = vault(tmp_path / "vault")
    found = gather(obsidian(root))
    base = root.as_uri()
    for name in ("Wet%20ink", "Kept%20back"):
        assert "is marked as a draft" in refused(found, f"{base}/{name}.md")
    (root / "Drafts").mkdir()
    for name, text in (("Drafts/a", LONG), ("b", f"--- \nDraft: 'yes'\n---\n{LONG}")):
        (root / f"{name}.md").write_text(text)
        assert "draft" in refused(gather(obsidian(root)), f"{base}/{name}.md")
    assert "leads out" in refused(found, f"{base}/Escape.md")
    broken = found[f"{base}/Broken.md"]
    assert type(broken) is SourceError and "'Broken.md'" in broken.problem
    assert "front matter is not YAML" in broken.problem


def test_a_note_is_fetched_again_only_if_it_changed(tmp_path: Path):
    root = vault(tmp_path / "vault")
    source = obsidian(root)
    before = validators(source)
    os.utime(root / "deep/er/Splices.md", (1, 1))
    (root / "Templates/Daily.md").write_text("changed")
    assert validators(source) == before
    (root / "Reading.md").write_text(NOTE.replace("2024-03-04", "2024-03-03"))
    after = validators(source)
    assert [url for url in after if after[url] != before[url]] == [f"{root.as_uri()}/Reading.md"]
    for name in ("Escape", "Broken", "Wet ink", "Kept back"):
        (root / f"{name}.md").unlink()
    assert_unchanged_is_not_given(obsidian(root))


def test_names_and_titles_that_are_no_unicode_stop_nothing(tmp_path: Path):
    root = tmp_path / "vault"
    root.mkdir()
    (root / "title.md").write_text('---\ntitle: "A \\ud800 B"\n---\nText.\n')
    (root / os.fsdecode(b"caf\xe9.md")).write_text("Text.\n")
    (root / os.fsdecode(b"draft\xe9.md")).write_text("---\ndraft: true\n---\n")
    found = gather(obsidian(root))
    assert article(found, f"{root.as_uri()}/title.md").title == "A ? B"
    assert article(found, f"{root.as_uri()}/caf%E9.md").title == "caf?"
    assert "'draft?.md'" in refused(found, f"{root.as_uri()}/draft%E9.md")


def test_hostile_notes_take_no_time(tmp_path: Path):
    root = tmp_path / "vault"
    root.mkdir()
    heap = ("[[", "![[", "[x](", "```x\n", "%%%", "`` ", "==a", "> ", "> [!", "#a ", " ^a", " ")
    for number, piece in enumerate(heap):
        (root / f"{number}.md").write_text("# t" + piece * (200_000 // len(piece)) + "x")
    start = time.monotonic()
    assert len(gather(obsidian(root))) == len(heap)
    assert time.monotonic() - start < 10
    (root / "large.md").write_text("x" * 5_000_001)
    assert "larger than 5 MB" in refused(gather(obsidian(root)), f"{root.as_uri()}/large.md")
