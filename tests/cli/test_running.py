"""What `twin run` says at its end."""

import pytest

from definitions import defs
from twin_assets.cli.running import SERVED, _done, run
from twin_assets.runner import Outcome, Step
from twin_core.authors import Author


def test_a_run_that_served_nothing_does_not_say_ask_it(
    author: Author, capfd: pytest.CaptureFixture[str]
):
    assert run("ines", ["raw_articles"])
    told = capfd.readouterr().out
    assert "done in" in told and "Ask it" not in told


def test_a_run_that_served_the_twin_says_how_to_ask_it():
    """Without the run itself, which trains: `tests/lineage` has that."""
    names = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert SERVED in names
    outcome = Outcome("id", True, [Step("promoted_twin"), Step(SERVED)], {})
    assert 'twin ask ines "…"' in _done("ines", outcome, 3.0)
