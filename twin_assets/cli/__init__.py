"""`twin`: the command line, thin over the functions that the assets call."""

from twin_assets.cli.app import app

__all__ = ["app"]
