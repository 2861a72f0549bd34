"""Archives that are hostile or damaged are refused by name, without being unpacked."""

import copy
import random
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from tests.core.exports import pack, packed
from tests.core.test_exports_linkedin import linkedin, linkedin_export
from tests.core.test_exports_medium import HARBOUR, TITLED, medium, medium_export, post
from tests.core.test_exports_notes import notion, notion_pages, obsidian, vault
from twin_core.collect import zipped
from twin_core.collect.source import open_source
from twin_core.collect.web import Web
from twin_core.collect.zipped import read_members
from twin_core.errors import BlockedError, SourceError
from twin_core.sources import LinkedinSpec, MediumSpec, NotionSpec, ObsidianSpec


def crafted(path: Path, name: str, **marks: int) -> Path:
    """A Medium export with one more member, of this name and with these marks in its listing."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("posts/2024-03-04_a.html", post("A", TITLED, HARBOUR))
        info = zipfile.ZipInfo("placeholder")
        archive.writestr(info, "content")
        info.filename = info.orig_filename = name
        for mark, value in marks.items():
            setattr(info, mark, value)
    return path


@pytest.mark.parametrize(
    ("name", "marks", "reason"),
    [
        ("../evil.html", {}, "whose path leads out of the archive"),
        ("posts/../../evil.html", {}, "whose path leads out of the archive"),
        ("posts\\..\\..\\evil.html", {}, "whose path leads out of the archive"),
        ("/etc/evil.html", {}, "whose path is absolute"),
        ("\\\\server\\evil.html", {}, "whose path is absolute"),
        ("C:\\evil.html", {}, "whose path is absolute"),
        ("posts/a\x1b[2Jb.html", {}, "unprintable characters"),
        ("posts/a.html\x00.txt", {}, "unprintable characters"),
        ("posts/l.html", {"external_attr": (stat.S_IFLNK | 0o777) << 16}, "which is a link"),
        ("posts/p.html", {"external_attr": (stat.S_IFIFO | 0o666) << 16}, "which is a link or a"),
        ("posts/e.html", {"flag_bits": 1}, "which is encrypted"),
        ("posts/more.zip", {}, "which is an archive within the archive"),
        ("ExportBlock-1.zip", {}, "which is an archive within the archive"),
        ("media/more.tar.GZ", {}, "which is an archive within the archive"),
        ("media/b.bin", {"file_size": 2_000_000}, "which unpacks to 285,714 times its size"),
    ],
)
def test_a_hostile_archive_is_refused_with_the_reason(
    tmp_path: Path, name: str, marks: dict[str, int], reason: str
):
    path = crafted(tmp_path / "export.zip", name, **marks)
    with pytest.raises(BlockedError) as caught:
        read_members(str(path), ".*[.]html")
    assert caught.value.problem.startswith("it holds '") and reason in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize("kind", [medium, linkedin, notion])
@pytest.mark.parametrize("name", ["../evil.html", "more.zip"])
def test_a_refused_archive_is_named(tmp_path: Path, name: str, kind):
    path = crafted(tmp_path / "export.zip", name)
    with pytest.raises(BlockedError) as caught:
        list(kind(path).discover())
    assert caught.value.problem.startswith(f"the archive {path} is refused: it holds '{name}'")


def test_members_that_share_their_bytes_are_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "o.zip", "w") as archive:
        archive.writestr("posts/a.html", "x" * 1000)
        twin = copy.copy(archive.filelist[0])
        twin.filename = twin.orig_filename = "posts/b.html"
        archive.filelist.append(twin)
    with pytest.raises(BlockedError, match="its files overlap at 'posts/b.html'"):
        list(medium(tmp_path / "o.zip").discover())


def bomb(path: Path, megabytes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("posts/2024-01-01_bomb.html", "w") as member:
            for _ in range(megabytes):
                member.write(bytes(1_000_000))
    return path


def most_memory(path: Path) -> int:
    """Bytes held at most while the archive is read here, to its refusal."""
    tracemalloc.start()
    try:
        with pytest.raises(SourceError):
            read_members(str(path), ".*")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_stopped_before_it_is_unpacked(tmp_path: Path):
    path = bomb(tmp_path / "bomb.zip", 200)
    with pytest.raises(BlockedError, match="times its size"):
        list(medium(path).discover())
    assert most_memory(path) < 1_000_000


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path):
    path = bomb(tmp_path / "bomb.zip", 200)
    content = path.read_bytes()
    path.write_bytes(content.replace((200_000_000).to_bytes(4, "little"), b"\x00\x10\x00\x00"))
    assert most_memory(path) < 5_000_000
    with pytest.raises(SourceError, match="it is damaged"):
        list(medium(path).discover())


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    letters = random.Random(1).randbytes(3_000_000).hex()
    path = pack(tmp_path / "large.zip", {"posts/a.html": letters})
    with pytest.raises(BlockedError, match="unpacks to too much: 'posts/a.html' has 6 MB"):
        list(medium(path).discover())
    path = pack(tmp_path / "many.zip", {f"posts/{n}.html": letters[:1_000_000] for n in range(5)})
    monkeypatch.setattr(zipped, "MAX_TOTAL_BYTES", 3_500_000)
    with pytest.raises(BlockedError, match="'posts/3.html' has 1 MB, 0 MB are left"):
        read_members(str(path), ".*")
    monkeypatch.setattr(zipped, "MAX_MEMBERS", 4)
    with pytest.raises(BlockedError, match="it holds 5 files"):
        read_members(str(path), ".*")
    monkeypatch.setattr(zipped, "MAX_PART_BYTES", 100)
    path = pack(tmp_path / "part.zip", {"part.zip": packed({"a.md": letters[:500]})})
    with pytest.raises(BlockedError, match="'part.zip' has 0 MB"):
        read_members(str(path), ".*", "part.zip")


def test_a_method_that_no_export_uses_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "l.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("posts/a.html", post("A", TITLED, HARBOUR))
    with pytest.raises(BlockedError, match="packed by a method that no export uses"):
        list(medium(tmp_path / "l.zip").discover())


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped"])
def test_a_damaged_archive_is_told_from_a_hostile_one(tmp_path: Path, damage: str):
    path = pack(tmp_path / "export.zip", {"posts/a.html": post("A", TITLED, HARBOUR)})
    whole = path.read_bytes()
    flipped = whole[:200] + bytes([whole[200] ^ 0xFF]) + whole[201:]
    damaged = {"empty": b"", "text": b"<html>", "cut": whole[:-200], "flipped": flipped}
    path.write_bytes(damaged[damage])
    with pytest.raises(SourceError, match="it is damaged, or not a zip file") as caught:
        read_members(str(path), ".*")
    assert type(caught.value) is SourceError


@pytest.mark.parametrize("kind", [medium, linkedin, notion])
def test_a_damaged_archive_is_named(tmp_path: Path, kind):
    path = tmp_path / "export.zip"
    path.write_bytes(b"PK")
    with pytest.raises(SourceError) as caught:
        list(kind(path).discover())
    assert type(caught.value) is SourceError
    assert caught.value.problem.startswith(f"the archive {path} cannot be read: it is damaged")


@pytest.mark.parametrize("kind", [medium, linkedin, notion, obsidian])
def test_what_is_missing_or_holds_nothing_is_named(tmp_path: Path, kind):
    with pytest.raises(SourceError, match="absent.zip does not exist"):
        list(kind(tmp_path / "absent.zip").discover())
    path = pack(tmp_path / "other.zip", {"holiday.txt": "sun"})
    if kind is obsidian:
        path = tmp_path / "folder"
        path.mkdir()
    with pytest.raises(SourceError, match=f"{path} holds no "):
        list(kind(path).discover())
    if kind in (medium, linkedin):
        with pytest.raises(SourceError, match="is a folder"):
            list(kind(tmp_path).discover())


def test_each_kind_is_opened_by_its_spec(tmp_path: Path):
    specs = (
        MediumSpec(kind="medium", path=medium_export(tmp_path / "m.zip")),
        LinkedinSpec(kind="linkedin", path=linkedin_export(tmp_path / "l.zip")),
        NotionSpec(kind="notion", path=pack(tmp_path / "n.zip", notion_pages())),
        ObsidianSpec(kind="obsidian", path=vault(tmp_path / "vault")),
    )
    with Web() as web:
        for spec in specs:
            source = open_source(spec, web)
            assert source.complete and source.label == spec.label
            assert list(source.discover())
