"""Virtual environments of candidate releases, by uv where it is there, else by pip; from the user's index."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from knowledge.configuration import IndexConfiguration
from knowledge.errors import MeasuringError
from knowledge.filenames import normalized
from knowledge.observations import ReleaseIdentity
from knowledge.urls import origin

_LIMIT_S = 900.0
_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HOME",
    "XDG_CACHE_HOME",
    "UV_CACHE_DIR",
)
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


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
        self._uv = _uv(environ)

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
        return Venv(candidate=candidate, python=python, installed=_installed(place, candidate))

    def _call(self, candidate: ReleaseIdentity, command: Sequence[str]) -> None:
        try:
            ended = subprocess.run(
                command,
                cwd=self._folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LIMIT_S,
                check=False,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MeasuringError(str(candidate), f"its environment cannot be made: {error}") from None
        if ended.returncode:
            reason = _reason(ended.stderr) or f"exit code {ended.returncode}"
            raise MeasuringError(str(candidate), f"it cannot be installed: {reason}")

    def _environment(self) -> dict[str, str]:
        given = {name: self._environ[name] for name in _PASSED_ON if name in self._environ}
        given |= {name: value for name, value in self._environ.items() if name.lower() in _PROXIES}
        given |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
        if self._index.ca_file is not None:
            given |= {"PIP_CERT": self._index.ca_file, "SSL_CERT_FILE": self._index.ca_file}
        if not self._index.no_index:
            further = " ".join(self._with_credentials(index.url) for index in self._index.further)
            url = self._with_credentials(self._index.url)
            given |= {"PIP_INDEX_URL": url, "UV_DEFAULT_INDEX": url}
            if further:
                given |= {"PIP_EXTRA_INDEX_URL": further, "UV_INDEX": further}
        return given

    def _with_credentials(self, url: str) -> str:
        """In the environment, which others cannot read; never on a command line."""
        known = self._index.credentials.get(origin(url))
        if known is None:
            return url
        parts = urlsplit(url)
        user = ":".join(quote(text, safe="") for text in known)
        return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc}"))


def _reason(told: bytes) -> str:
    """Why an installer failed, in the words that tell the cause; else its last."""
    from analyzers.buildlogs import failures

    found = failures(told)
    if found:
        return found[0].message
    lines = told.decode("utf-8", "replace").strip().splitlines()
    return " ".join(line.strip() for line in lines[-3:])[:300]


def _uv(environ: Mapping[str, str]) -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return shutil.which("uv", path=environ.get("PATH", "")) or (str(beside) if beside.exists() else None)


def _installed(place: Path, candidate: ReleaseIdentity) -> tuple[ReleaseIdentity, ...]:
    found = set()
    for path in place.glob("lib*/python*/site-packages/*.dist-info"):
        name, _, version = path.name.removesuffix(".dist-info").partition("-")
        found.add(ReleaseIdentity(project=normalized(name), version=version))
    others = {one for one in found if one.project not in (candidate.project, "pip", "setuptools", "wheel")}
    return (candidate, *sorted(others))
