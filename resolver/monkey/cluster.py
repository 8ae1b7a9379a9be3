"""Probes on the workers of a Dask cluster that the user runs.

What goes out and comes in are bytes of JSON and the name of one function of this package, which the workers
must have installed. (The protocol of Dask itself pickles messages, so whoever reaches a scheduler or a worker
can run code there: a cluster belongs on machines and networks of one's own.) A worker that is lost has its
probes done by another one; what kills several workers is given up as not known. Results are written by the
one process that asks, so that no stack counts twice.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from analyzers.undecodable import UNDECODABLE
from resolver.errors import InputError
from resolver.monkey.executor import Assignment, Done, not_known
from resolver.monkey.recipes import Recipe
from resolver.monkey.worker import probed

if TYPE_CHECKING:
    from distributed import Client, Future

SCHEME = "dask://"
CONNECT_S = 20.0
TICK_S = 1.0
_LOCAL = threading.local()


class Cluster:
    """Implements `resolver.monkey.executor.Executor`.

    Args:
        address: ``host:port`` of a scheduler.
        recipe: of probers on the workers.
        idle_s: so long it is waited for a worker where there is none; then what is left is not known.
    """

    def __init__(self, address: str, recipe: Recipe, idle_s: float = 120.0) -> None:
        self._address, self._recipe, self._idle_s = address, recipe, idle_s

    def run(self, assignments: Iterable[Assignment]) -> Iterator[Done]:
        """See `Executor`.

        Raises:
            InputError: the scheduler cannot be reached, or Dask is not installed.
        """
        try:
            from distributed import Client
        except ImportError as error:
            raise InputError(
                f"{SCHEME} needs the library distributed", "install it: pip install 'stackwright[cluster]'"
            ) from error
        remedy = "start one: dask scheduler, and on every machine: dask worker HOST:PORT"
        try:
            client = Client(f"tcp://{self._address}", timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(f"no scheduler answers at {SCHEME}{self._address}", remedy) from error
        run, told = os.urandom(6).hex(), msgspec.json.encode(self._recipe)
        with client:
            futures = {
                client.submit(
                    probe_bytes,
                    told,
                    msgspec.json.encode(assignment),
                    key=f"stackwright-{run}-{assignment.id}",
                    pure=False,
                ): assignment.id
                for assignment in assignments
            }
            try:
                yield from self._awaited(client, futures)
            finally:
                client.cancel(list(futures), force=True)

    def _awaited(self, client: Client, futures: dict[Future, str]) -> Iterator[Done]:
        """What comes of each, as long as there is a worker."""
        from distributed import wait

        last_seen_s = time.monotonic()
        while futures:
            try:
                with client.as_current():
                    wait(list(futures), timeout=TICK_S, return_when="FIRST_COMPLETED")
            except TimeoutError:
                if client.scheduler_info(n_workers=-1)["workers"]:
                    last_seen_s = time.monotonic()
                elif time.monotonic() > last_seen_s + self._idle_s:
                    reason = OSError("no worker is left")
                    yield from (_answer(name, reason, None) for name in futures.values())
                    return
                continue
            for future in [one for one in futures if one.done()]:
                yield _answer(futures.pop(future), *_outcome(future))
                future.release()


def probe_bytes(recipe: bytes, assignment: bytes) -> bytes:
    """Runs on a worker: one assignment, with the prober that its thread has for this recipe."""
    if getattr(_LOCAL, "recipe", None) != recipe:
        _LOCAL.prober = msgspec.json.decode(recipe, type=Recipe).prober()
        _LOCAL.recipe = recipe
    found = msgspec.json.decode(assignment, type=Assignment)
    return msgspec.json.encode(probed(_LOCAL.prober, found, f"{os.uname().nodename} {os.getpid()}"))


def _outcome(future: Future) -> tuple[BaseException | None, object]:
    """What went wrong, and what came of it; neither need be anything that this process can load."""
    try:
        error = future.exception()
        return error, None if error else future.result()
    except Exception as error:  # whatever the words of a worker do where they are unpickled
        return error, None


def _answer(name: str, error: BaseException | None, result: object) -> Done:
    if error is None:
        try:
            done = msgspec.json.decode(result, type=Done) if isinstance(result, bytes) else None
            if done is not None and done.id == name:
                return done
            error = ValueError("it is no answer to what was asked")
        except UNDECODABLE as problem:
            error = problem
    told = not_known("worker-failed", "".join(traceback.format_exception_only(error)).strip())
    return Done(id=name, result=told, wall_s=0.0, worker="dask")
