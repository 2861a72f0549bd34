"""presidio beside our own rules."""

import sys
from pathlib import Path

import pytest

from twin_core.errors import SettingError
from twin_core.features import presidio
from twin_core.features.presidio import redactor

pytest.importorskip("presidio_analyzer", reason="pip install 'llm-twin[presidio]'")

TEXT = (
    "My number is 078-05-1126, my wallet 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ; mail jane@bakery.org."
)


def test_its_kinds_are_added_to_ours():
    (text,), (said,) = redactor(None)([TEXT])
    assert text == "My number is [social security number], my wallet [wallet]; mail [email]."
    assert said == "email 1, social security number 1, wallet 1"


@pytest.mark.parametrize(
    "text", ["Order 123456789 in room 12345.", "Jane Doe bakes.", "", "On 2024-05-03 at 10.0.0.1."]
)
def test_what_is_no_such_number_stays(text: str):
    assert redactor(None)([text]) == ([text], [None])


def test_a_model_finds_names(tmp_path: Path):
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Jane Doe"}])  # type: ignore[attr-defined]
    pipeline.to_disk(tmp_path / "model")
    (text,), (said,) = redactor(str(tmp_path / "model"))(["I met Jane Doe and Jane Doe met me."])
    assert text == "I met [name] and [name] met me." and said == "name 2"


def test_a_model_that_is_none_is_named(tmp_path: Path):
    with pytest.raises(SettingError, match=r"is no spaCy model(?s:.*)nothing is downloaded"):
        redactor(str(tmp_path))


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    """No environment both has and lacks a package: only the import is a double."""
    presidio._analyzer.cache_clear()
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(SettingError, match=r"not installed(?s:.*)pip install"):
        redactor(None)
    presidio._analyzer.cache_clear()
