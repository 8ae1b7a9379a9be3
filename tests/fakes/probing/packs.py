"""Packs whose lines are anything, with the digest that such lines have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import zstandard

HEAD = {
    "pack": "stackwright-pack/1",
    "schema_version": "1.0",
    "tool": {"name": "stackwright", "version": "1"},
    "verdicts": 0,
}


def write_pack(
    path: Path, lines: Iterable[Mapping[str, Any] | bytes], head: Mapping[str, Any] | None = None
) -> str:
    """Write a pack whose foot is right; returns its digest.

    Args:
        path: of the file.
        lines: of its records.
        head: what differs from the usual one.
    """
    body = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    first = {**HEAD, "observations": len(body), **(head or {})}
    text = b"".join(line + b"\n" for line in [json.dumps(first).encode(), *body])
    digest = f"sha256:{hashlib.sha256(text).hexdigest()}"
    write_lines(path, text + b'{"digest":"' + digest.encode() + b'"}\n')
    return digest


def write_lines(path: Path, text: bytes) -> None:
    """Write any text as a pack is compressed."""
    path.write_bytes(zstandard.ZstdCompressor().compress(text))
