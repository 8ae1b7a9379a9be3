"""What a server and a site say to each other: requests, resources, responses.

A site (a `FakeIndex`, or whatever else can answer for a path) gives whole resources; ranges, encodings,
conditions and faults are the server's.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class RequestKind(enum.StrEnum):
    """What a request is after; RANGE is a file asked for with a Range header."""

    LISTING = "listing"
    METADATA = "metadata"
    RANGE = "range"
    FILE = "file"
    OTHER = "other"


class PageForm(enum.StrEnum):
    """Media types of the simple API. Source: PEP 691."""

    JSON = "application/vnd.pypi.simple.v1+json"
    HTML = "application/vnd.pypi.simple.v1+html"
    LEGACY_HTML = "text/html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request as it arrived.

    Attributes:
        path: decoded, without the query.
        headers: by lower-case name.
        connection: number of the connection it came by, counting from 1.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    connection: int
    keep_alive: bool

    @property
    def kind(self) -> RequestKind:
        path = self.path.removeprefix("/moved")
        if path.startswith("/simple/"):
            return RequestKind.LISTING
        if not path.startswith("/files/"):
            return RequestKind.OTHER
        if path.endswith(".metadata"):
            return RequestKind.METADATA
        return RequestKind.RANGE if "range" in self.headers else RequestKind.FILE


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """What stands at a path. Of `body` only the length and slices are used."""

    body: bytes
    content_type: str
    status: int = 200


class Site(Protocol):
    """What a server serves."""

    def resource(self, path: str, form: PageForm) -> Resource | None:
        """What stands at `path`, a listing in the form the client prefers; None for nothing."""


Delivery = Callable[[asyncio.StreamWriter, bytes, bytes], Awaitable[bool]]
"""Sends a head and a body; says whether the connection can serve another request."""


async def deliver_whole(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> bool:
    writer.write(head + body)
    await writer.drain()
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """An answer before it is written; Content-Length is added unless `headers` state a transfer encoding."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delivery: Delivery = deliver_whole
