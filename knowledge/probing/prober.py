"""Probes stacks on this machine: builds each, imports and runs it confined, says what failed and by whom."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from knowledge.confinement.limits import Limits
from knowledge.confinement.running import Surroundings
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.observations.record import Failure
from knowledge.probing.environments import Environment, Environments
from knowledge.probing.errors import NotBuiltError, ProbingError
from knowledge.probing.importing import Importing
from knowledge.probing.installed import Installed
from knowledge.probing.interpreters import Interpreter
from knowledge.probing.judging import Judge
from knowledge.probing.records import ProbeResult, ProbeTask, Verdict
from knowledge.probing.sdist_builds import SdistWheels

INSTALL_LIMIT_S = 900.0
_OUTPUT_BYTES = 16 << 20


class LocalProber:
    """Implements `knowledge.probing.records.Prober`; several processes may use one folder at once.

    Args:
        folder: where environments are made, and removed again; wheels that were built stay.
        interpreter: that probes.
        index: how the index is reached.
        environ: of the user.
        limits: of the imports and the script together.
        allow_builds: whether source distributions may be built, which runs their code, confined.
        build_limits: of one build.
    """

    def __init__(
        self,
        folder: Path,
        interpreter: Interpreter,
        index: IndexConfiguration,
        environ: Mapping[str, str],
        limits: Limits | None = None,
        *,
        allow_builds: bool = False,
        build_limits: Limits | None = None,
    ) -> None:
        self._folder, self._interpreter = folder, interpreter
        limits = limits or Limits()
        self._limits = msgspec.structs.replace(limits, output_bytes=_OUTPUT_BYTES)
        self._builds = (
            SdistWheels(folder, interpreter, index, environ, build_limits) if allow_builds else None
        )
        self._environments = Environments(folder, interpreter, index, environ, self._builds, INSTALL_LIMIT_S)

    def probe(self, task: ProbeTask) -> ProbeResult:
        """What came of it; a failure of whatever kind is in the result, never raised."""
        began = time.monotonic()
        environment: Environment | None = None
        try:
            environment = self._environments.made(task.pins)
            build_s = time.monotonic() - began
            return self._tried(task, environment, build_s)
        except NotBuiltError as error:
            return ProbeResult(
                verdict=Verdict.FAILED if error.is_known else Verdict.NOT_KNOWN,
                failure=error.failure,
                blame=() if error.release is None or not error.is_known else (error.release,),
                trace=error.trace,
                python=self._interpreter.version,
                build_s=time.monotonic() - began,
            )
        except (ProbingError, OSError) as error:
            return ProbeResult(
                verdict=Verdict.NOT_KNOWN,
                failure=Failure(step="build", error=type(error).__name__, message=str(error)[:500]),
                python=self._interpreter.version,
                build_s=time.monotonic() - began,
            )
        finally:
            if environment is not None:
                with contextlib.suppress(OSError):
                    self._environments.remove(environment.place)

    def _tried(self, task: ProbeTask, environment: Environment, build_s: float) -> ProbeResult:
        surroundings = Surroundings(
            folder=self._folder,
            readable=environment.readable,
            root=self._interpreter.root,
            binds=environment.binds,
        )
        installed = Installed(environment.site_packages, environment.seen_site, task.pins)
        judge = Judge(task, installed)
        tries = Importing(environment, surroundings, self._limits, task.code).tried(
            judge.demanded, task.script, judge.others
        )
        refused = () if self._builds is None else self._builds.refused
        return judge.result(tries, self._interpreter.version, build_s, refused)
