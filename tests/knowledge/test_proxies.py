"""Proxies: requests go through the one that the environment names, and around it where it says so."""

from __future__ import annotations

import base64
import http.client
import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.catalog import Knowledge
from knowledge.errors import ConfigurationError, IndexStatusError, KnowledgeError
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY
from knowledge.transport.connections import Connections, basic, proxy_headers
from knowledge.transport.settings import TransportSettings, proxy_variables
from knowledge.transport.threads import Transport


class Proxy(http.server.ThreadingHTTPServer):
    """Passes requests for whole addresses on, and tunnels; wants a password when it was given one."""

    daemon_threads = True

    def __init__(self, password: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.password = password
        self.targets: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_GET(self) -> None:
        self.server.targets.append(self.path)
        if self._refused():
            return
        parts = urlsplit(self.path)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        passed = {
            name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")
        }
        connection.request("GET", parts.path, headers=passed)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Range"):
            if answer.headers[name]:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self) -> None:
        self.server.targets.append(f"CONNECT {self.path}")
        self.close_connection = True
        if not self._refused():
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass

    def _refused(self) -> bool:
        expected = base64.b64encode(f"user:{self.server.password}".encode()).decode()
        if self.server.password is None or self.headers["Proxy-Authorization"] == f"Basic {expected}":
            return False
        self.send_response(407)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True


@contextmanager
def running(proxy: Proxy) -> Iterator[Proxy]:
    with proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("foo", "1.0")
    with IndexServer(index) as server:
        yield server


def read(url: str) -> None:
    settings = TransportSettings(attempts=1, connect_s=5.0, read_s=10.0)
    store = open_store(MEMORY)
    with Knowledge(url, store, lambda: 1e9, transport=Transport(settings)) as knowledge:
        listing = knowledge.listing("foo")
        assert listing is not None
        assert knowledge.metadata("foo", listing.files(0)[0]).version == "1.0"


def test_requests_go_through_the_proxy(server: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Proxy()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        read(server.url)
    assert proxy.targets[0] == f"{server.url}foo/"
    assert len(proxy.targets) == len(server.requests) == 2


@pytest.mark.parametrize("exception", ["127.0.0.1", "*", "other.example,127.0.0.1"])
def test_hosts_of_no_proxy_are_asked_directly(
    server: IndexServer, monkeypatch: pytest.MonkeyPatch, exception: str
) -> None:
    with running(Proxy()) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        monkeypatch.setenv("no_proxy", exception)
        read(server.url)
    assert proxy.targets == []


def test_a_proxy_is_told_its_own_password(server: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Proxy(password="s3cret")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://user:s3cret@{proxy.address}")
        read(server.url)
        monkeypatch.setenv("http_proxy", f"http://user:wr0ng@{proxy.address}")
        with pytest.raises(IndexStatusError, match="407") as caught:
            read(server.url)
    assert any("HTTP_PROXY" in note for note in caught.value.__notes__)
    assert "wr0ng" not in str(caught.value) + "".join(caught.value.__notes__)


def test_https_asks_for_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Proxy()) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        with pytest.raises(KnowledgeError, match=r"index\.example"):
            read("https://index.example/simple/")
    assert proxy.targets == ["CONNECT index.example:443"]


def test_a_proxy_that_is_not_there_is_told_of(server: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    with pytest.raises(KnowledgeError) as caught:
        read(server.url)
    assert any("proxy" in note for note in caught.value.__notes__)
    assert server.requests == []


@pytest.mark.parametrize("address", ["http://[::1", "http://", "http://u:hunter2@h:99999", "127.0.0.1:x"])
def test_what_is_no_address_of_a_proxy_is_told_without_its_password(address: str) -> None:
    connections = Connections(TransportSettings(proxies={"http": address}))
    with pytest.raises(ConfigurationError, match="no address") as caught:
        connections.route("http://index.example/simple/")
    assert "hunter2" not in str(caught.value)


def test_a_proxy_without_a_scheme_gets_its_password() -> None:
    connections = Connections(TransportSettings(proxies={"http": "user:secret@127.0.0.1:3128"}))
    assert proxy_headers(connections.route("http://index.example/simple/")) == {
        "Proxy-Authorization": basic("user", "secret")
    }


def test_what_builds_and_installs_hears_of_every_proxy() -> None:
    proxies = {"ALL_PROXY": "socks5://a", "https_proxy": "http://b", "NO_PROXY": "c"}
    assert proxy_variables({**proxies, "PATH": "/bin", "PROXY": "d"}) == proxies
