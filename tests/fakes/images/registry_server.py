"""A registry in this process, over one OCI layout: it authenticates, redirects, breaks off, stalls and lies.

Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import re
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "team/example"
USER, PASSWORD = "reader", "open sesame"
TOKEN = "token-that-is-not-shown"
_RANGE = re.compile(r"bytes=(\d+)-")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, list[str]]


class Handler(BaseHTTPRequestHandler):
    """Answers with what the layout holds, unless a fault is due."""

    protocol_version = "HTTP/1.1"
    registry: FakeRegistry

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        query = parse_qs(parts.query or body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.registry.asked.append(Asked(method=self.command, path=parts.path, headers=headers, query=query))
        fault = self.registry.next_fault(parts.path)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            if fault is not None:
                fault(self)
            elif parts.path == "/token":
                self._token(query)
            elif not self.registry.admits(headers.get("authorization", "")):
                self.send(401, b"{}", {"WWW-Authenticate": self.registry.challenge()})
            else:
                self.send_content()

    def _token(self, query: dict[str, list[str]]) -> None:
        basic = self.headers.get("Authorization") == self.registry.basic()
        refreshed = query.get("refresh_token") == [PASSWORD]
        if query.get("scope") != [f"repository:{REPOSITORY}:pull"] or not (basic or refreshed):
            self.send(401, b"{}")
        else:
            self.send(200, json.dumps({"token": TOKEN, "access_token": TOKEN}).encode())

    def send_content(self) -> None:
        """What the layout has for the path, or the part of it that is asked for."""
        kind, content = self.registry.content(self.path)
        if content is None:
            self.send(404, b'{"errors":[{"code":"NOT_FOUND"}]}')
            return
        headers = {"Content-Type": kind, "Docker-Content-Digest": digest_of(content)}
        part = _RANGE.fullmatch(self.headers.get("Range", ""))
        if part is None or not self.registry.knows_ranges:
            self.send(200, content, headers)
            return
        start = int(part[1])
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.send(206, content[start:], headers)

    def send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        """A whole answer."""
        self.send_head(status, len(content), headers)
        self.wfile.write(content)

    def send_head(self, status: int, length: int, headers: dict[str, str] | None = None) -> None:
        """Status and headers."""
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()


Fault = Callable[[Handler], None]


class FakeRegistry:
    """A server on 127.0.0.1 for the time of a ``with`` block.

    Attributes:
        asked: the requests in the order in which they came.
    """

    def __init__(
        self,
        layout: Path,
        *,
        auth: str | None = None,
        context: ssl.SSLContext | None = None,
        knows_ranges: bool = True,
    ) -> None:
        self._layout, self._auth = layout, auth
        self.knows_ranges = knows_ranges
        self.asked: list[Asked] = []
        self._faults: list[tuple[str, Fault]] = []
        self._ended = threading.Event()
        handler = type("BoundHandler", (Handler,), {"registry": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "http" if context is None else "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self.host}"

    @property
    def reference(self) -> str:
        return f"registry:{self.host}/{REPOSITORY}:latest"

    def at(self, path: str, *faults: Fault) -> None:
        """Answer the next requests whose path holds `path` by these faults, one each."""
        self._faults += [(path, fault) for fault in faults]

    def next_fault(self, path: str) -> Fault | None:
        for due in self._faults:
            if due[0] in path:
                self._faults.remove(due)
                return due[1]
        return None

    def asked_of(self, part: str) -> list[Asked]:
        return [asked for asked in self.asked if part in asked.path]

    def challenge(self) -> str:
        if self._auth == "basic":
            return 'Basic realm="here"'
        return f'Bearer realm="{self.url}/token",service="fake",scope="repository:other:push"'

    def basic(self) -> str:
        return f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"

    def admits(self, authorization: str) -> bool:
        return self._auth is None or authorization == (
            self.basic() if self._auth == "basic" else f"Bearer {TOKEN}"
        )

    def content(self, path: str) -> tuple[str, bytes | None]:
        """Media type and content; the layout's first image is what every tag names."""
        index = json.loads((self._layout / "index.json").read_bytes())
        prefix = f"/v2/{REPOSITORY}/"
        kind, _, name = path.removeprefix(prefix).partition("/")
        if not path.startswith(prefix):
            return "", None
        if kind == "manifests" and name == "latest":
            name = index["manifests"][0]["digest"]
        blob = self._layout / "blobs" / name.replace(":", "/")
        if not blob.is_file():
            return "", None
        content = blob.read_bytes()
        stated = json.loads(content).get("mediaType", "") if kind == "manifests" else ""
        return stated or "application/octet-stream", content

    def layer_digests(self) -> list[str]:
        """Digests of the layers of the first image."""
        manifest = json.loads(self.content(f"/v2/{REPOSITORY}/manifests/latest")[1] or b"")
        return [layer["digest"] for layer in manifest["layers"]]

    def wait(self, seconds: float) -> None:
        """Keep silent, but not beyond the end of the server."""
        self._ended.wait(seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def cut_after(count: int) -> Fault:
    """Break off after some bytes of the body that was promised."""

    def fault(handler: Handler) -> None:
        content = handler.registry.content(handler.path)[1] or b""
        start = int(part[1]) if (part := _RANGE.fullmatch(handler.headers.get("Range", ""))) else 0
        headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if start else {}
        handler.send_head(206 if start else 200, len(content) - start, headers)
        handler.wfile.write(content[start : start + count])
        handler.close_connection = True

    return fault


def stall_after(count: int, seconds: float = 60) -> Fault:
    """Send some bytes of the body, then nothing."""

    def fault(handler: Handler) -> None:
        cut_after(count)(handler)
        handler.wfile.flush()
        handler.registry.wait(seconds)

    return fault


def trickle(pause_s: float) -> Fault:
    """Send byte by byte."""

    def fault(handler: Handler) -> None:
        content = handler.registry.content(handler.path)[1] or b""
        handler.send_head(200, len(content))
        for at in range(len(content)):
            handler.wfile.write(content[at : at + 1])
            handler.registry.wait(pause_s)
        handler.close_connection = True

    return fault


def answer(status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> Fault:
    """Say something else."""
    return lambda handler: handler.send(status, content, headers)


def redirect(url: str, status: int = 307) -> Fault:
    """Send the client elsewhere."""
    return answer(status, b"", {"Location": url})


def without_length(content: bytes) -> Fault:
    """Send a body whose end is the end of the connection."""

    def fault(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = True

    return fault
