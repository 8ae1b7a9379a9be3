"""Bodies of responses, read as they arrive: never waited for without end, and broken in one known way."""

from __future__ import annotations

import time
from collections.abc import Iterator

import requests

from images.sources.registry.patience import Patience

_READ_BYTES = 1 << 18
_GATHERED_BYTES = 1 << 17


class BrokenBodyError(Exception):
    """The connection broke, or became too slow, before the body was complete."""


def body_chunks(response: requests.Response, patience: Patience) -> Iterator[bytes]:
    """The body as it is sent, whatever encoding the server claims; in pieces worth handing on.

    Raises:
        BrokenBodyError: it ended early, or came too slowly; what came before was given.
    """
    started_s, received = time.monotonic(), 0
    pieces: list[bytes] = []
    try:
        while True:
            piece, broken = _piece(response, patience)
            pieces.append(piece)
            received += len(piece)
            waited_s = time.monotonic() - started_s
            if waited_s > patience.read_s and received < waited_s * patience.slowest_bytes_s:
                broken = BrokenBodyError(f"it sends less than {patience.slowest_bytes_s:,} bytes a second")
            is_end = not piece or broken is not None
            if is_end or sum(map(len, pieces)) >= _GATHERED_BYTES:
                if gathered := b"".join(pieces):
                    yield gathered
                pieces = []
            if broken is not None:
                raise broken
            if is_end:
                return
    finally:
        response.close()


def _piece(response: requests.Response, patience: Patience) -> tuple[bytes, BrokenBodyError | None]:
    """The next bytes, none at the end; or why there are none."""
    import urllib3

    try:
        piece: bytes = response.raw.read1(_READ_BYTES, decode_content=False)
    except urllib3.exceptions.ReadTimeoutError:
        return b"", BrokenBodyError(f"it sends nothing for {patience.read_s:g} s")
    except (urllib3.exceptions.HTTPError, OSError):
        return b"", BrokenBodyError("the connection breaks again and again")
    return piece, None
