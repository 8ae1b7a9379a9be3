"""What a locker is to the benchmark: how it is told what to lock, and where its answer stands.

A pinned peer lives in an environment of its own under the cache folder. A peer sees nothing of this
machine's configuration: a home of its own, an empty environment, only the certificates stay.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from uv import find_uv_bin

Pins = frozenset[tuple[str, str]]

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One set of requirements before one peer.

    Attributes:
        folder: holds the input, the answer, and the peer's home.
        program: absolute path of the peer's command.
        exclude_newer: a date, for peers that can leave out later uploads.
    """

    folder: Path
    program: str
    requirements: tuple[str, ...]
    index_url: str
    exclude_newer: str | None = None

    @property
    def cache(self) -> Path:
        """What a cold run does not have."""
        return self.folder / "cache"


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """One locker.

    Attributes:
        requirement: what is installed to have it; None for what the benchmark's own environment holds.
        inputs: files to write before the first run.
        arguments: of its command.
        cutoff: the option that takes a date to leave out later uploads.
        lockfile: the file its answer is in; None for standard output.
        read: pins of an answer.
        settings: environment variables.
        setup: arguments of a command to run once before.
        statement: arguments of a command that reports its own effort as JSON, run once, unmeasured.
        universal: whether it locks for other platforms, too, and so may pin more.
    """

    name: str
    command: str
    arguments: Callable[[Task], list[str]]
    read: Callable[[str], Pins]
    requirement: str | None = None
    inputs: Callable[[Task], Mapping[str, str]] = lambda task: {}
    cutoff: str | None = None
    lockfile: str | None = None
    settings: Callable[[Task], Mapping[str, str]] = lambda task: {}
    setup: Callable[[Task], list[str]] | None = None
    statement: Callable[[Task], list[str]] | None = None
    universal: bool = False

    @property
    def version(self) -> str:
        """The exact release that is measured."""
        if self.requirement is None:
            return version(self.name)
        return self.requirement.partition("==")[2]

    def command_line(self, task: Task) -> list[str]:
        """The whole command."""
        newest = [self.cutoff, task.exclude_newer] if self.cutoff and task.exclude_newer else []
        return [task.program, *self.arguments(task), *newest]

    def environ(self, task: Task) -> dict[str, str]:
        """The whole environment."""
        return {**clean_environment(task.folder), **self.settings(task)}

    def installed(self, cache: Path) -> str:
        """Absolute path of the command, installed on first need."""
        if self.requirement is None:
            return str(Path(sys.executable).parent / self.command)
        return installed_command(self.requirement, self.command, cache)


def installed_command(requirement: str, command: str, cache: Path, index_url: str | None = None) -> str:
    """Absolute path of a command in an environment of its own, made on first need.

    Args:
        index_url: default: uv's.
    """
    place = cache / "peers" / f"{re.sub(r'[^a-z0-9.]+', '-', requirement)}-py{PYTHON}"
    if not (place / "complete").exists():
        environ = clean_environment(cache)
        uv = find_uv_bin()
        install = [uv, "pip", "install", "--quiet", "--compile-bytecode", requirement]
        if index_url is not None:
            install += ["--index-url", index_url]
        subprocess.run([uv, "venv", "--clear", "-q", "-p", sys.executable, place], env=environ, check=True)
        subprocess.run([*install, "--python", place / "bin" / "python"], env=environ, check=True)
        (place / "complete").touch()
    return str(place / "bin" / command)


def clean_environment(home: Path) -> dict[str, str]:
    """An environment without this machine's settings; certificates and proxies stay."""
    kept = {name: os.environ[name] for name in (*_CERTIFICATES, *_PROXIES) if name in os.environ}
    kept |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(home)}
    kept |= {"XDG_CONFIG_HOME": str(home / ".config"), "XDG_CONFIG_DIRS": str(home / ".config")}
    kept |= {"XDG_CACHE_HOME": str(home / "cache"), "XDG_DATA_HOME": str(home / ".data")}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_CONFIG": "1"}
