"""Unpacks exact wheels into a directory of packages, by uv or by pip; nothing of what they hold is run.

uv fetches each wheel once and links its files into every environment; for pip a directory of wheels is kept.
Several processes may use one folder at once.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from knowledge.observations.record import Failure
from knowledge.probing.errors import NotBuiltError, ProbingError
from knowledge.probing.interpreters import Interpreter
from knowledge.probing.records import PinnedFile

_TRACE_LINES = 12
_NO_SPACE = ("No space left on device", "os error 28", "Disk quota exceeded")
_PLATFORM = re.compile(r"([a-z0-9_]+)-manylinux_2_(\d{1,3})\b")
_OLDEST_GLIBC = 5
"""The oldest minor version of glibc 2 that wheels are tagged with."""
_OLD_NAMES = ("manylinux2014", "manylinux2010", "manylinux1", "linux")


class Installs(Protocol):
    """Installs the wheels of one stack."""

    def install(self, wheels: Sequence[PinnedFile], python: Path, site: Path, work: Path) -> None:
        """Install them.

        Args:
            wheels: with their hashes, where those are known.
            python: interpreter of the environment that gets them, in which nothing is installed yet.
            site: its directory of packages.
            work: a directory for what is written on the way.

        Raises:
            NotBuiltError: one cannot be had or does not fit.
        """


class UvInstalls:
    """By uv.

    Args:
        uv: path of the program.
        interpreter: what the stack is for.
        environ: all that the program sees.
        limit_s: for one stack.
    """

    def __init__(self, uv: str, interpreter: Interpreter, environ: Mapping[str, str], limit_s: float) -> None:
        self._uv, self._interpreter, self._limit_s = uv, interpreter, limit_s
        self._environ = environ

    def install(self, wheels: Sequence[PinnedFile], python: Path, site: Path, work: Path) -> None:
        """See `Installs.install`."""
        command = [self._uv, "pip", "install", "--quiet", "--no-config", "--no-deps", "--no-build"]
        command += ["-r", str(_requirements(wheels, work))]
        if all(wheel.sha256 for wheel in wheels):
            command.append("--require-hashes")
        interpreter = self._interpreter
        if interpreter.root is None:
            _called([*command, "--python", str(python)], work, self._environ, self._limit_s)
            return
        command += ["--target", str(site), "--python-version", interpreter.version]
        name, _, version = interpreter.libc.partition(" ")
        if name != "glibc":
            platform = f"{interpreter.machine}-unknown-linux-{_named(interpreter)}"
            _called([*command, "--python-platform", platform], work, self._environ, self._limit_s)
            return
        platform = f"{interpreter.machine}-manylinux_{version.replace('.', '_')}"
        try:
            _called([*command, "--python-platform", platform], work, self._environ, self._limit_s)
        except NotBuiltError as error:
            told = " ".join(error.trace)
            known = {int(minor) for arch, minor in _PLATFORM.findall(told) if arch == interpreter.machine}
            fitting = [minor for minor in known if minor < int(version.split(".")[1])]
            if "--python-platform" not in told or not fitting:
                raise
            platform = f"{interpreter.machine}-manylinux_2_{max(fitting)}"
            _called([*command, "--python-platform", platform], work, self._environ, self._limit_s)


class PipInstalls:
    """By pip, of an environment of its own that is made once.

    Args:
        folder: where that environment and the wheels are kept.
        interpreter: what the stack is for.
        environ: all that the program sees.
        limit_s: for one stack.
    """

    def __init__(
        self, folder: Path, interpreter: Interpreter, environ: Mapping[str, str], limit_s: float
    ) -> None:
        self._folder, self._interpreter, self._limit_s = folder, interpreter, limit_s
        self._environ = environ

    def install(self, wheels: Sequence[PinnedFile], python: Path, site: Path, work: Path) -> None:
        """See `Installs.install`."""
        pip = [str(self._tools(work)), "-I", "-m", "pip", "--quiet"]
        kept = [self._kept(wheel) for wheel in wheels]
        missing = [wheel for wheel, path in zip(wheels, kept, strict=True) if path and not path.exists()]
        fitting = self._fitting()
        if missing:
            self._fetch(pip, missing, fitting, work)
        local = [
            msgspec.structs.replace(wheel, url=str(path)) if path else wheel
            for wheel, path in zip(wheels, kept, strict=True)
        ]
        options = ["install", "--no-deps", "--only-binary", ":all:", "--no-compile"]
        options += ["-r", str(_requirements(local, work))]
        if self._interpreter.root is None:
            _called([*pip, "--python", str(python), *options], work, self._environ, self._limit_s)
        else:
            _called([*pip, *options, "--target", str(site), *fitting], work, self._environ, self._limit_s)

    def _tools(self, work: Path) -> Path:
        """The interpreter that has pip."""
        tools = self._folder / "tools"
        python = tools / "bin" / "python"
        if not python.exists():
            made = work / "tools"
            _called([sys.executable, "-m", "venv", str(made)], work, self._environ, self._limit_s)
            try:
                made.rename(tools)
            except OSError:  # another process has just made it
                if not python.exists():
                    raise
        return python

    def _kept(self, wheel: PinnedFile) -> Path | None:
        """Where a wheel of an index is kept; None for one that lies here, or whose hash is unknown."""
        if wheel.sha256 is None or not wheel.url.startswith(("http://", "https://")):
            return None
        return self._folder / "downloads" / wheel.sha256 / wheel.filename

    def _fetch(
        self, pip: Sequence[str], wheels: Sequence[PinnedFile], fitting: Sequence[str], work: Path
    ) -> None:
        with tempfile.TemporaryDirectory(dir=work) as place:
            options = ["download", "--no-deps", "--only-binary", ":all:", "--dest", place]
            requirements = str(_requirements(wheels, work))
            command = [*pip, *options, "-r", requirements, *fitting]
            _called(command, work, self._environ, self._limit_s)
            for wheel in wheels:
                kept = self._kept(wheel)
                fetched = Path(place, wheel.filename)
                if kept is None or not fetched.exists():
                    continue
                kept.parent.mkdir(parents=True, exist_ok=True)
                fetched.replace(kept)

    def _fitting(self) -> list[str]:
        """Options by which wheels fit the interpreter and not that of pip."""
        interpreter = self._interpreter
        options = ["--python-version", interpreter.version, "--implementation", "cp"]
        abi = f"cp{interpreter.minor.replace('.', '')}{'t' * interpreter.is_free_threaded}"
        for name in (abi, "abi3", "none"):
            options += ["--abi", name]
        return [*options, *(part for name in self._platforms() for part in ("--platform", name))]

    def _platforms(self) -> list[str]:
        machine = self._interpreter.machine
        name, _, version = self._interpreter.libc.partition(" ")
        if name == "glibc":
            minors = range(int(version.split(".")[1]), _OLDEST_GLIBC - 1, -1)
            return [
                *(f"manylinux_2_{minor}_{machine}" for minor in minors),
                *(f"{old}_{machine}" for old in _OLD_NAMES),
            ]
        _named(self._interpreter)
        return [*(f"musllinux_1_{minor}_{machine}" for minor in (2, 1, 0)), f"linux_{machine}"]


def _named(interpreter: Interpreter) -> str:
    """The C library, which must be known.

    Raises:
        ProbingError: it is not.
    """
    if interpreter.libc != "musl":
        raise ProbingError(str(interpreter.root or interpreter.path), "its C library is not known")
    return interpreter.libc


def _requirements(wheels: Sequence[PinnedFile], work: Path) -> Path:
    """A file of requirements, one wheel each."""
    descriptor, name = tempfile.mkstemp(prefix="requirements-", suffix=".txt", dir=work)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{_line(wheel)}\n" for wheel in wheels)
    return Path(name)


def _line(wheel: PinnedFile) -> str:
    url = wheel.url if "://" in wheel.url else Path(wheel.url).absolute().as_uri()
    if not url.isprintable() or any(letter in url for letter in " \\\"'#"):
        raise ProbingError(wheel.filename, "its address has characters that no address has")
    return f"{wheel.project} @ {url}" + (f" --hash=sha256:{wheel.sha256}" if wheel.sha256 else "")


def _called(command: Sequence[str], work: Path, environ: Mapping[str, str], limit_s: float) -> None:
    try:
        ended = subprocess.run(
            command,
            cwd=work,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
            start_new_session=True,
            umask=0o022,  # another user reads it
        )
    except subprocess.TimeoutExpired:
        failure = Failure(step="install", error="timeout", message=f"it took more than {limit_s:g} s")
        raise NotBuiltError(None, failure, is_known=False) from None
    except OSError as error:
        failure = Failure(step="install", error=type(error).__name__, message=str(error))
        raise NotBuiltError(None, failure, is_known=False) from None
    if ended.returncode:
        text = ended.stderr.decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        is_full = any(words in text for words in _NO_SPACE)
        message = " ".join(lines[:3])[:300] or f"exit code {ended.returncode}"
        failure = Failure(step="install", error="disk-full" if is_full else "not-installed", message=message)
        raise NotBuiltError(None, failure, tuple(lines[-_TRACE_LINES:]), is_known=False)
