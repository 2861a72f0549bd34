"""What `twin run` says at its end."""

import subprocess
import sys

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


def test_a_disk_that_takes_no_more_is_said_to_be_that(author: Author):
    """A limit on the size of files stands for the disk that is full: Dagster's records go first.
    Python would keep the half of a module's byte code that the limit leaves."""
    command = (
        "ulimit -f 20; export PYTHONDONTWRITEBYTECODE=1; "
        f"exec {sys.executable} -m twin_assets.cli run ines --select raw_articles"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=300)
    told = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1, told
    assert "could not be written" in told and "free disk space" in told
    assert "Traceback" not in told


def test_a_run_that_served_the_twin_says_how_to_ask_it():
    """Without the run itself, which trains: `tests/lineage` has that."""
    names = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert SERVED in names
    outcome = Outcome("id", True, [Step("promoted_twin"), Step(SERVED)], {})
    assert 'twin ask ines "…"' in _done("ines", outcome, 3.0)
