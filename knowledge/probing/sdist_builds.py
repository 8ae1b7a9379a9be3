"""Makes wheels of source distributions: confined and under limits, but with the network, which a build needs.

A build takes its requirements from the user's index, without credentials, and sees nothing else of the
user's settings. What it made is kept: several processes may use one folder at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from analyzers.buildlogs.records import PASSING, BuildFailure, Cause
from knowledge.confinement.limits import Ended, Limits
from knowledge.confinement.running import PLACE, Surroundings, run
from knowledge.errors import TransportError
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.installers import uv_program
from knowledge.observations.record import Failure
from knowledge.probing.errors import NotBuiltError
from knowledge.probing.interpreters import Interpreter
from knowledge.probing.records import PinnedFile
from knowledge.transport.client import Client
from knowledge.transport.connections import Connections
from knowledge.transport.settings import proxy_variables
from knowledge.transport.statistics import RequestKind, Traffic

_WORKER = Path(__file__).with_name("build_worker.py")
_LARGEST_SDIST_BYTES = 512 << 20
_LARGEST_WHEEL_BYTES = 512 << 20
_BUILD_S = 900.0
_TRACE_LINES = 12
_PASSED_ON = ("LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "CC", "CXX", "CFLAGS", "LDFLAGS")
_UNREACHED = (
    "Failed to fetch", "error sending request", "Connection refused", "Temporary failure in name resolution",
    "No matching distribution found for",
)  # fmt: skip
"""What installers say when they cannot get what a build needs; that says nothing of the release."""
_KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
"""How a build ends where the machine has no memory left."""
_OTHER_WORDS = {
    Cause.NETWORK: "no-network",
    Cause.CERTIFICATE: "no-network",
    Cause.OUT_OF_MEMORY: "memory-limit",
    Cause.BUILD_BACKEND: "build-failed",
    Cause.UNKNOWN: "build-failed",
}
"""Causes that a probe calls otherwise than a log."""
_OF_THE_MOMENT = PASSING | {Cause.NO_MATCHING_DISTRIBUTION}
"""What a build needs and cannot get says nothing of the release, either."""


def build_limits(time_s: float) -> Limits:
    """What one build may cost.

    Args:
        time_s: from its start to its end.
    """
    return Limits(time_s=time_s, disk_bytes=4 << 30, output_bytes=_LARGEST_WHEEL_BYTES, processes=1024)


class SdistWheels:
    """Builds and keeps wheels.

    Args:
        folder: where wheels are kept.
        interpreter: that they are for; one of this machine.
        index: where requirements of builds come from.
        environ: of the user, of which a build sees a little.
        limits: of one build.

    Attributes:
        refused: what did not hold the builds so far, each with its reason.
    """

    def __init__(
        self,
        folder: Path,
        interpreter: Interpreter,
        index: IndexConfiguration,
        environ: Mapping[str, str],
        limits: Limits | None = None,
    ) -> None:
        self._folder, self._interpreter, self._index, self._environ = folder, interpreter, index, environ
        self._limits = limits or build_limits(_BUILD_S)
        self._uv = uv_program(environ)
        self.refused: set[str] = set()

    def wheel(self, pin: PinnedFile) -> PinnedFile:
        """The wheel of a source distribution, built now or before.

        Raises:
            NotBuiltError: it cannot be had or built.
        """
        if self._interpreter.root is not None:
            raise _failed(pin, "not-allowed", f"{pin.filename} cannot be built inside a root", is_known=False)
        key = hashlib.sha256(f"{pin.sha256 or pin.url} {self._interpreter}".encode()).hexdigest()[:24]
        place = self._folder / "wheels" / key
        for found in sorted(place.glob("*.whl")):
            return _pinned(pin, found)
        content = self._content(pin)
        with tempfile.TemporaryDirectory(prefix="build-", dir=self._folder) as made:
            archive = Path(made, pin.filename)
            archive.write_bytes(content)
            ended = self._built(archive)
        self.refused.update(ended.refused)
        if ended.failure:
            raise _refusal(pin, ended)
        name, _, wheel = ended.output.partition(b"\n")
        filename = name.decode("ascii", "replace")
        if not _is_of(filename, pin):
            raise _failed(pin, "wrong-wheel", f"its build made {filename[:100]!r}", is_known=True)
        place.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=place)
        with os.fdopen(descriptor, "wb") as file:
            file.write(wheel)
        Path(partial).replace(place / filename)
        return _pinned(pin, place / filename)

    def _content(self, pin: PinnedFile) -> bytes:
        if "://" not in pin.url:
            content = Path(pin.url).read_bytes()
        elif pin.url.startswith("file://"):
            from urllib.request import url2pathname

            content = Path(url2pathname(pin.url.removeprefix("file://"))).read_bytes()
        else:
            client = Client(Connections(self._index.transport_settings("stackwright")), Traffic())
            try:
                content = client.get(pin.url, RequestKind.SDIST, largest_bytes=_LARGEST_SDIST_BYTES).body
            except TransportError as error:
                raise _failed(pin, type(error).__name__, str(error), is_known=False) from error
            finally:
                client.close()
        if pin.sha256 and hashlib.sha256(content).hexdigest() != pin.sha256:
            raise _failed(pin, "hash-mismatch", f"{pin.filename} is not what its hash says", is_known=False)
        return content

    def _built(self, archive: Path) -> Ended:
        python = os.path.realpath(self._interpreter.path)
        readable = {archive, Path(python).parents[1], Path(self._interpreter.prefix)}
        given = {name: self._environ[name] for name in _PASSED_ON if name in self._environ}
        given |= proxy_variables(self._environ)
        given |= {
            "PATH": f"{Path(python).parent}:/usr/local/bin:/usr/bin:/bin",
            "UV_CACHE_DIR": f"{PLACE}/cache",
        }
        given |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
        if self._index.no_index:
            given |= {"PIP_NO_INDEX": "1", "UV_NO_INDEX": "1"}
        else:
            given |= {"PIP_INDEX_URL": self._index.url, "UV_DEFAULT_INDEX": self._index.url}
        if self._index.ca_file is not None:
            given |= {"PIP_CERT": self._index.ca_file, "SSL_CERT_FILE": self._index.ca_file}
        for name in ("PIP_CERT", "SSL_CERT_FILE", "SSL_CERT_DIR"):
            if name in given:
                readable.add(Path(given[name]))
        if self._uv is not None:
            readable.add(Path(os.path.realpath(self._uv)))
        readable -= {Path("/"), Path("/usr")}
        return run(
            [
                python,
                "-I",
                "-S",
                f"{PLACE}/build_worker.py",
                str(archive),
                python,
                os.path.realpath(self._uv or "") if self._uv else "",
            ],
            b"",
            given,
            Surroundings(folder=self._folder, readable=tuple(sorted(readable)), has_network=True),
            self._limits,
            {"build_worker.py": _WORKER.read_bytes()},
        )


def _pinned(pin: PinnedFile, wheel: Path) -> PinnedFile:
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return PinnedFile(
        project=pin.project, version=pin.version, filename=wheel.name, url=str(wheel), sha256=digest
    )


def _is_of(filename: str, pin: PinnedFile) -> bool:
    with contextlib.suppress(InvalidWheelFilename):
        name, version, _, _ = parse_wheel_filename(filename)
        is_release = canonicalize_name(name) == pin.project and version == Version(pin.version)
        return is_release and "/" not in filename
    return False


def _failed(pin: PinnedFile, error: str, message: str, *, is_known: bool) -> NotBuiltError:
    return NotBuiltError(
        pin.release, Failure(step="build", error=error, message=message[:500]), is_known=is_known
    )


def _refusal(pin: PinnedFile, ended: Ended) -> NotBuiltError:
    text = ended.told.decode("utf-8", "replace")
    lines = [line.rstrip()[:300] for line in text.splitlines() if line.strip()]
    cause, where, is_known = None, "", False
    if ended.limit:
        error = "timeout" if ended.limit == "time" else f"{ended.limit}-limit"
    elif ended.code is None:
        error = "not-started"
    elif ended.code in _KILLED:
        error = "SIGKILL"
    elif "No space left on device" in text:
        error = "disk-full"
    elif any(words in text for words in _UNREACHED):
        error = "no-network"
    else:
        cause = _cause(text)
        error = "build-failed" if cause is None else _OTHER_WORDS.get(cause.cause, cause.cause.value)
        is_known = cause is None or cause.cause not in _OF_THE_MOMENT
    message = lines[-1].strip() if lines and not ended.limit else ended.failure
    if cause is not None and cause.message:
        message, where = cause.message, cause.where
    failure = Failure(step="build", error=error, message=message[:500], where=where[:200])
    return NotBuiltError(pin.release, failure, tuple(lines[-_TRACE_LINES:]), is_known=is_known)


def _cause(text: str) -> BuildFailure | None:
    """Why a build failed, as far as what it wrote tells."""
    from analyzers.buildlogs.reading import failures

    return next(iter(failures(text)), None)
