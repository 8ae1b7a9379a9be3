"""Instances that were frozen from an index: names, versions, who asks for what, and scores."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from resolver.landscapes.instance import Instance

FILE = Path(__file__).with_name("frozen.json.gz")


def frozen(path: Path = FILE) -> list[Instance]:
    """What a file holds."""
    found: list[Instance] = msgspec.convert(json.loads(gzip.decompress(path.read_bytes())), list[Instance])
    return found


def freeze(instances: Iterable[Instance], path: Path = FILE) -> None:
    """Write instances; the same ones give the same bytes."""
    # The json module takes masks of any width, and msgspec those of 64 bits.
    text = json.dumps(msgspec.to_builtins(list(instances)), separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
