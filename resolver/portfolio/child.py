"""One process of a portfolio, seen from the run: what goes to it, what comes from it, and its end."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from analyzers.undecodable import UNDECODABLE
from resolver.portfolio.messages import Answer, Beginning, Order

_START = (
    "import sys; sys.path += [p for p in sys.argv[1:] if p not in sys.path]; "
    "from resolver.portfolio.worker import main; main()"
)
_OURS = str(Path(__file__).parents[2])
_LONGEST_REASON = 200


class Child:
    """A fresh interpreter that serves one predictor.

    It is isolated (no directory of the user, no variable of Python's): what it may import from is what this
    process imports from, without the working directory, where code that is analysed may lie.

    Attributes:
        name: for messages.
        reason: why it is no longer there; None while it is.
    """

    def __init__(self, name: str, beginning: Beginning) -> None:
        self.name = name
        self.reason: str | None = None
        self._buffer = b""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        flags = ["-I", *(["-B"] if sys.dont_write_bytecode else [])]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", _START, *importable()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,  # an interrupt is for this process, which then ends that one
        )
        self._tell(beginning)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def order(self, order: Order) -> None:
        """Have it make a round."""
        self._tell(order)

    def fileno(self) -> int:
        """Of what comes from it."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def receive(self) -> Answer | None:
        """What has come, once it is complete; None before, and where the process has ended."""
        received = os.read(self.fileno(), 1 << 20)
        if not received:
            self._fail()
            return None
        self._buffer += received
        if not self._buffer.endswith(b"\n"):
            return None
        line, self._buffer = self._buffer, b""
        try:
            return msgspec.json.decode(line, type=Answer)
        except UNDECODABLE as error:
            self._fail(str(error))
            return None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def _tell(self, message: Beginning | Order) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._fail()
        except ValueError:  # a project with more than 14,000 releases: its masks have too many digits
            self._fail("what is known does not fit into a message")

    def _fail(self, reason: str | None = None) -> None:
        if self.reason is None:
            self._process.kill()
            code = self._process.wait()
            self.reason = reason or self._last_words() or f"it ended with exit code {code}"

    def _last_words(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - 4096))
        told = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return told[-1][:_LONGEST_REASON] if told else ""


def importable() -> list[str]:
    """Where this process imports from, without the working directory."""
    here = Path.cwd()
    entries = [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry) != here]
    return list(dict.fromkeys([*entries, _OURS]))
