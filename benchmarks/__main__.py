"""Runs a benchmark by name (`python -m benchmarks NAME [OPTION …]`), all of them without one."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

BENCHMARKS = (
    "bare_code",
    "choosing",
    "evidence",
    "healthy",
    "inspecting",
    "locking",
    "monkey",
    "predictors",
    "probing",
    "performance",
    "projects",
    "rules",
    "scanning",
    "six_targets",
    "source_trace",
    "surfaces",
    "topic_alternatives",
    "topic_impostors",
    "topic_models",
    "topic_scale",
    "topics",
    "verdicts",
    "wheel_choice",
)


def main() -> int:
    sys.path.append(str(Path(__file__).parent.parent / "tests"))  # the loopback index is one of the fakes
    chosen, options = sys.argv[1:2], sys.argv[2:]
    if chosen and chosen[0] not in BENCHMARKS:
        print(f"no benchmark named {chosen[0]}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in chosen or BENCHMARKS:
        import_module(f"benchmarks.{name}").run(options)
    return 0


raise SystemExit(main())
