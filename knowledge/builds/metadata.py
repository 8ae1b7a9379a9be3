"""Learns what an sdist requires by building it. That runs its code: only where the user allows builds.

The archive is unpacked into a private directory that is removed afterwards; the build runs in an environment
of its own, in a process group of its own under a time limit, sees none of the user's settings and
credentials, and takes its requirements from the index that served the sdist.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from knowledge.builds.source_trees import UnpackError, unpack
from knowledge.errors import MetadataUnavailableError
from knowledge.files.artifacts import checked
from knowledge.releases import File, Metadata, MetadataSource
from knowledge.transport.settings import proxy_variables
from knowledge.transport.urls import displayed

_WORKER = Path(__file__).with_name("build_worker.py")
_LARGEST_METADATA_BYTES = 16 << 20
_TOLD_BYTES = 2000
_SEARCHED_BYTES = 1 << 20
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "CC", "CXX", "CFLAGS", "LDFLAGS")


class SdistBuilder:
    """Builds sdists; implements `knowledge.builds.builder.Builder`.

    Args:
        index_url: where requirements of builds come from when no index lists the sdist; without credentials.
        environ: environment variables of the user, of which a build sees a few.
        ca_file: certificates to trust instead of the system's.
        limit_s: for one build, its requirements included.
    """

    def __init__(
        self,
        index_url: str,
        environ: Mapping[str, str],
        *,
        ca_file: str | None = None,
        limit_s: float = 600.0,
    ) -> None:
        self._index_url = index_url
        self._environ = environ
        self._ca_file = ca_file
        self._limit_s = limit_s

    def metadata(self, project: str, file: File, content: bytes) -> Metadata:
        """The metadata that the wheel of an sdist would have.

        Args:
            project: normalised name.
            file: whose build it is.
            content: the file, verified.

        Raises:
            MetadataUnavailableError: it cannot be unpacked or built, or takes too long.
            InvalidMetadataError: what came out is of another release.
        """
        if importlib.util.find_spec("build") is None:
            error = _failure(file, "builds need the package 'build', which is not installed")
            error.add_note("install it: pip install 'stackwright[builds]'")
            raise error
        with tempfile.TemporaryDirectory(prefix="stackwright-build-", ignore_cleanup_errors=True) as made:
            directory = Path(made)
            for name in ("source", "output", "home"):
                (directory / name).mkdir()
            try:
                source = unpack(content, file.filename, directory / "source")
            except UnpackError as error:
                raise _failure(file, f"it cannot be unpacked: {error}") from error
            self._run(file, source, directory)
            return checked(project, file, _built_metadata(file, directory / "output"), MetadataSource.BUILD)

    def _run(self, file: File, source: Path, directory: Path) -> None:
        """Runs the build to its end."""
        log = directory / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-I", str(_WORKER), str(source), str(directory / "output")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=self._environment(file, directory),
                start_new_session=True,
            )
            try:
                code: int | None = process.wait(self._limit_s)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)  # what the build left running, too
                process.wait()
        if code is None:
            raise _failure(file, f"its build did not end within {self._limit_s:g} s")
        if code != 0:
            told = _last_words(log)
            why = _reason(log) or (told[-1] if told else f"exit code {code}")
            error = _failure(file, f"its build failed: {why}")
            for line in told[-6:-1]:
                error.add_note(line)
            raise error

    def _environment(self, file: File, directory: Path) -> dict[str, str]:
        given = {name: self._environ[name] for name in _PASSED_ON if name in self._environ}
        given |= proxy_variables(self._environ)
        given |= {
            "HOME": str(directory / "home"),
            "TMPDIR": str(directory),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PYTHONUNBUFFERED": "1",
        }
        index_url = file.index_url or self._index_url
        given |= {"PIP_INDEX_URL": index_url} if index_url else {"PIP_NO_INDEX": "1"}
        if self._ca_file is not None:
            given["PIP_CERT"] = self._ca_file
        return given


def _built_metadata(file: File, output: Path) -> bytes:
    found = sorted(output.glob("*.dist-info/METADATA"))
    if len(found) != 1 or found[0].is_symlink() or found[0].parent.is_symlink():
        raise _failure(file, f"its build made {len(found)} metadata files, where it should make one")
    with found[0].open("rb") as metadata:
        return metadata.read(_LARGEST_METADATA_BYTES)


def _last_words(log: Path) -> list[str]:
    """The last lines that the build wrote."""
    with log.open("rb") as written:
        written.seek(max(0, log.stat().st_size - _TOLD_BYTES))
        text = written.read(_TOLD_BYTES).decode("utf-8", errors="replace")
    return [line.strip()[:200] for line in text.splitlines() if line.strip()]


def _reason(log: Path) -> str | None:
    """The line that tells what the build lacked, which seldom is the last one."""
    from analyzers.buildlogs import failures
    from analyzers.buildlogs.records import Cause

    with log.open("rb") as written:
        written.seek(max(0, log.stat().st_size - _SEARCHED_BYTES))
        found = failures(written.read(_SEARCHED_BYTES))
    vague = (Cause.BUILD_BACKEND, Cause.UNKNOWN)
    return next((one.message[:200] for one in found if one.cause not in vague), None)


def _failure(file: File, reason: str) -> MetadataUnavailableError:
    return MetadataUnavailableError(file.filename, displayed(file.url), reason)
