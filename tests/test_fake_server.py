"""The loopback index: what it serves, what it counts, and that its faults do what they say."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import PageForm, RequestKind, Resource
from fakes.indexes.server import IndexServer

WHEEL = "/files/flask-3.0.0-py3-none-any.whl"
JSON_PAGE = {"Accept": "application/vnd.pypi.simple.v1+json"}


def get(
    server: IndexServer,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    timeout_s: float = 5.0,
) -> tuple[int, Mapping[str, str], bytes]:
    host, _, port = server.origin.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=timeout_s)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


def small_index() -> FakeIndex:
    index = FakeIndex()
    index.add("Flask", "3.0.0", requires=["werkzeug>=3"], sdist=True, padding_bytes=200_000)
    index.add("werkzeug", "3.1", requires_python=">=3.9")
    return index


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(small_index()) as running:
        yield running


def test_listing_comes_in_the_form_the_client_prefers(server: IndexServer) -> None:
    status, headers, body = get(server, "/simple/flask/", JSON_PAGE)
    assert (status, headers["Content-Type"]) == (200, JSON_PAGE["Accept"])
    assert json.loads(body)["name"] == "flask"
    for accept in ("text/html", "*/*", "application/vnd.pypi.simple.v1+json;q=0.1, text/html"):
        assert get(server, "/simple/flask/", {"Accept": accept})[1]["Content-Type"] == "text/html"


def test_what_is_not_there_is_404(server: IndexServer) -> None:
    for path in ("/simple/nothing/", "/files/nothing.whl", "/files/flask-3.0.0.tar.gz.metadata", "/other"):
        assert get(server, path)[0] == 404
    assert get(server, "/simple/flask")[0] == 301
    assert get(server, "/simple/flask/", method="POST")[0] == 405


def test_every_request_is_recorded(server: IndexServer) -> None:
    get(server, "/simple/flask/")
    get(server, WHEEL + ".metadata")
    get(server, WHEEL, {"Range": "bytes=-9"})
    get(server, WHEEL, method="HEAD")
    assert server.counts() == {
        RequestKind.LISTING: 1,
        RequestKind.METADATA: 1,
        RequestKind.RANGE: 1,
        RequestKind.FILE: 1,
    }
    ranged, head = server.requests[2:]
    assert (ranged.path, ranged.range, ranged.status, ranged.body_bytes) == (WHEEL, "bytes=-9", 206, 9)
    assert (head.method, head.status, head.body_bytes) == ("HEAD", 200, 0)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-0", 0, 1), ("5-9", 5, 10), ("-7", -7, None), ("100-", 100, None), ("0-999999999", 0, None)],
)
def test_ranges_give_the_bytes_asked_for(
    server: IndexServer, asked: str, start: int, end: int | None
) -> None:
    whole = get(server, WHEEL)[2]
    status, headers, body = get(server, WHEEL, {"Range": f"bytes={asked}"})
    first, last, _ = slice(start, end).indices(len(whole))
    assert (status, body) == (206, whole[start:end])
    assert headers["Content-Range"] == f"bytes {first}-{last - 1}/{len(whole)}"


@pytest.mark.parametrize("asked", ["999999999-", "-0"])
def test_a_range_outside_the_file_is_refused(server: IndexServer, asked: str) -> None:
    status, headers, body = get(server, WHEEL, {"Range": f"bytes={asked}"})
    assert (status, body) == (416, b"")
    assert headers["Content-Range"].startswith("bytes */20")


def test_several_ranges_and_other_units_give_the_whole_file(server: IndexServer) -> None:
    for asked in ("bytes=0-1,4-5", "lines=1-2"):
        status, _, body = get(server, WHEEL, {"Range": asked})
        assert (status, len(body) > 200_000) == (200, True)


def test_manners() -> None:
    with IndexServer(small_index(), ranges=False, html_only=True, gzip=True, etag=True) as server:
        status, headers, _ = get(server, WHEEL, {"Range": "bytes=0-1"})
        assert status == 200
        assert "Accept-Ranges" not in headers
        assert get(server, WHEEL, {"If-None-Match": f'"x", {headers["ETag"]}'})[::2] == (304, b"")
        _, headers, body = get(server, "/simple/flask/", {**JSON_PAGE, "Accept-Encoding": "gzip"})
        assert (headers["Content-Type"], headers["Content-Encoding"]) == ("text/html", "gzip")
        assert b"flask-3.0.0.tar.gz" in gzip.decompress(body)


def test_redirects_and_credentials() -> None:
    with IndexServer(small_index(), redirects=True, credentials=("user", "secret")) as server:
        assert get(server, "/simple/flask/")[0] == 401
        asked = {"Authorization": "Basic dXNlcjpzZWNyZXQ="}
        status, headers, _ = get(server, "/simple/flask/", asked)
        assert (status, headers["Location"]) == (302, "/moved/simple/flask/")
        assert get(server, headers["Location"], asked)[0] == 200
        assert server.counts() == {RequestKind.LISTING: 3}


def test_connections_are_kept_alive_and_counted(server: IndexServer) -> None:
    host, _, port = server.origin.removeprefix("http://").partition(":")
    connections = [http.client.HTTPConnection(host, int(port), timeout=5) for _ in range(50)]
    try:
        for _ in range(2):
            for connection in connections:
                connection.request("GET", WHEEL + ".metadata")
            for connection in connections:
                assert connection.getresponse().read().startswith(b"Metadata-Version: 2.2\nName: Flask\n")
    finally:
        for connection in connections:
            connection.close()
    assert len(server.requests) == 100
    assert len({request.connection for request in server.requests}) == 50
    assert server.peak_connections == 50


def test_delay_is_waited_per_kind() -> None:
    with IndexServer(small_index(), delay_s={RequestKind.METADATA: 0.2}) as server:
        started = time.monotonic()
        get(server, "/simple/flask/")
        between = time.monotonic()
        get(server, WHEEL + ".metadata")
        assert time.monotonic() - between >= 0.2 > between - started


def test_a_fault_befalls_what_it_names_as_often_as_it_says(server: IndexServer) -> None:
    server.fault("*/flask/", Fault.status(429, retry_after="7"), times=2)
    server.fault("*/flask/", Fault.status(599), times=1)
    assert get(server, "/simple/werkzeug/")[0] == 200
    answers = [get(server, "/simple/flask/") for _ in range(4)]
    assert [status for status, _, _ in answers] == [429, 429, 599, 200]
    assert answers[0][1]["Retry-After"] == "7"
    server.fault("*", Fault.status(500), kind=RequestKind.METADATA)
    assert (get(server, WHEEL)[0], get(server, WHEEL + ".metadata")[0]) == (200, 500)
    server.heal()
    assert get(server, WHEEL + ".metadata")[0] == 200


def test_faults_of_content(server: IndexServer) -> None:
    honest = get(server, WHEEL)[2]
    server.fault("*.whl", Fault.flip_bit())
    flipped = get(server, WHEEL)[2]
    middle = len(honest) // 2
    assert [at for at, (a, b) in enumerate(zip(honest, flipped, strict=True)) if a != b] == [middle]
    asked = {"Range": f"bytes={middle}-{middle}"}
    assert get(server, WHEEL, asked)[2] == flipped[middle : middle + 1]

    server.fault("*.metadata", Fault.metadata(name="evil", requires_python=">=4"))
    lines = get(server, WHEEL + ".metadata")[2].decode().splitlines()
    assert "Name: evil" in lines
    assert "Requires-Python: >=4" in lines
    assert "Name: Flask" not in lines

    server.fault("*/flask/", Fault.body(b'{"files": ['), times=1)
    assert get(server, "/simple/flask/", JSON_PAGE)[1:] == (
        {"Content-Type": JSON_PAGE["Accept"], "Vary": "Accept", "Content-Length": "11"},
        b'{"files": [',
    )
    server.fault("*/flask/", Fault.content_type("text/plain"), times=1)
    assert get(server, "/simple/flask/", JSON_PAGE)[1]["Content-Type"] == "text/plain"
    server.fault("*/flask/", Fault.gzip_bomb(10_000_000), times=1)
    bomb = get(server, "/simple/flask/")[2]
    assert len(bomb) < 20_000
    assert len(gzip.decompress(bomb)) == 10_000_000


def test_faults_of_ranges(server: IndexServer) -> None:
    whole, asked = get(server, WHEEL)[2], {"Range": "bytes=10-19"}
    server.fault("*.whl", Fault.other_range(5), times=1)
    status, headers, body = get(server, WHEEL, asked)
    assert (status, body) == (206, whole[15:25])
    assert headers["Content-Range"] == f"bytes 15-24/{len(whole)}"
    server.fault("*.whl", Fault.content_range("bytes 0-9/10"), times=1)
    assert get(server, WHEEL, asked)[1]["Content-Range"] == "bytes 0-9/10"
    server.fault("*.whl", Fault.content_range(None), times=1)
    status, headers, body = get(server, WHEEL, asked)
    assert (status, body, "Content-Range" in headers) == (206, whole[10:20], False)


def test_faulty_redirects(server: IndexServer) -> None:
    server.fault("*/flask/", Fault.redirect_loop())
    server.fault("*/werkzeug/", Fault.redirect("https://other.example{path}", status=307))
    assert get(server, "/simple/flask/")[1]["Location"] == "/simple/flask/"
    status, headers, _ = get(server, "/simple/werkzeug/")
    assert (status, headers["Location"]) == (307, "https://other.example/simple/werkzeug/")


def test_a_truncated_body_is_shorter_than_stated(server: IndexServer) -> None:
    server.fault("*.whl", Fault.truncate(1000))
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(server, WHEEL)
    assert len(caught.value.partial) == 1000


@pytest.mark.parametrize("sent_bytes", [None, 10])
def test_a_reset_is_an_error_of_the_connection(server: IndexServer, sent_bytes: int | None) -> None:
    server.fault("*.whl", Fault.reset(sent_bytes))
    with pytest.raises(ConnectionResetError):
        get(server, WHEEL)


@pytest.mark.parametrize("sent_bytes", [None, 10])
def test_a_stall_lasts_until_the_client_gives_up(server: IndexServer, sent_bytes: int | None) -> None:
    server.fault("*.whl", Fault.stall(sent_bytes=sent_bytes))
    with pytest.raises(TimeoutError):
        get(server, WHEEL, timeout_s=0.2)
    assert get(server, WHEEL + ".metadata")[0] == 200


def test_a_slow_answer_is_whole_in_the_end(server: IndexServer) -> None:
    honest = get(server, WHEEL + ".metadata")[2]
    server.fault("*.metadata", Fault.stall(0.1, sent_bytes=3), times=1)
    server.fault("*.metadata", Fault.drip(chunk_bytes=10, pause_s=0.001), times=1)
    assert [get(server, WHEEL + ".metadata")[2] for _ in range(2)] == [honest, honest]


def test_an_endless_body_goes_on_until_the_client_leaves(server: IndexServer) -> None:
    server.fault("*/flask/", Fault.endless())
    host, _, port = server.origin.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.request("GET", "/simple/flask/")
    with connection.getresponse() as response:
        assert response.read(20_000_000) == b" " * 20_000_000
    connection.close()
    assert get(server, "/simple/werkzeug/")[0] == 200


def test_stopping_leaves_nothing_behind() -> None:
    threads, started = threading.active_count(), time.monotonic()
    with ExitStack() as clients:
        with IndexServer(small_index()) as server:
            address = ("127.0.0.1", int(server.origin.rpartition(":")[2]))
            server.fault("*.whl", Fault.stall())
            idle, stalled = (
                clients.enter_context(socket.create_connection(address, timeout=5)) for _ in range(2)
            )
            stalled.sendall(f"GET {WHEEL} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while not server.requests:
                time.sleep(0.001)
        assert (stalled.recv(1), idle.recv(1)) == (b"", b"")
    assert threading.active_count() == threads
    assert time.monotonic() - started < 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_a_defect_of_the_site_is_raised_where_the_server_ends() -> None:
    class Broken:
        def resource(self, path: str, form: PageForm) -> Resource | None:
            raise ZeroDivisionError(path)

    with (
        pytest.raises(ZeroDivisionError, match="/simple/a/"),
        IndexServer(Broken()) as server,
        pytest.raises(http.client.RemoteDisconnected),
    ):
        get(server, "/simple/a/")
