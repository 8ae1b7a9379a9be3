"""Measures candidates in turns (A B A B …), each turn a process of its own, until their figures agree."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from analyzers.reports import Unknown
from analyzers.undecodable import UNDECODABLE
from knowledge.confinement.limits import Ended, Limits
from knowledge.confinement.running import PLACE
from knowledge.measuring.amun import cost
from knowledge.measuring.benchmarks import Benchmark
from knowledge.measuring.processes import environment, run
from knowledge.measuring.report import Figure
from knowledge.measuring.venvs import Venv
from knowledge.observations.record import Measurement

STEADY = 1.5
"""So far the largest of the figures that count may lie above the least."""
_MOST_ROUNDS = 3
"""So many times the wanted number of processes are tried at most."""
_WORKER = Path(__file__).with_name("worker.py")
_LEAST_S = 0.01
_MOST_REPETITIONS = 25
_REPEATED_S = 0.3


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How to measure.

    Attributes:
        processes: whose figures must agree.
        threads: that libraries are told to use.
        most_load: load of the machine (average of a minute) above which nothing is measured.
        patience_s: how long to wait, in all, for it to fall.
    """

    processes: int = 5
    threads: int = 1
    most_load: float
    patience_s: float = 120.0
    limits: Limits = Limits()


class Sample(msgspec.Struct, frozen=True):
    """What one process gave."""

    value: float
    unit: str
    load: float
    library: str | None = None
    architecture: str | None = None


class Told(msgspec.Struct):
    """What a worker writes."""

    figures: list[float]
    library: str | None = None
    architecture: str | None = None


class BusyError(Exception):
    """The machine has been busy for longer than the patience lasts; `load` says how much."""

    def __init__(self, load: float) -> None:
        super().__init__(f"the machine is busy: load {load:.1f}")
        self.load = load


class Session:
    """Takes figures that can be held against each other.

    Args:
        name: of the session.
        settings: how to measure.
        folder: in which processes run; nothing of the user's is in it.
        environ: of the user, of which they see next to nothing.
        progress: is told what is measured.
        load: of the machine; the average of a minute.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        folder: Path,
        environ: Mapping[str, str],
        progress: Callable[[str], None],
        load: Callable[[], float] = lambda: os.getloadavg()[0],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name, self._settings, self._folder = name, settings, folder
        self._environ = environment(environ, settings.threads)
        self._progress, self._load, self._sleep = progress, load, sleep
        self._patience_s = settings.patience_s
        self.unknowns: list[Unknown] = []

    def figures(self, benchmark: Benchmark, venvs: Sequence[Venv]) -> list[Figure]:
        """The figures of every candidate that has one; why others have none is among `unknowns`."""
        samples: dict[Venv, list[Sample]] = {venv: [] for venv in venvs}
        busy = None
        for number in range(self._settings.processes * _MOST_ROUNDS):
            wanted = [venv for venv, found in samples.items()]
            if not wanted or all(self._is_steady(found) for found in samples.values()):
                break
            try:
                for venv in wanted if number % 2 == 0 else reversed(wanted):
                    self._progress(f"{benchmark.id}, {venv.candidate}, round {number + 1}")
                    sample = self._sample(benchmark, venv)
                    if sample is None:
                        del samples[venv]
                    else:
                        samples[venv].append(sample)
            except BusyError as error:
                busy = error
                break
        found = []
        for venv, taken in samples.items():
            if self._is_steady(taken):
                found.append(self._figure(benchmark, venv, self._counting(taken)))
            elif busy is not None:
                self._reject(benchmark, venv, f"{busy} stays above {self._settings.most_load:g}")
            else:
                values = [sample.value for sample in self._counting(taken)]
                spread = max(values) / min(values)
                self._reject(
                    benchmark,
                    venv,
                    f"too noisy: the best {len(values)} of {len(taken)} runs differ by {spread:.2f} times",
                )
        return found

    def _counting(self, samples: Sequence[Sample]) -> list[Sample]:
        """Those that were disturbed the least: whatever else runs only ever adds to a time."""
        return sorted(samples, key=lambda sample: sample.value)[: self._settings.processes]

    def _is_steady(self, samples: Sequence[Sample]) -> bool:
        values = [sample.value for sample in self._counting(samples)]
        return len(values) == self._settings.processes and max(values) <= STEADY * min(values)

    def _sample(self, benchmark: Benchmark, venv: Venv) -> Sample | None:
        load = self._quiet()
        command, job = [str(venv.python), "-I"], b""
        if benchmark.script:
            name, content = "script.py", benchmark.script.encode()
        else:
            name, content = "worker.py", _WORKER.read_bytes()
            job = msgspec.json.encode(
                {
                    "setup": benchmark.setup,
                    "statement": benchmark.statement,
                    "least_s": _LEAST_S,
                    "most": _MOST_REPETITIONS,
                    "for_s": _REPEATED_S,
                }
            )
        command.append(f"{PLACE}/{name}")
        ended = run(command, job, self._environ, self._folder, self._settings.limits, {name: content})
        failure = ended.failure
        if not failure:
            try:
                return _read(benchmark, ended, load)
            except ValueError as error:
                failure = str(error)
        self._reject(benchmark, venv, failure)
        return None

    def _quiet(self) -> float:
        """The load, once it is low enough."""
        while (load := self._load()) > self._settings.most_load:
            if self._patience_s <= 0:
                raise BusyError(load)
            self._progress(f"waiting: load {load:.1f}")
            self._sleep(1.0)
            self._patience_s -= 1.0
        return load

    def _reject(self, benchmark: Benchmark, venv: Venv, reason: str) -> None:
        self.unknowns.append(Unknown(what=benchmark.id, where=str(venv.candidate), reason=reason))

    def _figure(self, benchmark: Benchmark, venv: Venv, samples: Sequence[Sample]) -> Figure:
        values = [sample.value for sample in samples]
        return Figure(
            subject=venv.installed,
            value=_rounded(statistics.median(values)),
            unit=samples[0].unit,
            measurement=Measurement(
                benchmark=benchmark.id,
                stands_for=benchmark.stands_for,
                size=benchmark.size,
                session=self._name,
                processes=len(values),
                minimum=_rounded(min(values)),
                spread=round(max(values) / min(values), 2),
                load=round(max(sample.load for sample in samples), 1),
                threads=self._settings.threads,
                kernel_library=samples[0].library,
                kernel_architecture=samples[0].architecture,
            ),
        )


def _read(benchmark: Benchmark, ended: Ended, load: float) -> Sample:
    if benchmark.script:
        return Sample(*cost(ended.output, ended.wall_s), load)
    try:
        told = msgspec.json.decode(ended.output, type=Told)
    except UNDECODABLE:
        raise ValueError("it ended before it was measured") from None
    if not told.figures or not min(told.figures) > 0:
        raise ValueError("it gave no figures")
    return Sample(min(told.figures), "s", load, told.library, told.architecture)


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
