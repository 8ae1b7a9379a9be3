"""Virtual environments of exact files; what is installed in them is never run here.

Wheels are unpacked without running anything of theirs. A source distribution becomes a wheel first, confined,
and only where that is allowed. Once something is installed nothing but a confined process starts the
environment's interpreter: a file that Python reads at its start may be among it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from knowledge.indexes.configuration import IndexConfiguration
from knowledge.installers import installer_environment, uv_program
from knowledge.observations.record import Failure
from knowledge.probing.errors import NotBuiltError
from knowledge.probing.interpreters import Interpreter
from knowledge.probing.records import PinnedFile
from knowledge.probing.sdist_builds import SdistWheels
from knowledge.probing.wheel_installs import Installs, PipInstalls, UvInstalls

_IN_ROOT = "/tmp/stack"


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
        self._folder, self._interpreter, self._builds = folder, interpreter, builds
        given, uv = installer_environment(environ, index), uv_program(environ)
        self._installs: Installs = (
            PipInstalls(folder, interpreter, given, limit_s)
            if uv is None
            else UvInstalls(uv, interpreter, given, limit_s)
        )

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
        if wheels:
            work = place / "work"
            work.mkdir()
            self._installs.install(wheels, venv / "bin" / "python", site, work)
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
