"""Several requests for the same thing: the first that succeeds is the answer."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Race(Generic[T]):
    """Makes one future of several.

    Args:
        requests: under way; those that nobody needs any more are cancelled.
        failure: the error to give where all failed; takes their errors in the order of `requests`.
        won: told of the result.

    Attributes:
        result: done with the first success, or when all have failed; cancelling it cancels the requests.
    """

    def __init__(
        self,
        requests: Sequence[concurrent.futures.Future[T]],
        failure: Callable[[list[BaseException]], BaseException],
        won: Callable[[T], None],
    ) -> None:
        self.result: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._requests = requests
        self._failure = failure
        self._won = won
        self._lock = threading.Lock()
        self._decided = False
        for request in requests:
            request.add_done_callback(self._arrived)
        self.result.add_done_callback(self._ended)

    def _arrived(self, request: concurrent.futures.Future[T]) -> None:
        with self._lock:
            succeeded = not request.cancelled() and request.exception() is None
            is_over = succeeded or all(other.done() for other in self._requests)
            if self._decided or not is_over:
                return
            self._decided = True
        if not self.result.set_running_or_notify_cancel():
            return
        if succeeded:
            self._won(request.result())
            self.result.set_result(request.result())
        elif errors := [error for other in self._requests if (error := _error_of(other)) is not None]:
            self.result.set_exception(self._failure(errors))

    def _ended(self, _: concurrent.futures.Future[T]) -> None:
        for request in self._requests:
            request.cancel()


def _error_of(request: concurrent.futures.Future[T]) -> BaseException | None:
    return concurrent.futures.CancelledError() if request.cancelled() else request.exception()
