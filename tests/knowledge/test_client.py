"""The client against a real server that misbehaves."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.errors import (
    ConfigurationError,
    CorruptResponseError,
    IndexStatusError,
    IndexUnreachableError,
    RedirectError,
    TransportError,
)
from knowledge.transport.client import Client, Response
from knowledge.transport.settings import TransportSettings
from knowledge.transport.statistics import RequestKind
from knowledge.transport.threads import Transport
from knowledge.transport.urls import origin

HASTE = TransportSettings(
    user_agent="stackwright/test",
    connect_s=10.0,
    read_s=10.0,
    total_s=20.0,
    attempts=3,
    silent_attempts=3,
    backoff_s=0.01,
)


@pytest.fixture
def index() -> FakeIndex:
    index = FakeIndex()
    index.add("foo", "1.0")
    return index


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as server:
        yield server


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> Iterator[Transport]:
    """Patient, but for a test whose server says nothing."""
    fault = getattr(request.node, "callspec", None) and request.node.callspec.params.get("fault")
    stalls = isinstance(fault, Fault) and fault.name == "stall"
    transport = Transport(msgspec.structs.replace(HASTE, read_s=0.3) if stalls else HASTE)
    yield transport
    transport.close()


def get(
    transport: Transport,
    url: str,
    *,
    largest_bytes: int = 1 << 20,
    headers: Mapping[str, str] | None = None,
    accepted: frozenset[int] = frozenset({200}),
) -> Response:
    def work(client: Client) -> Response:
        return client.get(
            url, RequestKind.LISTING, largest_bytes=largest_bytes, headers=headers, accepted=accepted
        )

    return transport.submit(work).result(timeout=20)


def page(server: IndexServer) -> str:
    return f"{server.url}foo/"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(429, retry_after="0"),
        Fault.status(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
        Fault.status(500),
        Fault.status(503, retry_after="-5"),
        Fault.status(503, retry_after="nan"),
        Fault.stall(),
        Fault.stall(sent_bytes=10),
        Fault.truncate(20),
        Fault.reset(),
        Fault.reset(20),
    ],
    ids=lambda fault: fault.name,
)
def test_what_may_pass_is_tried_again(server: IndexServer, transport: Transport, fault: Fault) -> None:
    server.fault("*/foo/", fault, times=2)
    assert get(transport, page(server)).status == 200
    assert len(server.requests) >= 3
    counts = transport.statistics[RequestKind.LISTING]
    assert counts.requests == counts.retries + 1 in (2, 3)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.status(503), IndexStatusError),
        (Fault.stall(), IndexUnreachableError),
        (Fault.truncate(20), CorruptResponseError),
        (Fault.reset(), IndexUnreachableError),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_what_does_not_pass_is_an_error_after_the_last_attempt(
    server: IndexServer, transport: Transport, fault: Fault, error: type[TransportError]
) -> None:
    server.fault("*/foo/", fault)
    with pytest.raises(error) as caught:
        get(transport, page(server))
    assert caught.value.url == page(server)
    assert caught.value.attempts == 3
    assert str(caught.value).endswith(" (3 attempts)")
    assert len(server.requests) >= 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 451, 501])
def test_what_will_not_pass_is_not_tried_again(
    server: IndexServer, transport: Transport, status: int
) -> None:
    server.fault("*/foo/", Fault.status(status))
    with pytest.raises(IndexStatusError, match=f"status {status}") as caught:
        get(transport, page(server))
    assert (caught.value.status, len(server.requests)) == (status, 1)
    assert get(transport, page(server), accepted=frozenset({status})).status == status


def test_a_pause_that_the_server_asks_for_is_kept_and_bounded(server: IndexServer) -> None:
    settings = TransportSettings(backoff_s=0.01, longest_pause_s=0.4)
    server.fault("*/foo/", Fault.status(429, retry_after="3600"), times=1)
    transport = Transport(settings)
    started = time.monotonic()
    assert get(transport, page(server)).status == 200
    assert 0.35 < time.monotonic() - started < 5
    transport.close()


def test_nobody_there_is_an_error_with_a_remedy(transport: Transport) -> None:
    with pytest.raises(IndexUnreachableError, match=r"127\.0\.0\.1:9") as caught:
        get(transport, "http://127.0.0.1:9/simple/foo/")
    assert any("--offline" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("fault", [Fault.endless(), Fault.gzip_bomb(50 << 20)], ids=lambda fault: fault.name)
def test_a_body_without_end_is_cut(server: IndexServer, transport: Transport, fault: Fault) -> None:
    server.fault("*/foo/", fault)
    with pytest.raises(CorruptResponseError, match="larger than 100000 bytes"):
        get(transport, page(server), largest_bytes=100_000)
    assert len(server.requests) == 1
    assert transport.statistics[RequestKind.LISTING].received_bytes < 20 << 20


def test_a_slow_body_is_read(server: IndexServer, transport: Transport) -> None:
    server.fault("*/foo/", Fault.drip(chunk_bytes=100, pause_s=0.005))
    assert b"foo-1.0" in get(transport, page(server)).body


def test_redirects_are_followed_and_the_last_address_is_told(index: FakeIndex, transport: Transport) -> None:
    with IndexServer(index, redirects=True) as server:
        response = get(transport, f"{server.url}foo")
        assert response.url == f"{server.origin}/moved/simple/foo/"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.redirect_loop(),
        Fault.redirect("file:///etc/passwd"),
        Fault.redirect(""),
        Fault.redirect("http://["),
    ],
    ids=lambda fault: fault.name,
)
def test_redirects_that_lead_nowhere_are_an_error(
    server: IndexServer, transport: Transport, fault: Fault
) -> None:
    server.fault("*/foo/", fault)
    with pytest.raises(RedirectError):
        get(transport, page(server))
    assert len(server.requests) <= HASTE.redirects + 1


def test_credentials_go_to_their_origin_alone(index: FakeIndex) -> None:
    with IndexServer(index, credentials=("user", "pässword")) as private, IndexServer(index) as other:
        settings = TransportSettings(credentials={origin(private.url): ("user", "pässword")}, attempts=1)
        transport = Transport(settings)
        assert get(transport, page(private)).status == 200
        private.fault("*/foo/", Fault.redirect(f"{other.url}foo/"))
        assert get(transport, page(private)).url == page(other)
        with IndexServer(index, credentials=("user", "pässword")) as stranger:
            other.fault(
                "*/foo/",
                Fault.redirect(
                    f"http://user:leak@127.0.0.1:{stranger.origin.rpartition(':')[2]}/simple/foo/"
                ),
            )
            with pytest.raises(IndexStatusError, match="status 401") as caught:
                get(transport, page(private))
        assert "leak" not in str(caught.value) and "pässword" not in repr(settings)
        assert any("password" in note for note in caught.value.__notes__)
        transport.close()


def test_many_requests_share_few_connections(server: IndexServer) -> None:
    transport = Transport(TransportSettings(connections=5))

    def work(client: Client) -> Response:
        return client.get(page(server), RequestKind.LISTING, largest_bytes=1 << 20)

    futures = [transport.submit(work) for _ in range(200)]
    assert {future.result(timeout=20).status for future in futures} == {200}
    assert server.peak_connections <= 5
    transport.close()


def test_certificates_that_are_none_are_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("nothing")
    for name in ("absent.pem", "broken.pem"):
        transport = Transport(TransportSettings(ca_file=str(tmp_path / name)))
        with pytest.raises(ConfigurationError, match=name):
            get(transport, "https://127.0.0.1:9/")
        transport.close()


def test_closing_ends_what_is_under_way(server: IndexServer) -> None:
    server.fault("*/foo/", Fault.stall())
    transport = Transport(TransportSettings())

    def work(client: Client) -> Response:
        return client.get(page(server), RequestKind.LISTING, largest_bytes=1 << 20)

    futures = [transport.submit(work) for _ in range(10)]
    while not server.requests:
        time.sleep(0.01)
    transport.close()
    transport.close()
    assert all(future.cancelled() for future in futures)
    assert transport.submit(work).cancelled()
    deadline_s = time.monotonic() + 10
    while any(thread.name == "stackwright-transport" for thread in threading.enumerate()):
        assert time.monotonic() < deadline_s, "a thread goes on"
        time.sleep(0.01)
    gc.collect()  # a socket or loop that was left open would warn now, and warnings are errors


def test_closing_at_once_and_without_a_request_is_fine() -> None:
    Transport().close()
    transport = Transport()

    def work(client: Client) -> None:
        return None

    future = transport.submit(work)
    transport.close()
    assert future.done()


INTERRUPTED = """
import sys
from knowledge.transport.statistics import RequestKind
from knowledge.transport.threads import Transport
transport = Transport()
def work(client):
    return client.get(sys.argv[1], RequestKind.LISTING, largest_bytes=1000)
try:
    future = transport.submit(work)
    print("waiting", flush=True)
    future.result()
except KeyboardInterrupt:
    transport.close()
    print("interrupted")
"""


def test_a_wait_can_be_interrupted(server: IndexServer) -> None:
    server.fault("*/foo/", Fault.stall())
    command = [sys.executable, "-W", "error", "-c", INTERRUPTED, page(server)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "waiting\n"
        while not server.requests:
            time.sleep(0.01)
        os.kill(process.pid, 2)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "interrupted\n", "")
