"""One process of a portfolio, seen from the run: what goes to it, what comes from it, and its end."""

from __future__ import annotations

import msgspec

from analyzers.undecodable import UNDECODABLE
from resolver.portfolio.messages import Answer, Beginning, Order
from resolver.search.isolated_process import IsolatedProcess


class Child:
    """A fresh interpreter that serves one predictor.

    Attributes:
        name: for messages.
        reason: why it is no longer there; None while it is.
    """

    def __init__(self, name: str, beginning: Beginning) -> None:
        self.name = name
        self.reason: str | None = None
        self._process = IsolatedProcess("resolver.portfolio.worker")
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
        return self._process.fileno()

    def receive(self) -> Answer | None:
        """What has come, once it is complete; None before, and where the process has ended."""
        line = self._process.receive()
        if line is None:
            return None
        if not line:
            self._fail()
            return None
        try:
            return msgspec.json.decode(line, type=Answer)
        except UNDECODABLE as error:
            self._fail(str(error))
            return None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.close()

    def _tell(self, message: Beginning | Order) -> None:
        try:
            self._process.send(msgspec.json.encode(message))
        except BrokenPipeError:
            self._fail()
        except ValueError:  # a project with more than 14,000 releases: its masks have too many digits
            self._fail("what is known does not fit into a message")

    def _fail(self, reason: str | None = None) -> None:
        if self.reason is None:
            code = self._process.kill()
            self.reason = reason or self._process.last_words() or f"it ended with exit code {code}"
