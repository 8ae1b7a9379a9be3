"""Hosts that keep us waiting: a person is told once, time limits hold, and nobody queues up for silence."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import msgspec
import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.errors import IndexUnreachableError, TransportError
from knowledge.transport.client import Client, Response
from knowledge.transport.failures import SilenceError, of_exception
from knowledge.transport.settings import TransportSettings
from knowledge.transport.statistics import RequestKind
from knowledge.transport.threads import Transport

BRIEF = TransportSettings(
    connect_s=0.5, read_s=0.3, patience_s=0.1, attempts=4, silent_attempts=2, backoff_s=0.01
)


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    for number in range(60):
        index.add(f"p{number}", "1.0")
    with IndexServer(index) as server:
        yield server


class Asking:
    """A transport whose words are kept."""

    def __init__(self, settings: TransportSettings) -> None:
        self.told: list[str] = []
        self.transport = Transport(settings, self.told.append)

    def get(self, *urls: str) -> list[Response | BaseException | None]:
        """What came of requests that were made at once."""

        def work(url: str) -> Callable[[Client], Response]:
            return lambda client: client.get(url, RequestKind.LISTING, largest_bytes=1 << 20)

        futures = [self.transport.submit(work(url)) for url in urls]
        return [future.exception(timeout=20) or future.result() for future in futures]


@pytest.fixture
def asking() -> Iterator[Asking]:
    asking = Asking(BRIEF)
    yield asking
    asking.transport.close()


def test_a_person_is_told_once_for_each_host_what_is_waited_for(server: IndexServer, asking: Asking) -> None:
    server.fault("*", Fault.stall(0.2))
    assert [r.status for r in asking.get(f"{server.url}p0/", f"{server.url}p1/") if isinstance(r, Response)]
    asking.get(f"{server.url}p2/")
    (told,) = asking.told  # two threads asked at once
    assert told in (f"{server.url}p0/", f"{server.url}p1/")


def test_nobody_is_told_of_a_host_that_answers(server: IndexServer, asking: Asking) -> None:
    asking.get(*(f"{server.url}p{number}/" for number in range(60)))
    time.sleep(2 * BRIEF.patience_s)
    assert asking.told == []


@pytest.mark.parametrize(
    ("fault", "reason", "attempts"),
    [
        (Fault.stall(), "no answer for 0.3 s", 2),
        (Fault.stall(sent_bytes=10), "no answer for 0.3 s", 2),
        (Fault.drip(1, 0.1), "less than 100 bytes a second for 0.3 s", 1),
    ],
    ids=["stall", "stall within the body", "drip"],
)
def test_silence_ends_a_request_and_names_the_remedy(
    server: IndexServer, asking: Asking, fault: Fault, reason: str, attempts: int
) -> None:
    server.fault("*", fault)
    (error,) = asking.get(f"{server.url}p0/")
    assert isinstance(error, IndexUnreachableError)
    assert (error.url, error.reason, error.attempts) == (f"{server.url}p0/", reason, attempts)
    assert "--timeout" in error.__notes__[0]
    assert len(server.requests) == attempts


def test_a_connection_that_nobody_accepts_ends_a_request() -> None:
    """A queue of waiting connections that is full lets further ones wait for ever."""
    asking = Asking(msgspec.structs.replace(BRIEF, connect_s=0.3))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        filling = [socket.socket() for _ in range(4)]
        for one in filling:
            one.setblocking(False)
            one.connect_ex(address)
        (error,) = asking.get(f"http://127.0.0.1:{address[1]}/simple/p0/")
        asking.transport.close()
        for one in filling:
            one.close()
    assert isinstance(error, IndexUnreachableError)
    assert (error.reason, error.attempts) == ("no connection within 0.3 s", 2)


def test_a_slow_answer_that_grows_is_read_to_its_end(server: IndexServer, asking: Asking) -> None:
    server.fault("*", Fault.drip(20, 0.05))  # 400 bytes a second, for longer than silence may last
    (response,) = asking.get(f"{server.url}p0/")
    assert isinstance(response, Response)
    assert len(response.body) > 100


def test_what_queues_up_for_a_silent_host_ends_with_the_first_that_gives_up(
    server: IndexServer, asking: Asking
) -> None:
    server.fault("*", Fault.stall())
    began_s = time.monotonic()
    errors = asking.get(*(f"{server.url}p{number}/" for number in range(60)))
    assert time.monotonic() - began_s < 2.5  # one after another they would take 6 * 2 * 0.3 s
    assert {type(error) for error in errors} == {IndexUnreachableError}
    assert len({str(error) for error in errors}) == 60
    assert len(server.requests) <= 2 * BRIEF.connections
    server.heal()
    fresh = Asking(BRIEF)
    assert isinstance(fresh.get(f"{server.url}p0/")[0], Response)
    fresh.transport.close()


def test_one_silent_page_spoils_no_other_of_its_host(server: IndexServer, asking: Asking) -> None:
    server.fault("/simple/p0/", Fault.stall())
    silent, *others = asking.get(*(f"{server.url}p{number}/" for number in range(60)))
    assert isinstance(silent, TransportError)
    assert all(isinstance(response, Response) for response in others)
    assert isinstance(asking.get(f"{server.url}p1/")[0], Response)


def test_time_in_the_queue_counts_for_no_limit(server: IndexServer) -> None:
    asking = Asking(msgspec.structs.replace(BRIEF, connections=1, total_s=0.5))
    server.fault("*", Fault.stall(0.05))
    responses = asking.get(*(f"{server.url}p{number}/" for number in range(20)))
    assert all(isinstance(response, Response) for response in responses)
    asking.transport.close()


def test_a_name_that_is_not_resolved_is_looked_up_twice_at_the_most() -> None:
    """A lookup in vain takes ten seconds and more by itself."""
    unresolved = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    error = of_exception("http://index.example/", unresolved, BRIEF)
    assert isinstance(error, SilenceError)
    assert error.silence.reason == "Temporary failure in name resolution"


def test_nobody_waits_for_a_name_server_that_keeps_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = threading.Event(), threading.Event()

    def silent(*_: object) -> list[object]:
        asked.set()
        answered.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    asking = Asking(BRIEF)
    future = asking.transport.submit(
        lambda client: client.get("http://index.example/", RequestKind.LISTING, largest_bytes=1)
    )
    assert asked.wait(10)
    began_s = time.monotonic()
    asking.transport.close()
    assert time.monotonic() - began_s < 1.9
    assert future.cancelled()
    answered.set()
