"""Layers as they are downloaded; where a connection breaks, the rest is asked for."""

from __future__ import annotations

import re
from collections.abc import Generator

import requests

from images.errors import DamagedImageError
from images.sources.archives import NamedLayer
from images.sources.registry.bodies import BrokenBodyError, body_chunks
from images.sources.registry.connection import RegistryConnection
from images.sources.registry.patience import Patience

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)")


def downloaded(
    connection: RegistryConnection, layer: NamedLayer, patience: Patience
) -> Generator[bytes, None, None]:
    """The bytes of a layer, no matter how often the connection breaks, within bounds.

    Raises:
        SourceUnavailableError: the registry does not answer, or breaks off too often.
        DamagedImageError: it does not have the layer, or sends another length than the manifest states.
    """
    size_bytes = layer.size_bytes or 0
    received = counted = attempt = 0
    reason = ""
    while received < size_bytes or (size_bytes == 0 and attempt == 0):
        if attempt:
            if attempt == patience.attempts:
                raise connection.unavailable(f"{reason}, within {layer.what}")
            connection.wait(patience.pause(attempt - 1))
        attempt += 1
        response = connection.get(f"blobs/{layer.digest}", _range(received))
        passed_over = received - _start(connection, response, layer, received)
        try:
            for chunk in body_chunks(response, patience):
                rest = chunk[passed_over:]
                passed_over -= len(chunk) - len(rest)
                received += len(rest)
                if rest:
                    yield rest
                if received > size_bytes:
                    return  # whoever counts says so
        except BrokenBodyError as error:
            reason = str(error)
        else:
            reason = "it ends early"
        if received - counted >= patience.progress_bytes:
            counted, attempt = received, min(attempt, 1)


def _range(received: int) -> dict[str, str]:
    return {"Range": f"bytes={received}-"} if received else {}


def _start(
    connection: RegistryConnection, response: requests.Response, layer: NamedLayer, received: int
) -> int:
    """Where in the layer an answer begins; a registry need not know ranges.

    Raises:
        ImageError: it is no part of the layer.
    """
    status = response.status_code
    if status == 206 and received:
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found is not None and int(found[1]) == received:
            return received
        response.close()
        raise DamagedImageError(layer.what, "the registry sends another part than was asked for")
    if status == 200:
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) != layer.size_bytes:
            response.close()
            raise DamagedImageError(
                layer.what,
                f"the registry states {int(length):,} bytes, and the manifest {layer.size_bytes or 0:,}",
            )
        return 0
    response.close()
    if status == 404:
        raise DamagedImageError(layer.what, "the registry does not have it")
    raise connection.refusal(response, layer.what)
