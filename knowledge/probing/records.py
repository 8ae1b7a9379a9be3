"""What is to be probed, and what came of it."""

from __future__ import annotations

import enum
import hashlib
from typing import Protocol

import msgspec

from analyzers.digests import sha256_of
from knowledge.observations.record import Failure, ReleaseIdentity


class PinnedFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, order=True):
    """One release of a stack, as the one file that is installed.

    Attributes:
        project: normalised name; `version` is canonical.
        filename: of a wheel or a source distribution.
        url: where it lies; an address or a local path. Never with credentials.
        sha256: of its content, in hexadecimal; None where the index gives none.
    """

    project: str
    version: str
    filename: str
    url: str
    sha256: str | None = None

    @property
    def release(self) -> ReleaseIdentity:
        """Its name and version."""
        return ReleaseIdentity(project=self.project, version=self.version)


class OwnCode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The user's code, which a script may import.

    Attributes:
        files: relative path, with ``/``, and content.
        directories: relative ones that modules are found in, in this order; empty for where the files begin.
    """

    files: tuple[tuple[str, bytes], ...] = ()
    directories: tuple[str, ...] = ("",)

    @property
    def digest(self) -> str:
        """Of all that there is, in hexadecimal."""
        told = hashlib.sha256(repr(self.directories).encode())
        for path, content in self.files:
            told.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        return told.hexdigest()


class ProbeTask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A complete stack, and what it must be able to do.

    Attributes:
        pins: everything that is installed, sorted.
        roots: projects whose import roots must be importable: what the user asked for. What fails in a root
            of another project is told, and is no failure of the stack.
        modules: further modules that must be importable, such as those that the user's code imports.
        script: Python that must end well, after the imports; empty for none.
        script_name: as messages call it.
        code: of the user, that the script finds; None where it is not at hand.
    """

    pins: tuple[PinnedFile, ...]
    roots: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    script: str = ""
    script_name: str = "script"
    code: OwnCode | None = None

    @property
    def script_digest(self) -> str | None:
        """``sha256:…``, as observations state it, of the script and of what it may import of the user's.

        None without a script.
        """
        if not self.script:
            return None
        code = b"" if self.code is None else f"\0{self.code.digest}".encode()
        return sha256_of(self.script.encode() + code)


class Verdict(enum.StrEnum):
    """What a probe showed of a stack."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_KNOWN = "not-known"
    """It could not be built or run for a reason that says nothing of the stack, such as a full disk."""


class ImportedModule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One import that was tried.

    Attributes:
        project: whose module it is; empty where no release of the stack has it.
        wall_s: how long it took, with everything that it imported first.
        failure: None where it went well.
    """

    module: str
    project: str = ""
    wall_s: float = 0.0
    is_demanded: bool = True
    failure: Failure | None = None


class Confinement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What held the processes of a probe.

    Attributes:
        applied: such as ``uid``, ``pids``, ``network``, ``mounts``, ``memory``, ``processes``, ``time``.
        refused: what this machine does not allow, each with its reason.
    """

    applied: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a task.

    Attributes:
        failure: of the first thing that failed; also why nothing is known.
        blame: the releases that it was traced to; see `knowledge.observations.record.Observation.blame`.
        trace: the last lines of what was written about it.
        modules: every import that was tried.
        python: version of the interpreter that ran it, such as ``3.11.7``.
        build_s: seconds that the environment took; `run_s` those of the imports and the script.
        memory_bytes: the most that one process held; None where that is not known.
    """

    verdict: Verdict
    failure: Failure | None = None
    blame: tuple[ReleaseIdentity, ...] = ()
    trace: tuple[str, ...] = ()
    modules: tuple[ImportedModule, ...] = ()
    confinement: Confinement = Confinement()
    python: str = ""
    build_s: float = 0.0
    run_s: float = 0.0
    memory_bytes: int | None = None


class Prober(Protocol):
    """Builds and runs stacks, one at a time."""

    def probe(self, task: ProbeTask) -> ProbeResult:
        """What came of it; a failure of whatever kind is in the result, never raised."""
