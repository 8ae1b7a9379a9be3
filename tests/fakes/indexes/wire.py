"""Heads of HTTP/1.1 messages: requests read from a connection, responses written. Source: RFC 9112."""

from __future__ import annotations

import asyncio
import http.client
from urllib.parse import unquote

from fakes.indexes.resources import Request, Response


async def read_request(reader: asyncio.StreamReader, connection: int) -> Request | None:
    """The next request of a connection; None when it is closed or what comes is not HTTP."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, protocol = first.split(" ")
    except ValueError:
        return None
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    keep_alive = protocol == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return Request(
        method=method,
        path=unquote(target.partition("?")[0]),
        headers=headers,
        connection=connection,
        keep_alive=keep_alive,
    )


def head_of(request: Request, response: Response) -> bytes:
    """Status line and headers of a response, with its length."""
    lines = [f"HTTP/1.1 {response.status} {http.client.responses.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if "Transfer-Encoding" not in response.headers and response.status != 304:
        lines.append(f"Content-Length: {len(response.body)}")
    if not request.keep_alive:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
