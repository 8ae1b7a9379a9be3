"""Lockers side by side in one run, in turns: time, memory, requests, and whether the pins are uv's.

Cold means an empty cache or store; warm means filled by the run before. No lockfile is ever there to start
from. On the loopback index every peer gets the same recorded answers and the server counts its requests.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.commands import Run, figures, timed
from benchmarks.indexes import Index, configured_url, opened
from benchmarks.lockers import PEERS
from benchmarks.peers import Peer, Pins, Task
from benchmarks.results import machine, record
from benchmarks.tables import show
from benchmarks.workloads import EVERYONE, WORKLOADS, Workload

_MOST_RECORDING_RUNS = 30


@dataclass(slots=True)
class _Entrant:
    """A peer in one workload, and what was seen of it."""

    peer: Peer
    task: Task
    pins: Pins = frozenset()
    refusal: str | None = None
    stated: object = None
    told: str | None = None
    runs: dict[str, list[Run]] = field(default_factory=lambda: {"cold": [], "warm": []})
    requests: dict[str, list[dict[str, int]]] = field(default_factory=lambda: {"cold": [], "warm": []})


def run(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    upstream = options.index_url or configured_url()
    for name in options.workload or WORKLOADS:
        for mode in options.mode or ("direct", "loopback"):
            with (
                tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
                opened(mode, upstream, options.cache, options.delay_ms / 1000) as index,
            ):
                result = _measured(WORKLOADS[name], index, Path(folder), options)
            record("locking", ("workloads", name, mode), result)
            show(f"{name}, {mode}: {' '.join(WORKLOADS[name].requirements)}", result)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stackwright-benchmarks"
    parser = argparse.ArgumentParser(prog="python -m benchmarks locking", description=__doc__)
    parser.add_argument("--workload", action="append", choices=WORKLOADS, help="default: all")
    parser.add_argument("--peers", type=lambda text: text.split(","), help=f"of {','.join(EVERYONE)}")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each kind (default: 5)")
    parser.add_argument("--mode", action="append", choices=("direct", "loopback"), help="default: both")
    parser.add_argument("--limit-s", type=float, default=60.0, help="for one run of a peer (default: 60)")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="before each loopback answer")
    parser.add_argument("--exclude-newer", metavar="DATE", help="for peers that can leave out later uploads")
    parser.add_argument("--index-url", help="default: what pip or uv are configured to use")
    parser.add_argument("--cache", type=Path, default=cache, help="for peers and recordings")
    options = parser.parse_args(arguments)
    unknown = set(options.peers or ()) - set(EVERYONE)
    if unknown:
        parser.error(f"no peer named {', '.join(sorted(unknown))}")
    return options


def _measured(
    workload: Workload, index: Index, folder: Path, options: argparse.Namespace
) -> dict[str, object]:
    entrants = []
    for peer in PEERS:
        if peer.name in (options.peers or workload.peers):
            task = _prepared(peer, workload, index, folder, options)
            entrants.append(_Entrant(peer, task))
    for entrant in entrants:
        _prime(entrant, workload, index, options.limit_s)
    running = [one for one in entrants if one.refusal is None]
    started = machine()
    for temperature in ("cold", "warm"):
        for _ in range(options.runs):
            for entrant in running:
                _measure(entrant, temperature, index, options.limit_s)
    uv = next((one.pins for one in entrants if one.peer.name == "uv"), frozenset())
    return {
        "requirements": workload.requirements,
        "machine": started,
        "delay_ms": options.delay_ms,
        "exclude_newer": options.exclude_newer,
        "peers": {one.peer.name: _summary(one, uv) for one in entrants},
    }


def _prepared(
    peer: Peer, workload: Workload, index: Index, folder: Path, options: argparse.Namespace
) -> Task:
    task = Task(
        folder=folder / peer.name,
        program=peer.installed(options.cache),
        requirements=workload.requirements,
        index_url=index.url,
        exclude_newer=options.exclude_newer,
    )
    task.folder.mkdir()
    for name, text in peer.inputs(task).items():
        (task.folder / name).write_text(text, encoding="utf-8")
    if peer.setup is not None:
        command = [task.program, *peer.setup(task)]
        timed(command, peer.environ(task), task.folder, options.limit_s)
    return task


def _prime(entrant: _Entrant, workload: Workload, index: Index, limit_s: float) -> None:
    """One cold run that does not count. While it is the recording that takes time, it is repeated."""
    for _ in range(_MOST_RECORDING_RUNS):
        recorded = index.upstream_requests()
        done = _run(entrant, "cold", limit_s)
        if done.exit_code is not None or index.upstream_requests() == recorded:
            break
    if entrant.peer.statement is not None and done.exit_code is not None:
        entrant.stated = _stated(entrant, limit_s)
    index.requests()
    told = _neutral((done.log or done.output).strip(), entrant.task)
    if done.exit_code is None:
        entrant.refusal = f"ended after {limit_s:g} s"
    elif done.exit_code != (0 if workload.solvable else 1):
        entrant.refusal = f"exit code {done.exit_code}: {told[-400:]}"
    elif not workload.solvable:
        entrant.told = told[:2000]
    else:
        answer = entrant.peer.lockfile and (entrant.task.folder / entrant.peer.lockfile).read_text()
        entrant.pins = entrant.peer.read(answer or done.output)


def _neutral(text: str, task: Task) -> str:
    """A log without the places of this machine and without hosts."""
    for place in (str(task.folder), sys.prefix, str(Path.home())):
        text = text.replace(place, "…")
    text = re.sub(r"(https?://)[^/\s'\"]+", r"\1index.example", text)
    return text.replace(urlsplit(task.index_url).netloc, "index.example")


def _stated(entrant: _Entrant, limit_s: float) -> object:
    """The statistics that a peer gives of a cold run."""
    assert entrant.peer.statement is not None
    command = [entrant.task.program, *entrant.peer.statement(entrant.task)]
    try:
        return json.loads(_run(entrant, "cold", limit_s, command).output).get("statistics")
    except ValueError:
        return None


def _run(entrant: _Entrant, temperature: str, limit_s: float, command: list[str] | None = None) -> Run:
    peer, task = entrant.peer, entrant.task
    if temperature == "cold":
        shutil.rmtree(task.cache, ignore_errors=True)
    task.cache.mkdir(exist_ok=True)
    if peer.lockfile:
        (task.folder / peer.lockfile).unlink(missing_ok=True)
    return timed(command or peer.command_line(task), peer.environ(task), task.folder, limit_s)


def _measure(entrant: _Entrant, temperature: str, index: Index, limit_s: float) -> None:
    done = _run(entrant, temperature, limit_s)
    asked = index.requests()
    if done.exit_code is None:
        entrant.refusal = f"ended after {limit_s:g} s in a later run"
        return
    entrant.runs[temperature].append(done)
    if asked is not None:
        entrant.requests[temperature].append(asked)


def _summary(entrant: _Entrant, uv: Pins) -> dict[str, object]:
    peer, pins = entrant.peer, entrant.pins
    summary: dict[str, object] = {"version": peer.version, "universal": peer.universal}
    if entrant.refusal is not None:
        summary["failed"] = entrant.refusal
    if pins:
        summary["pins"] = len(pins)
        summary["pins_equal_to_uv"] = pins == uv
        if pins != uv and uv:
            summary["only_here"] = sorted("==".join(pin) for pin in pins - uv)
            summary["only_uv"] = sorted("==".join(pin) for pin in uv - pins)
    if entrant.told is not None:
        summary["told"] = entrant.told
    if entrant.stated is not None:
        summary["stated"] = entrant.stated
    for temperature, runs in entrant.runs.items():
        if runs:
            asked = entrant.requests[temperature]
            summary[temperature] = {**asdict(figures(runs)), "requests": _medians(asked) if asked else None}
    return summary


def _medians(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    kinds = dict.fromkeys(kind for count in counts for kind in count)
    return {kind: round(statistics.median(count.get(kind, 0) for count in counts)) for kind in kinds}
