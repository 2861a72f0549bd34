"""Content hashes: the same inputs give the same name on every machine and in every version.

SHA-256 over canonical JSON (RFC 8785 in spirit: sorted keys, no spaces), never Python's or polars'
own hash, which change between processes and releases.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

LENGTH = 20  # 80 bits: a collision among a million rows has odds of one in 10^12


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form to fingerprint")


def fingerprint(*parts: Any) -> str:
    """Hex digest of `LENGTH` characters over JSON-like parts, pydantic models, dates and paths."""
    text = json.dumps(
        parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def text_hash(text: str) -> str:
    """Hex digest of `LENGTH` characters over one text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def rows_hash(rows: Iterable[Iterable[Any]]) -> str:
    """One digest over rows in their order, for a table's data version."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(fingerprint(*row).encode())
    return digest.hexdigest()[:LENGTH]


def file_hash(path: Path) -> str:
    """Full SHA-256 hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
