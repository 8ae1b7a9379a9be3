"""The event loop in which requests run: it can end at once, whatever the operating system is waiting for."""

from __future__ import annotations

import asyncio
import concurrent.futures
import socket
import threading
from typing import Any

_Addresses = list[Any]
"""As `socket.getaddrinfo` gives them."""


class RequestLoop(asyncio.SelectorEventLoop):
    """Resolves names in threads that nobody waits for.

    A lookup cannot be interrupted while a name server keeps silent, and the threads of asyncio's own executor
    are waited for when the loop and the interpreter end.
    """

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> _Addresses:
        """See `asyncio.loop.getaddrinfo`."""
        asked = concurrent.futures.Future[_Addresses]()

        def look_up() -> None:
            try:
                asked.set_result(socket.getaddrinfo(host, port, family, type, proto, flags))
            except Exception as error:  # whoever waits gets it
                asked.set_exception(error)

        threading.Thread(target=look_up, name="stackwright-names", daemon=True).start()
        return await asyncio.shield(asyncio.wrap_future(asked, loop=self))
