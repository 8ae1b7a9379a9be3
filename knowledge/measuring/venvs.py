"""Virtual environments of candidate releases, by uv where it is there, else by pip; from the user's index."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from knowledge.errors import MeasuringError
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.indexes.filenames import normalized
from knowledge.installers import installer_environment, uv_program
from knowledge.observations.record import ReleaseIdentity

_LIMIT_S = 900.0


class Venv(msgspec.Struct, frozen=True, kw_only=True):
    """An environment with one candidate.

    Attributes:
        installed: the candidate first, then what it needs, sorted.
    """

    candidate: ReleaseIdentity
    python: Path
    installed: tuple[ReleaseIdentity, ...]


class Venvs:
    """Makes them below one directory.

    Args:
        folder: an empty one.
        python: interpreter that they get.
        index: where releases come from.
        environ: of the user, of which the installers see a little.
        beside: requirements that every environment has as well.
    """

    def __init__(
        self,
        folder: Path,
        python: Path,
        index: IndexConfiguration,
        environ: Mapping[str, str],
        beside: Sequence[str] = (),
    ) -> None:
        self._beside = beside
        self._folder, self._python, self._index, self._environ = folder, python, index, environ
        self._uv = uv_program(environ)

    def make(self, candidate: ReleaseIdentity) -> Venv:
        """The environment of one release, from wheels alone: a build would measure this machine's compiler.

        Raises:
            MeasuringError: it cannot be installed.
        """
        place = self._folder / f"{candidate.project}-{candidate.version}"
        python = place / "bin" / "python"
        if self._uv is None:
            self._call(candidate, [str(self._python), "-m", "venv", str(place)])
            install = [str(python), "-I", "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
        else:
            self._call(
                candidate,
                [self._uv, "venv", "--quiet", "--no-config", "--python", str(self._python), str(place)],
            )
            install = [self._uv, "pip", "install", "--quiet", "--no-config", "--only-binary", ":all:"]
            install += ["--python", str(python)]
        if self._index.no_index:
            install.append("--no-index")
        for link in self._index.find_links:
            install += ["--find-links", link]
        self._call(candidate, [*install, str(candidate), *self._beside])
        # What measures may not write here: without this every one of its imports would compile again.
        compiling = [str(self._python), "-I", "-S", "-m", "compileall", "-q", "-j", "0", str(place / "lib")]
        self._call(candidate, compiling, is_needed=False)
        return Venv(candidate=candidate, python=python, installed=_installed(place, candidate))

    def _call(self, candidate: ReleaseIdentity, command: Sequence[str], *, is_needed: bool = True) -> None:
        try:
            ended = subprocess.run(
                command,
                cwd=self._folder,
                env=installer_environment(self._environ, self._index),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LIMIT_S,
                check=False,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MeasuringError(str(candidate), f"its environment cannot be made: {error}") from None
        if ended.returncode and is_needed:  # some files are meant for another Python
            reason = _reason(ended.stderr) or f"exit code {ended.returncode}"
            raise MeasuringError(str(candidate), f"it cannot be installed: {reason}")


def _reason(told: bytes) -> str:
    """Why an installer failed, in the words that tell the cause; else its last."""
    from analyzers.buildlogs import failures

    found = failures(told)
    if found:
        return found[0].message
    lines = told.decode("utf-8", "replace").strip().splitlines()
    return " ".join(line.strip() for line in lines[-3:])[:300]


def _installed(place: Path, candidate: ReleaseIdentity) -> tuple[ReleaseIdentity, ...]:
    found = set()
    for path in place.glob("lib*/python*/site-packages/*.dist-info"):
        name, _, version = path.name.removesuffix(".dist-info").partition("-")
        found.add(ReleaseIdentity(project=normalized(name), version=version))
    others = {one for one in found if one.project not in (candidate.project, "pip", "setuptools", "wheel")}
    return (candidate, *sorted(others))
