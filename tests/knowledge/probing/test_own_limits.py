"""What is of our making, or of the moment, is no evidence against a release."""

from __future__ import annotations

import errno
import signal
import sys
from pathlib import Path

import pytest

from fakes.probing.probed_stacks import probed
from knowledge.confinement.limits import Ended
from knowledge.probing.own_limits import own_limit
from knowledge.probing.raised import Raised
from knowledge.probing.records import Verdict

FILLS = "open('x', 'wb').write(b'x' * (128 << 20))"


@pytest.mark.parametrize(
    ("raised", "limit"),
    [
        (Raised(type="OSError", types=("OSError",), errno=errno.EROFS), "permission"),
        (Raised(type="PermissionError", types=("OSError",), errno=errno.EACCES), "permission"),
        (Raised(type="OSError", types=("OSError",), errno=errno.ENOMEM), "memory-limit"),
        (Raised(type="OSError", types=("OSError",), errno=errno.EMFILE), "open-files-limit"),
        (Raised(type="RuntimeError", text="std::bad_alloc"), "memory-limit"),
        (
            Raised(type="ImportError", text="x.so: failed to map segment: Cannot allocate memory"),
            "memory-limit",
        ),
        (Raised(type="URLError", text="<urlopen error [Errno -3] Temporary failure>"), "no-network"),
        (Raised(type="OSError", text="[Errno 28] No space left on device"), "disk-full"),
        (Raised(type="KeyError", before=Raised(type="MemoryError")), "memory-limit"),
        (Raised(type="FileNotFoundError", types=("OSError",), errno=errno.ENOENT), ""),
        (Raised(type="ImportError", text="cannot import name 'x' from 'y' (unknown location)"), ""),
        (Raised(type="ValueError", text="[Errno nothing]"), ""),
    ],
)
def test_an_exception(raised: Raised, limit: str) -> None:
    assert own_limit(None, raised) == limit


@pytest.mark.parametrize(
    ("ended", "limit"),
    [
        (Ended(failure="", code=-signal.SIGKILL), "SIGKILL"),
        (Ended(failure="", code=-signal.SIGTERM), "SIGTERM"),
        (Ended(failure="", code=-signal.SIGXCPU), "timeout"),
        (Ended(failure="", limit="time"), "timeout"),
        (Ended(failure="", limit="memory"), "memory-limit"),
        (Ended(failure="", code=None), "not-started"),
        (Ended(failure="", code=-signal.SIGABRT, told=b"what():  std::bad_alloc\n"), "memory-limit"),
        (Ended(failure="", code=-signal.SIGABRT, told=b"assertion failed\n"), ""),
        (Ended(failure="", code=-signal.SIGSEGV), ""),
        (Ended(failure="", code=1, told=b"std::bad_alloc"), ""),
    ],
)
def test_an_end(ended: Ended, limit: str) -> None:
    assert own_limit(ended, None) == limit


@pytest.mark.skipif(sys.platform != "linux", reason="probes are confined on Linux alone")
@pytest.mark.parametrize(
    ("code", "script", "limit"),
    [
        ("import os\nos.kill(os.getpid(), 9)", "", "SIGKILL"),
        ("import pathlib\n(pathlib.Path(__file__).parent / 'kept').write_text('x')", "", "permission"),
        ("kept = [open('/dev/null') for _ in range(9999)]", "", "open-files-limit"),
        (
            "",
            f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {FILLS!r}]))",
            "disk-full",
        ),
    ],
    ids=["killed", "read-only", "files", "disk of another process"],
)
def test_a_probe_of_it_is_not_known(tmp_path: Path, code: str, script: str, limit: str) -> None:
    result = probed(tmp_path, {"app": {"app/__init__.py": code}}, script=script)
    assert result.failure is not None
    assert (result.verdict, result.failure.error, result.blame) == (Verdict.NOT_KNOWN, limit, ())
