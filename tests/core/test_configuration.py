"""Settings, recipes and the authors file: each mistake is named with its remedy."""

from datetime import date
from pathlib import Path

import pytest

from tests.conftest import SAMPLE, folder_author
from twin_core.authors import add_authors, load_authors
from twin_core.errors import ConsentError, SettingError, UnknownAuthorError
from twin_core.recipe import load_recipe, profiles
from twin_core.settings import PROJECT, TwinSettings, load_settings
from twin_core.sources import FolderSpec

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize("profile", ["smollm2-135m", "llama-3.1-8b", "tiny"])
def test_every_recipe_is_valid_and_named_as_its_file(profile: str):
    recipe = load_recipe(profile)
    assert recipe.name == profile
    low, high = recipe.preference.length_ratio
    assert 0 < low < 1 < high
    assert recipe.split.test + recipe.split.validation < 0.5
    assert recipe.instruct.min_words < recipe.instruct.max_words
    assert recipe.gptq.group_size in (32, 64, 128)


def test_the_profiles_are_the_ones_promised():
    assert profiles() == ["llama-3.1-8b", "smollm2-135m", "tiny"]


def test_a_recipe_of_ones_own(tmp_path: Path):
    text = (PROJECT / "twin_core/recipes/tiny.yaml").read_text()
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace("name: tiny", "name: mine"))
    assert load_recipe(str(mine)).name == "mine"
    mine.write_text(text.replace("epochs: ", "epoch: "))
    with pytest.raises(SettingError, match=r"sft\.epoch"):
        load_recipe(str(mine))


def test_an_unknown_recipe_names_the_known_ones():
    with pytest.raises(SettingError, match=r"'huge'(?s:.*)smollm2-135m"):
        load_recipe("huge")


def test_the_base_model_can_be_set():
    assert load_recipe("tiny", base_model="/models/x").base.source == "/models/x"


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TWIN_GATEWAY_PORT", "eighty")
    with pytest.raises(SettingError, match="TWIN_GATEWAY_PORT is 'eighty'"):
        load_settings()


def test_every_setting_stands_in_the_example():
    example = (PROJECT / ".env.example").read_text()
    missing = [n for n in TwinSettings.model_fields if f"TWIN_{n.upper()}=" not in example]
    assert missing == []


def test_a_missing_authors_file_says_what_to_do(tmp_path: Path):
    with pytest.raises(SettingError, match=r"no authors file at(?s:.*)twin init"):
        load_authors(tmp_path / "authors.yaml")


def test_an_unknown_author_names_the_known_ones(tmp_path: Path):
    path = tmp_path / "authors.yaml"
    add_authors(path, (folder_author(tmp_path),))
    with pytest.raises(UnknownAuthorError, match=r"'inez'(?s:.*)known: ines(?s:.*)twin init"):
        load_authors(path).get("inez")


@pytest.mark.parametrize(
    "text",
    [
        "authors: [",
        "authors: 3",
        "authors:\n- slug: Bad Slug\n  name: x\n  sources: [{kind: folder, path: x}]",
        "authors:\n- slug: a\n  name: x\n  sources: []",
        "authors:\n- slug: a\n  name: x\n  sources: [{kind: fax, number: 1}]",
        "authors:\n- slug: a\n  name: x\n  sources: [{kind: feed, url: 'file:///etc/passwd'}]",
        "!!python/object/apply:os.system ['true']",
    ],
)
def test_a_broken_authors_file_is_named(tmp_path: Path, text: str):
    path = tmp_path / "authors.yaml"
    path.write_text(text)
    with pytest.raises(SettingError, match=r"authors\.yaml(?s:.*)Remedy: correct"):
        load_authors(path)


def test_authors_are_added_and_what_is_there_is_kept(tmp_path: Path):
    path = tmp_path / "authors.yaml"
    assert add_authors(path, (folder_author(tmp_path, "one"),)) == ["one"]
    path.write_text("# mine\n" + path.read_text())
    assert add_authors(path, (folder_author(tmp_path, "two"), folder_author(tmp_path, "one"))) == [
        "two"
    ]
    assert [author.slug for author in load_authors(path).authors] == ["one", "two"]
    assert path.read_text().startswith("# mine\n")


@pytest.mark.parametrize("before", ["", "authors: []\n", "authors:\n", "# nobody yet\n"])
def test_authors_are_added_to_an_empty_file(tmp_path: Path, before: str):
    path = tmp_path / "authors.yaml"
    path.write_text(before)
    add_authors(path, (folder_author(tmp_path, "one"),))
    assert [author.slug for author in load_authors(path).authors] == ["one"]


def test_folders_are_relative_to_the_authors_file(tmp_path: Path):
    path = tmp_path / "authors.yaml"
    path.write_text("authors:\n- slug: a\n  name: A\n  sources: [{kind: folder, path: texts}]\n")
    (spec,) = load_authors(path).get("a").sources
    assert isinstance(spec, FolderSpec)
    assert spec.path == (tmp_path / "texts").resolve()


def test_the_sample_authors_are_valid(tmp_path: Path):
    path = tmp_path / "authors.yaml"
    path.write_text((SAMPLE / "authors.yaml").read_text().replace("{port}", "8808"))
    assert [author.slug for author in load_authors(path).authors] == ["ines-okafor", "tobias-wren"]


@pytest.mark.parametrize(
    ("consent", "problem"),
    [
        ({"expires": "2026-05-31"}, "expired on 2026-05-31"),
        ({"revoked": "2026-05-01"}, "revoked consent on 2026-05-01"),
        ({"granted": "2026-07-01"}, "begins only on 2026-07-01"),
        ({"scope": ["collect"]}, "consented to collect, not to train"),
        ({"basis": "written"}, "names no evidence"),
    ],
)
def test_without_valid_consent_nothing_happens(tmp_path: Path, consent: dict, problem: str):
    with pytest.raises(ConsentError, match=problem) as caught:
        folder_author(tmp_path, **consent).require_consent("train", TODAY)
    assert "Remedy:" in str(caught.value)


def test_no_consent_record_is_no_consent(tmp_path: Path):
    author = folder_author(tmp_path).model_copy(update={"consent": None})
    with pytest.raises(ConsentError, match="has no consent record"):
        author.require_consent("collect", TODAY)


def test_valid_consent_is_returned(tmp_path: Path):
    author = folder_author(tmp_path, expires="2026-06-01")
    assert author.require_consent("serve", TODAY) is author.consent
