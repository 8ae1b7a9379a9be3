"""Which modules of a stack matter, and what it means for the stack what came of them."""

from __future__ import annotations

import errno
import signal
from collections.abc import Collection, Iterator

import msgspec

from knowledge.confinement.limits import Ended
from knowledge.observations.record import Failure
from knowledge.probing.blame import Blame, Traced
from knowledge.probing.importing import CODE, SCRIPT, Tried, Tries
from knowledge.probing.installed import Installed
from knowledge.probing.raised import Frame, Raised, crash_trace, written_trace
from knowledge.probing.records import Confinement, ImportedModule, ProbeResult, ProbeTask, Verdict
from knowledge.probing.written_callees import callees

_TRACE_LINES = 12
_NO_NETWORK = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ECONNREFUSED, errno.EADDRNOTAVAIL, -2, -3}
)
"""Of `OSError`, with those of the resolver of names."""
_NO_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Judge:
    """Judges one stack.

    Args:
        task: what it must be able to do.
        installed: what it brought.
    """

    def __init__(self, task: ProbeTask, installed: Installed) -> None:
        self._task, self._installed = task, installed
        self._traced = Traced(installed, SCRIPT, CODE)
        roots = set(task.roots)
        others = (
            name for project in installed.names if project not in roots for name in self._names(project)
        )
        self.demanded = tuple(dict.fromkeys((*self._of_roots(), *task.modules)))
        """What must be importable, in this order."""
        self.others = tuple(name for name in dict.fromkeys(others) if name not in self.demanded)
        """What is imported to tell of it."""

    def _of_roots(self) -> Iterator[str]:
        for project in self._task.roots:
            yield from self._names(project)

    def _names(self, project: str) -> tuple[str, ...]:
        """What a project is imported by; what begins with an underscore only where there is nothing else."""
        names = self._installed.names.get(project, ())
        public = tuple(name for name in names if not name.startswith("_"))
        return public or names

    def result(self, tries: Tries, python: str, build_s: float, refused: Collection[str] = ()) -> ProbeResult:
        """What it means.

        Args:
            tries: what came of the modules and the script.
            python: version of the interpreter; `build_s` how long the environment took.
            refused: what did not hold the builds, each with its reason.
        """
        demanded = self._really_demanded(tries)
        modules = []
        for name in (*self.demanded, *self.others):
            tried = tries.modules.get(name)
            if tried is not None:
                owner = self._installed.of_module(name)
                modules.append(
                    ImportedModule(
                        module=name,
                        project=owner.project if owner else "",
                        wall_s=round(tried.wall_s, 4),
                        is_demanded=name in demanded,
                        failure=self._failure(f"import {name}", tried, tries),
                    )
                )
        verdict, step, worst = self._verdict(tries, demanded)
        failure = None if worst is None else self._failure(step, worst, tries)
        blame: Blame = ()
        if worst is not None and verdict is Verdict.FAILED:
            blame = self._blame(step, worst, tries)
        last = tries.last
        return ProbeResult(
            verdict=verdict,
            failure=failure,
            blame=blame,
            trace=() if worst is None else self._trace(worst, tries),
            modules=tuple(modules),
            confinement=Confinement(
                applied=() if last is None else last.applied,
                refused=(
                    *(() if last is None else last.refused),
                    *(f"builds: {each}" for each in sorted(refused)),
                ),
            ),
            python=python,
            build_s=round(build_s, 3),
            run_s=round(tries.wall_s, 3),
            memory_bytes=tries.memory_bytes,
        )

    def _really_demanded(self, tries: Tries) -> set[str]:
        """Without those of a root that want what nobody installed, while another one of it imports."""
        demanded = set(self.demanded)
        for project in self._task.roots:
            names = self._names(project)
            if any(name in tries.modules and not _has_failed(tries.modules[name]) for name in names):
                demanded -= {
                    name
                    for name in names
                    if name not in self._task.modules and self._wants_absent(tries.modules.get(name))
                }
        return demanded

    def _wants_absent(self, tried: Tried | None) -> bool:
        raised = None if tried is None else tried.raised
        if raised is None:
            return False
        return any(self._traced.is_about_absent(link) for link in raised.chain())

    def _verdict(self, tries: Tries, demanded: set[str]) -> tuple[Verdict, str, Tried | None]:
        """What is known, and the first thing that failed."""
        steps = [(f"import {name}", tries.modules.get(name)) for name in self.demanded if name in demanded]
        if self._task.script:
            steps.append(("script", tries.script))
        for step, tried in steps:
            if tried is None:
                return Verdict.NOT_KNOWN, step, Tried(ended=tries.last)
            if _has_failed(tried):
                known = Verdict.NOT_KNOWN if self._limit(tried) else Verdict.FAILED
                return known, step, tried
        return Verdict.PASSED, "", None

    def _limit(self, tried: Tried) -> str:
        """The limit of ours that made something fail; empty for none."""
        ended, raised = tried.ended, tried.raised
        if ended is not None:
            if ended.limit:
                return "timeout" if ended.limit == "time" else f"{ended.limit}-limit"
            if ended.code is None:
                return "not-started"
            if ended.code == -signal.SIGXCPU:
                return "timeout"
        for link in raised.chain() if raised is not None else ():
            if link.is_kind("MemoryError"):
                return "memory-limit"
            if link.errno in _NO_DISK:
                return "disk-full"
            if link.errno == errno.EAGAIN or "can't start new thread" in link.text:
                return "processes-limit"
            if link.is_kind("OSError") and link.errno in _NO_NETWORK:
                return "no-network"
        return ""

    def _failure(self, step: str, tried: Tried, tries: Tries) -> Failure | None:
        if not _has_failed(tried):
            return None
        limit, raised = self._limit(tried), self._raised(tried, tries)
        if raised is None:
            assert tried.ended is not None
            return Failure(
                step=step,
                error=limit or _ending(tried.ended),
                message=tried.ended.failure[:500] or "it ended without a word",
                where=self._traced.place(crash_trace(_text(tried.ended.told))),
            )
        error = limit or raised.type
        if not limit and self._traced.is_about_absent(raised):
            error = "missing-module"
        message = self._installed.without_site(raised.message)
        return Failure(step=step, error=error, message=message, where=self._traced.where(raised))

    def _raised(self, tried: Tried, tries: Tries) -> Raised | None:
        """What it raised; where it ended with an exit code, what it or a program of its wrote of that."""
        raised = tried.raised
        if raised is not None and raised.is_kind("SystemExit"):
            return self._written(tries.told) or raised
        if (
            raised is None
            and tried.ended is not None
            and not tried.ended.limit
            and (tried.ended.code or 0) > 0
        ):
            return self._written(tried.ended.told)
        return raised

    def _written(self, told: bytes) -> Raised | None:
        raised = written_trace(_text(told))
        if raised is None or not raised.frames:
            return raised
        return msgspec.structs.replace(raised, of=callees(raised.frames[-1], self._installed))

    def _blame(self, step: str, tried: Tried, tries: Tries) -> Blame:
        raised = self._raised(tried, tries)
        if raised is not None:
            return self._traced.blame(raised)
        assert tried.ended is not None
        if found := self._traced.of_frames(crash_trace(_text(tried.ended.told))):
            return found
        owner = self._installed.of_module(step.removeprefix("import "))
        return () if owner is None or step == "script" else (owner,)

    def _trace(self, tried: Tried, tries: Tries) -> tuple[str, ...]:
        raised = tried.raised
        if raised is None or raised.is_kind("SystemExit"):
            told = tries.told if tried.ended is None else tried.ended.told
            return tuple(
                self._installed.without_site(line.rstrip())[:300]
                for line in _text(told).splitlines()[-_TRACE_LINES:]
            )
        lines = []
        own = [frame for frame in raised.frames if not frame.file.startswith("<") and not _is_worker(frame)]
        for frame in own[-_TRACE_LINES // 2 :]:
            place = self._installed.relative(frame.file) or _own_place(frame.file)
            if place == SCRIPT:
                place = self._task.script_name
            lines.append(f"{place}:{frame.line} in {frame.function}"[:300])
        return (*lines, f"{raised.type}: {self._installed.without_site(raised.message)}"[:300])


def _has_failed(tried: Tried) -> bool:
    return tried.raised is not None or tried.ended is not None


def _is_worker(frame: Frame) -> bool:
    return frame.file.endswith("/run/worker.py")


def _own_place(file: str) -> str:
    """A file of the user, from where the code begins."""
    _, mark, inside = file.partition(f"/run/{CODE}/")
    return inside if mark else file.rpartition("/")[2]


def _ending(ended: Ended) -> str:
    code = ended.code or 0
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return "exited"


def _text(told: bytes) -> str:
    return told.decode("utf-8", "replace")
