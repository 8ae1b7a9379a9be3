"""Results as files: `benchmarks/results/NAME.json`, with the machine that each was taken on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def machine() -> dict[str, object]:
    """What figures are taken on, and how busy it is."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def record(name: str, keys: tuple[str, ...], entry: Mapping[str, object]) -> None:
    """Put one entry into a result, under its keys, and keep the others."""
    path = FOLDER / f"{name}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    within = document
    for key in keys[:-1]:
        within = within.setdefault(key, {})
    within[keys[-1]] = dict(entry)
    FOLDER.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
