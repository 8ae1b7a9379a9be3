"""What can go wrong between a client and an index, one constructor per fault.

A fault changes the request before it is looked at, the resource before ranges are cut from it, or the
response before it is sent.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from fakes.indexes.resources import Delivery, Request, Resource, Response

_CHUNK = b" " * 65536


def _same_request(request: Request) -> Request:
    return request


def _same_resource(resource: Resource | None) -> Resource | None:
    return resource


def _same_response(request: Request, response: Response) -> Response:
    return response


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One misbehaviour; `name` is for messages."""

    name: str
    on_request: Callable[[Request], Request] = _same_request
    on_resource: Callable[[Resource | None], Resource | None] = _same_resource
    on_response: Callable[[Request, Response], Response] = _same_response

    @staticmethod
    def status(code: int, *, retry_after: str | None = None, body: bytes = b"") -> Fault:
        """Answers with a status; `retry_after` is seconds or a date, as the header has it."""
        headers = {"Content-Type": "text/plain"}
        if retry_after is not None:
            headers["Retry-After"] = retry_after
        answer = Response(status=code, headers=headers, body=body)
        return Fault(name=f"status {code}", on_response=lambda request, response: answer)

    @staticmethod
    def redirect(location: str, status: int = 302) -> Fault:
        """Redirects to an absolute URL or a path; ``{path}`` in it is the path asked for."""

        def away(request: Request, response: Response) -> Response:
            return Response(status=status, headers={"Location": location.format(path=quote(request.path))})

        return Fault(name=f"redirect to {location}", on_response=away)

    @staticmethod
    def redirect_loop() -> Fault:
        """Redirects to the path asked for."""
        return replace(Fault.redirect("{path}"), name="redirect loop")

    @staticmethod
    def body(content: bytes, content_type: str | None = None) -> Fault:
        """Another body in place of the true one, such as invalid JSON or one of another type."""

        def other(resource: Resource | None) -> Resource:
            known = resource.content_type if resource else "application/octet-stream"
            return Resource(body=content, content_type=content_type or known)

        return Fault(name="other body", on_resource=other)

    @staticmethod
    def content_type(value: str) -> Fault:
        """The true body under a wrong type."""
        return Fault(name=f"content type {value}", on_response=_with_headers({"Content-Type": value}))

    @staticmethod
    def flip_bit(position: int | None = None) -> Fault:
        """One bit of the resource is wrong, by default in its middle: its hash no longer agrees."""

        def flipped(resource: Resource | None) -> Resource | None:
            if resource is None:
                return None
            body = bytearray(resource.body)
            body[len(body) // 2 if position is None else position] ^= 1
            return replace(resource, body=bytes(body))

        return Fault(name="flipped bit", on_resource=flipped)

    @staticmethod
    def metadata(**fields: str) -> Fault:
        """Metadata with other fields, such as ``name="evil"`` or ``requires_python=">=4"``.

        A field that was not there is added; so ``keywords="x"`` only breaks the hash.
        """

        def rewritten(resource: Resource | None) -> Resource | None:
            if resource is None:
                return None
            lines = resource.body.decode().splitlines()
            for field, value in fields.items():
                title = field.replace("_", "-").title() + ": "
                lines = [title + value, *(line for line in lines if not line.startswith(title))]
            return replace(resource, body="".join(f"{line}\n" for line in lines).encode())

        return Fault(name="wrong metadata", on_resource=rewritten)

    @staticmethod
    def other_range(shift_bytes: int) -> Fault:
        """An honest 206 for a range that starts elsewhere than the one asked for."""

        def shifted(request: Request) -> Request:
            first, _, last = request.headers.get("range", "").removeprefix("bytes=").partition("-")
            if not first and not last:
                return request
            moved = "-".join(str(max(0, int(text) + shift_bytes)) if text else "" for text in (first, last))
            return replace(request, headers={**request.headers, "range": f"bytes={moved}"})

        return Fault(name="other range", on_request=shifted)

    @staticmethod
    def content_range(value: str | None) -> Fault:
        """The range asked for, under a Content-Range that lies, or without one."""

        def lying(request: Request, response: Response) -> Response:
            if response.status != 206:
                return response
            headers = {**response.headers, "Content-Range": value or ""}
            if value is None:
                del headers["Content-Range"]
            return replace(response, headers=headers)

        return Fault(name=f"content range {value}", on_response=lying)

    @staticmethod
    def stall(seconds: float | None = None, *, sent_bytes: int | None = None) -> Fault:
        """Sends the head and `sent_bytes` of the body, or nothing at all, and then waits.

        What is missing follows after `seconds`; where that is None, nothing does until the server stops.
        """

        async def stalling(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> bool:
            whole = head + body
            at = 0 if sent_bytes is None else len(head) + sent_bytes
            writer.write(whole[:at])
            await asyncio.sleep(86400 if seconds is None else seconds)
            writer.write(whole[at:])
            await writer.drain()
            return True

        return _delivered("stall", stalling)

    @staticmethod
    def drip(chunk_bytes: int = 1, pause_s: float = 0.01) -> Fault:
        """The body comes in small pieces."""

        async def dripping(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> bool:
            writer.write(head)
            for start in range(0, len(body), chunk_bytes):
                writer.write(body[start : start + chunk_bytes])
                await writer.drain()
                await asyncio.sleep(pause_s)
            return True

        return _delivered("drip", dripping)

    @staticmethod
    def truncate(sent_bytes: int) -> Fault:
        """The body ends before its Content-Length is reached; the connection is closed."""

        async def truncating(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> bool:
            writer.write(head + body[:sent_bytes])
            await writer.drain()
            return False

        return _delivered("truncated", truncating)

    @staticmethod
    def reset(sent_bytes: int | None = None) -> Fault:
        """The connection is reset after `sent_bytes` of the body, or before anything was sent."""

        async def resetting(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> bool:
            if sent_bytes is not None:
                writer.write(head + body[:sent_bytes])
                await writer.drain()
            connection: socket.socket = writer.get_extra_info("socket")
            # without lingering a close sends RST instead of FIN
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False

        return _delivered("reset", resetting)

    @staticmethod
    def endless() -> Fault:
        """A body without a length that never ends: spaces, for as long as the client reads."""

        async def flooding(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> bool:
            writer.write(head)
            while True:
                writer.write(b"%x\r\n%s\r\n" % (len(_CHUNK), _CHUNK))
                await writer.drain()

        def endless(request: Request, response: Response) -> Response:
            if request.method == "HEAD":
                return response
            headers = {**response.headers, "Transfer-Encoding": "chunked"}
            return replace(response, headers=headers, delivery=flooding)

        return Fault(name="endless body", on_response=endless)

    @staticmethod
    def gzip_bomb(expanded_bytes: int) -> Fault:
        """A body that is a thousand times larger once decoded."""
        bomb = gzip.compress(bytes(expanded_bytes), mtime=0)

        def explosive(request: Request, response: Response) -> Response:
            headers = {**response.headers, "Content-Encoding": "gzip"}
            return replace(response, headers=headers, body=bomb)

        return Fault(name="gzip bomb", on_response=explosive)


def _with_headers(added: Mapping[str, str]) -> Callable[[Request, Response], Response]:
    def change(request: Request, response: Response) -> Response:
        return replace(response, headers={**response.headers, **added})

    return change


def _delivered(name: str, delivery: Delivery) -> Fault:
    def change(request: Request, response: Response) -> Response:
        return replace(response, delivery=delivery)

    return Fault(name=name, on_response=change)
