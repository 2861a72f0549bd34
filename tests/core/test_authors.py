"""The authors file: whose words are taken, what consent rests on, and each mistake named."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import folder_author
from twin_core.authors import Author, Consent, load_authors
from twin_core.errors import BlockedError, ConsentError, SettingError

TODAY = date(2026, 6, 1)


def named(name: str, *aliases: str, coauthored: bool = False) -> Author:
    known = folder_author(Path("/nowhere")).model_dump()
    return Author(**{**known, "name": name, "aliases": aliases, "coauthored": coauthored})


@pytest.mark.parametrize(
    "byline",
    [
        *((), ("",), ("admin",), ("Jane Doe",), ("JANE DOE",), ("by Jane Doe",), ("Jáne Doe",)),
        *(("Jane",), ("Doe, Jane",), ("Dr. Jane Doe",), ("Jane M. Doe",), ("Written by Jane Doe",)),
        *(("jane@doe.example (Jane Doe)",), ("Doe & Sons",), ("Editor", "Jane Doe")),
    ],
)
def test_the_authors_own_by_lines(byline: tuple[str, ...]):
    assert named("Jane Doe", "Doe & Sons").wrote(byline)


@pytest.mark.parametrize(
    ("name", "byline"),
    [
        ("Jane Doe", "Bob Other"),
        ("Jane Doe", "Guest"),
        ("Jane", "Jane Smith"),
        ("Jane Doe", "Bob Other as told to Jane Doe"),
        ("Jane Doe", "Jane Mary Doe"),
    ],
)
def test_by_lines_of_others(name: str, byline: str):
    assert not named(name).wrote((byline,))


@pytest.mark.parametrize(
    "byline",
    [
        ("Bob Other", "Jane Doe"),
        ("Bob Other and Jane Doe",),
        ("Jane Doe, Bob Other",),
        ("Bob Other, interview with Jane Doe",),
    ],
)
def test_what_others_signed_too_is_taken_only_if_told_so(byline: tuple[str, ...]):
    with pytest.raises(BlockedError, match=r"signed by Bob Other(?s:.*)coauthored: true"):
        named("Jane Doe").wrote(byline)
    assert named("Jane Doe", coauthored=True).wrote(byline)


@pytest.mark.parametrize("alias", ["", "by", "★", "By ", "a@b.example", "123"])
def test_what_is_no_name_is_refused_as_one(alias: str):
    with pytest.raises(ValueError, match="no letters"):
        named("Jane Doe", alias)
    with pytest.raises(ValueError, match="no letters"):
        named(alias)


def test_a_reason_is_short_and_safe_to_show():
    hostile = "Eve \x1b[2J\x1b]0;owned\x07 " + "E" * 300_000
    with pytest.raises(BlockedError) as caught:
        named("Jane Doe").wrote((hostile, "Jane Doe"))
    assert "whose consent is not recorded" in caught.value.problem
    assert len(caught.value.problem) < 500 and caught.value.problem.isprintable()
    assert str(BlockedError("a\nb\x00\x1b[1m" + "c" * 5000, "none."))[:8] == "a b[1mcc"


@pytest.mark.parametrize("evidence", ["", " ", "\t\n", "\u200b", " - ", "…"])
def test_blank_evidence_is_none(evidence: str):
    consent = {"basis": "written", "granted": "2020-01-01", "evidence": evidence}
    author = Author(**{**folder_author(Path("/nowhere")).model_dump(), "consent": consent})
    with pytest.raises(ConsentError, match="names no evidence"):
        author.require_consent("collect", TODAY)


@pytest.mark.parametrize("field", ["granted", "expires", "revoked"])
@pytest.mark.parametrize("said", [0, "0", " ", "", False, 1735689600, "1735689600", -86400])
def test_a_number_is_no_day_of_a_consent(field: str, said: object):
    with pytest.raises(ValueError, match="is no day: write it as"):
        Consent(**{"basis": "self", "granted": "2020-01-01", field: said})


def written(folder: Path, digest: str) -> Author:
    (folder / "authors.yaml").write_text(
        "authors:\n- slug: me\n  name: Jane\n  sources: [{kind: folder, path: x}]\n  consent: "
        f"{{basis: written, granted: 2020-01-01, evidence: c.txt, evidence_hash: '{digest}'}}\n"
    )
    return load_authors(folder / "authors.yaml").get("me")


def test_evidence_is_looked_for_beside_the_authors_file(tmp_path: Path):
    folder = tmp_path / "elsewhere"  # tests run in tmp_path
    folder.mkdir()
    author = written(folder, hashlib.sha256(b"I agree").hexdigest())
    with pytest.raises(ConsentError, match=r"written consent of me is not at .*elsewhere/c\.txt"):
        author.require_consent("collect", TODAY)
    (folder / "c.txt").write_text("I agree")
    assert author.require_consent("collect", TODAY) is author.consent
    (folder / "c.txt").write_text("I agree to less")
    with pytest.raises(ConsentError, match="is not what its hash says"):
        author.require_consent("collect", TODAY)


OK = "authors:\n- slug: me\n  name: Jane\n  sources: [{kind: folder, path: x}]\n"


def source(text: str) -> str:
    return f"authors:\n- slug: me\n  name: Jane\n  sources: [{text}]\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("authors: " + "[" * 3000, "nested more than"),
        ("authors: " + "[" * 100_000, "nested more than"),
        (OK + "authors: []\n", "'authors' stands twice, on line 5"),
        ("x: &a [1]\nauthors: []\n", "anchors and aliases"),
        (source("{kind: folder, path: ~nosuchuser/x}"), "author me, path '~nosuchuser/x'"),
        (source('{kind: folder, path: "a\\0b"}'), "author me, path 'a"),
        (source("{kind: feed, url: example.org/feed}"), "me(?s:.*)url: example.org/feed is not"),
        (source("{kind: feed, url: 'http://[bad/'}"), r"me(?s:.*)'http://\[bad/' is not"),
        (source("{kind: pages, urls: ['http://[bad/']}"), r"me(?s:.*)'http://\[bad/' is not"),
        (source("{kind: feed, ulr: 'http://x'}"), "author me, sources.0.feed"),
        (source("{kind: fax}"), "author me, sources.0"),
        (OK + "  aliases: ['']\n", "author me, aliases.0: '' is not a name"),
        (
            OK + "  consent: {basis: self, granted: yesterday}\n",
            "me, consent.granted: 'yesterday' is no day",
        ),
        (OK + "  consent: {basis: self, granted: 2025-13-01}\n", "authors.yaml"),
        (
            OK + "  consent: {basis: self, granted: 2025-01-01, expires: 2020-01-01}\n",
            "expires on 2020-01-01, before 2025-01-01",
        ),
    ],
)
def test_each_mistake_is_named_with_its_author(tmp_path: Path, text: str, problem: str):
    path = tmp_path / "authors.yaml"
    path.write_text(text)
    with pytest.raises(SettingError, match=problem) as caught:
        load_authors(path)
    assert "\0" not in str(caught.value)


def test_a_mistake_in_an_address_does_not_give_away_its_password(tmp_path: Path):
    path = tmp_path / "authors.yaml"
    path.write_text(source("{kind: feed, url: 'https://u:secret@example.org/'}"))
    with pytest.raises(SettingError, match="carries credentials") as caught:
        load_authors(path)
    assert "secret" not in str(caught.value)


def test_a_list_of_pages_keeps_its_name_when_it_grows(tmp_path: Path):
    labels = set()
    for urls in ("http://e.org/a", "http://e.org/a, http://e.org/b"):
        path = tmp_path / "authors.yaml"
        path.write_text(source(f"{{kind: pages, urls: [{urls}]}}"))
        labels |= {spec.label for spec in load_authors(path).get("me").sources}
    assert labels == {"pages:http://e.org/a"}
