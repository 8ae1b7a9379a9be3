"""A fresh interpreter beside this one, with which lines of JSON are exchanged.

It is isolated (no directory of the user, no variable of Python's): what it may import from is what this
process imports from, without the working directory, where code that is analysed may lie.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_START = (
    "import sys; sys.path += [p for p in sys.argv[1:] if p not in sys.path]; "
    "from {module} import main; main()"
)
_OURS = str(Path(__file__).parents[1])
_LONGEST_REASON = 200
_LOG_BYTES = 4096
_PIECE_BYTES = 1 << 20


class IsolatedProcess:
    """One of them.

    Args:
        module: whose function ``main`` it runs.
    """

    def __init__(self, module: str) -> None:
        self._buffer = b""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `close`
        flags = ["-I", *(["-B"] if sys.dont_write_bytecode else [])]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", _START.format(module=module), *_importable()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,  # an interrupt is for this process, which then ends that one
        )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def fileno(self) -> int:
        """Of what comes from it."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def send(self, message: bytes) -> None:
        """Tell it one line.

        Raises:
            BrokenPipeError: it is gone.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(message + b"\n")
        self._process.stdin.flush()

    def receive(self) -> bytes | None:
        """A line, once it is complete; None before; nothing where the process has ended."""
        received = os.read(self.fileno(), _PIECE_BYTES)
        if not received:
            return b""
        self._buffer += received
        if not self._buffer.endswith(b"\n"):
            return None
        line, self._buffer = self._buffer, b""
        return line

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        return self._process.wait()

    def kill(self) -> int:
        """End it, whatever it does; its exit code."""
        self._process.kill()
        return self._process.wait()

    def last_words(self) -> str:
        """The last line that it wrote to standard error."""
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LOG_BYTES))
        told = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return told[-1][:_LONGEST_REASON] if told else ""

    def close(self, grace_s: float = 0.0) -> None:
        """End it, and all that connects it to this process.

        Args:
            grace_s: so long it may take to end by itself, when nothing comes any more.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        if grace_s:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_s)
        self.kill()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            with contextlib.suppress(OSError):
                stream.close()


def _importable() -> list[str]:
    """Where this process imports from, without the working directory."""
    here = Path.cwd()
    entries = [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry) != here]
    return list(dict.fromkeys([*entries, _OURS]))
