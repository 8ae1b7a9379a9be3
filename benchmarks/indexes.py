"""Where lockers find releases: the configured index itself, or a loopback replay of it that counts."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from fakes.indexes.replay import ReplayIndex, replaying
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer
from knowledge.indexes.configuration import configure_index, pip_configuration_files


class Index(Protocol):
    """An index under measurement."""

    url: str

    def requests(self) -> dict[str, int] | None:
        """Requests by kind since this was last asked; None where nobody counts."""

    def upstream_requests(self) -> int:
        """Requests so far to an index further away, which slow an answer down."""


class DirectIndex:
    """The index itself."""

    def __init__(self, url: str) -> None:
        self.url = url

    def requests(self) -> dict[str, int] | None:
        """See `Index.requests`."""
        return None

    def upstream_requests(self) -> int:
        """See `Index.upstream_requests`."""
        return 0


class LoopbackIndex:
    """A recording that is replayed."""

    def __init__(self, site: ReplayIndex, server: IndexServer) -> None:
        self.url, self._site, self._server, self._seen = server.url, site, server, 0

    def requests(self) -> dict[str, int] | None:
        """See `Index.requests`; redirects from a page without its slash are requests, too."""
        fresh = self._server.requests[self._seen :]
        self._seen += len(fresh)
        counts = Counter(request.kind for request in fresh)
        served = sum(request.body_bytes for request in fresh)
        return {**{kind.value: counts[kind] for kind in RequestKind if counts[kind]}, "bytes": served}

    def upstream_requests(self) -> int:
        """See `Index.upstream_requests`."""
        return self._site.upstream_requests


def configured_url() -> str:
    """The index that the tools of this machine are told to use."""
    files = pip_configuration_files(os.environ, Path.home(), Path(sys.prefix))
    return configure_index(environ=os.environ, pip_files=files).url


@contextmanager
def opened(mode: str, upstream: str, cache: Path, delay_s: float) -> Iterator[Index]:
    """The index of a mode, ``direct`` or ``loopback``, while it is measured."""
    if mode == "direct":
        yield DirectIndex(upstream)
        return
    recording = cache / "recorded" / hashlib.sha256(upstream.encode()).hexdigest()[:12]
    site = ReplayIndex(recording, upstream)
    with replaying(site, delay_s=delay_s) as server:
        yield LoopbackIndex(site, server)
    site.close()
    for failure in site.failures:
        print(f"not recorded: {failure}", file=sys.stderr)
