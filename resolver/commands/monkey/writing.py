"""What a run of ``monkey`` leaves: observations in the store, and report and inspections in its directory."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolver.monkey.blaming import Blame
    from resolver.monkey.running import Run

REPORT, OBSERVATIONS, INSPECTIONS = "report.json", "observations.jsonl", "inspections"


def write_learned(options: argparse.Namespace, folder: Path, run: Run, blame: Blame, report: bytes) -> None:
    """Write everything, and keep the observations in the store unless that is not wanted."""
    import msgspec

    from resolver.commands.heads import tool
    from resolver.monkey.inspections import inspection
    from resolver.monkey.journal import write_whole
    from resolver.monkey.observed import observations

    (folder / INSPECTIONS).mkdir(exist_ok=True)
    memory_bytes = int(options.limit_memory * 1e9)
    for stack in run.plan.stacks:
        found = run.results.get(stack.id)
        if found is not None:
            document = msgspec.json.encode(inspection(run.plan.head, stack, found, memory_bytes))
            path = folder / INSPECTIONS / f"{stack.id}.json"
            path.write_bytes(msgspec.json.format(document, indent=2) + b"\n")
    seen = list(observations(run.plan, run.results, blame, tool()))
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in seen)
    write_whole(folder / OBSERVATIONS, lines)
    write_whole(folder / REPORT, report)
    if not options.no_keep:
        from knowledge.observations.known import keep_observations
        from knowledge.stores.locations import default_location, open_store

        store = open_store(options.store or default_location(os.environ, Path.home()))
        try:
            keep_observations(seen, store)
        finally:
            store.close()
