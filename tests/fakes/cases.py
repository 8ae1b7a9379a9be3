"""Where the collected cases are: `STACKWRIGHT_CASES`, else beside the checkout; strangers have neither."""

from __future__ import annotations

import os
from pathlib import Path

_BESIDE = Path(__file__).parents[3] / "shared" / "data"


def case_files(folder: str, pattern: str) -> list[Path]:
    """The files below one folder of the cases, sorted; empty where there are none."""
    root = Path(os.environ.get("STACKWRIGHT_CASES") or _BESIDE) / folder
    return sorted(root.rglob(pattern))
