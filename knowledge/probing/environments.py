"""Virtual environments of exact files, by uv where it is there, else by pip; what is installed is never run.

Wheels are unpacked without running anything of theirs. A source distribution becomes a wheel first, confined,
and only where that is allowed. Once something is installed nothing but a confined process starts the
environment's interpreter: a file that Python reads at its start may be among it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from knowledge.configuration import IndexConfiguration
from knowledge.installers import installer_environment, uv_program
from knowledge.observations import Failure
from knowledge.probing.errors import NotBuiltError, ProbingError
from knowledge.probing.interpreters import Interpreter
from knowledge.probing.records import PinnedFile
from knowledge.probing.sdist_builds import SdistWheels

_TRACE_LINES = 12
_IN_ROOT = "/tmp/stack"
_NO_SPACE = ("No space left on device", "os error 28", "Disk quota exceeded")


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """A stack that was built.

    Attributes:
        place: its directory on this machine; `site_packages` within it.
        python: its interpreter, as what is confined sees it; `seen_site` its packages, likewise.
        readable: what it needs to run.
        binds: see `knowledge.confinement.running.Surroundings`.
    """

    place: Path
    site_packages: Path
    python: str
    seen_site: str
    readable: tuple[Path, ...]
    binds: Mapping[str, str] = {}


class Environments:
    """Makes and removes them below one directory.

    Args:
        folder: for them; may be used by several processes.
        interpreter: that they get.
        index: how the index is reached.
        environ: of the user, of which the installers see a little.
        builds: makes wheels of source distributions; None where that is not allowed.
        limit_s: for one installation.
    """

    def __init__(
        self,
        folder: Path,
        interpreter: Interpreter,
        index: IndexConfiguration,
        environ: Mapping[str, str],
        builds: SdistWheels | None,
        limit_s: float,
    ) -> None:
        self._folder, self._interpreter, self._limit_s = folder, interpreter, limit_s
        self._environ = installer_environment(environ, index)
        self._uv = uv_program(environ)
        self._builds = builds

    def made(self, pins: Sequence[PinnedFile]) -> Environment:
        """The environment of exactly these files.

        Raises:
            NotBuiltError: it cannot be made.
        """
        wheels = [self._wheel(pin) for pin in pins]
        place = Path(tempfile.mkdtemp(prefix="stack-", dir=self._folder))
        try:
            return self._made(place, wheels)
        except BaseException:
            self.remove(place)
            raise

    @staticmethod
    def remove(place: Path) -> None:
        """Remove an environment, whatever is in it."""
        shutil.rmtree(place, ignore_errors=True)

    def _wheel(self, pin: PinnedFile) -> PinnedFile:
        if pin.filename.endswith(".whl"):
            return pin
        if self._builds is None:
            failure = Failure(
                step="build",
                error="not-allowed",
                message=f"{pin.filename} would have to be built: --allow-builds",
            )
            raise NotBuiltError(pin.release, failure, is_known=False)
        return self._builds.wheel(pin)

    def _made(self, place: Path, wheels: Sequence[PinnedFile]) -> Environment:
        interpreter = self._interpreter
        place.chmod(0o755)
        venv = place / "venv"
        site = (
            venv / "lib" / f"python{interpreter.minor}{'t' * interpreter.is_free_threaded}" / "site-packages"
        )
        site.mkdir(parents=True)
        (venv / "bin").mkdir()
        home = Path(interpreter.path if interpreter.root else self._base()).parent
        (venv / "bin" / "python").symlink_to(interpreter.path if interpreter.root else self._base())
        for name in ("python3", f"python{interpreter.minor}"):
            (venv / "bin" / name).symlink_to("python")
        (venv / "pyvenv.cfg").write_text(
            f"home = {home}\ninclude-system-site-packages = false\nversion = {interpreter.version}\n",
            encoding="utf-8",
        )
        requirements = place / "requirements.txt"
        requirements.write_text("".join(f"{_line(pin)}\n" for pin in wheels), encoding="utf-8")
        if wheels:
            self._install(place, venv, site, requirements, all(pin.sha256 for pin in wheels))
        if interpreter.root is not None:
            return Environment(
                place=place,
                site_packages=site,
                python=f"{_IN_ROOT}/bin/python",
                seen_site=f"{_IN_ROOT}/{site.relative_to(venv)}",
                readable=(venv,),
                binds={str(venv): _IN_ROOT},
            )
        return Environment(
            place=place,
            site_packages=site,
            python=str(venv / "bin" / "python"),
            seen_site=str(site),
            readable=(venv, *self._readable()),
        )

    def _base(self) -> str:
        """The interpreter itself, not that of an environment that leads to it."""
        interpreter = self._interpreter
        named = (
            Path(interpreter.prefix)
            / "bin"
            / f"python{interpreter.minor}{'t' * interpreter.is_free_threaded}"
        )
        return str(named) if named.exists() else os.path.realpath(interpreter.path)

    def _readable(self) -> tuple[Path, ...]:
        prefix = Path(self._interpreter.prefix)
        real = Path(os.path.realpath(self._base())).parents[1]
        return tuple(sorted({path for path in (prefix, real) if path not in (Path("/"), Path("/usr"))}))

    def _install(self, place: Path, venv: Path, site: Path, requirements: Path, is_hashed: bool) -> None:
        assert self._uv is not None
        command = [self._uv, "pip", "install", "--quiet", "--no-config", "--no-deps", "--no-build"]
        if self._interpreter.root is None:
            command += ["--python", str(venv / "bin" / "python")]
        else:
            command += ["--target", str(site), "--python-version", self._interpreter.version]
            command += ["--python-platform", self._platform()]
        if is_hashed:
            command.append("--require-hashes")
        self._call([*command, "-r", str(requirements)], place)

    def _platform(self) -> str:
        """Of the interpreter's root, in the words of uv."""
        name, _, version = self._interpreter.libc.partition(" ")
        if name == "glibc":
            return f"{self._interpreter.machine}-manylinux_{version.replace('.', '_')}"
        if name == "musl":
            return f"{self._interpreter.machine}-unknown-linux-musl"
        raise ProbingError(str(self._interpreter.root), "its C library is not known")

    def _call(self, command: Sequence[str], place: Path) -> None:
        began = time.monotonic()
        try:
            ended = subprocess.run(
                command,
                cwd=place,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._limit_s,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            failure = Failure(
                step="install", error="timeout", message=f"after {time.monotonic() - began:.0f} s"
            )
            raise NotBuiltError(None, failure, is_known=False) from None
        except OSError as error:
            failure = Failure(step="install", error=type(error).__name__, message=str(error))
            raise NotBuiltError(None, failure, is_known=False) from None
        if ended.returncode:
            text = ended.stderr.decode("utf-8", "replace")
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            is_full = any(words in text for words in _NO_SPACE)
            message = " ".join(lines[:3])[:300] or f"exit code {ended.returncode}"
            failure = Failure(
                step="install", error="disk-full" if is_full else "not-installed", message=message
            )
            raise NotBuiltError(None, failure, tuple(lines[-_TRACE_LINES:]), is_known=False)


def _line(pin: PinnedFile) -> str:
    """A requirement of one file, as installers read it."""
    url = pin.url if "://" in pin.url else Path(pin.url).absolute().as_uri()
    if any(letter in url for letter in " \t\r\n\\\"'"):
        raise ProbingError(pin.filename, "its address has characters that no address has")
    return f"{pin.project} @ {url}" + (f" --hash=sha256:{pin.sha256}" if pin.sha256 else "")
