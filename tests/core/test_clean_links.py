"""Relative links of a document become addresses; code and what is absolute stay."""

import pytest

from twin_core.features.links import absolute

URL = "https://fern.example/notes/moss/"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[a](/about) b", "[a](https://fern.example/about) b"),
        ('![a](x.png "t")', '![a](https://fern.example/notes/moss/x.png "t")'),
        ("[a](../fern/)", "[a](https://fern.example/notes/fern/)"),
        ("[a](//other.example/b)", "[a](https://other.example/b)"),
    ],
)
def test_a_relative_link_is_an_address(written: str, read: str):
    assert absolute(written, URL) == read


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://b.example) [c](mailto:d@e.example) [f](#g)",
        "Say `[a](/b)`, or\n\n```md\n[a](/b)\n```\n",
        "[a](//[) and f[0](x y)",
        "no link (/at) all",
    ],
)
def test_everything_else_stays(text: str):
    assert absolute(text, URL) == text


def test_a_file_without_an_address_keeps_its_links():
    assert absolute("[a](/b)", "file:///home/ines/b.md") == "[a](/b)"


@pytest.mark.parametrize("hostile", ["`" * 100_000, "` `` " * 20_000, "](a " * 25_000])
def test_what_is_hostile_ends(hostile: str):
    """Minutes, where a run of backticks was read again from each of its places."""
    assert absolute(f"](a {hostile} x", URL)
