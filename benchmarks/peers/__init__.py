"""What people use today, each in a script of its own, run by the peers' environment."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
DIRECTORY = PROJECT / "benchmarks" / ".venv-peers"  # `python -m benchmarks --peers DIR` sets it


class NoPeers(RuntimeError):
    """The peers' environment is not there; the message says how to make it."""


def interpreter() -> Path:
    """The Python that has the peers installed; `NoPeers` where there is none."""
    python = DIRECTORY / "bin" / "python"
    if not python.exists():
        raise NoPeers(f"no peers in {DIRECTORY}: make them with `make bench-setup`")
    return python
