"""How requests are made: limits, credentials, certificates; nothing of the network is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import msgspec

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def proxy_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """What variables say of proxies, spelled as they are: what installs or builds needs the same."""
    return {name: value for name, value in environ.items() if name.lower() in _PROXIES}


class TransportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How requests are made.

    Attributes:
        credentials: origin (``https://host:port``, as `knowledge.transport.urls.origin` gives it) to user and
            password; sent to that origin alone.
        netrc_file: consulted for origins without `credentials`.
        keyring: whether the command ``keyring`` is asked when an origin refuses a request.
        proxies: scheme to the address of a proxy, as ``http_proxy`` names it; None for what the environment
            names. Hosts of ``no_proxy`` are asked directly.
        ca_file: certificates of authorities to trust instead of the system's; a file or a directory.
        connections: how many requests are under way at once; each keeps a connection to each origin.
        connect_s: limit for looking up a name, and for the connection to one address with TLS.
        read_s: limit for silence while an answer is awaited or read.
        slowest_bytes_s: an answer that stays below this for `read_s` counts as silence.
        total_s: limit for one attempt.
        attempts: how often a request is tried before its error counts.
        silent_attempts: likewise where a time limit ended the attempts.
        backoff_s: first pause between attempts; each further one is twice as long, and up to half shorter
            by chance.
        longest_pause_s: limit for a pause, also for one that the server asked for.
        patience_s: after this a person is told what is waited for.
        seed: of the pauses' jitter.
    """

    user_agent: str = "stackwright"
    credentials: Mapping[str, tuple[str, str]] = {}
    netrc_file: str | None = None
    keyring: bool = False
    proxies: Mapping[str, str] | None = None
    ca_file: str | None = None
    connections: int = 10
    connect_s: float = 10.0
    read_s: float = 30.0
    slowest_bytes_s: float = 100.0
    total_s: float = 180.0
    attempts: int = 4
    silent_attempts: int = 2
    backoff_s: float = 0.3
    longest_pause_s: float = 20.0
    patience_s: float = 5.0
    redirects: int = 10
    seed: int = 0

    def __repr__(self) -> str:
        """Without what is secret."""
        return f"TransportSettings(user_agent={self.user_agent!r}, connections={self.connections})"

    def with_timeout(self, silence_s: float) -> Self:
        """The same, but for the limit of silence and those that have to fit it."""
        return msgspec.structs.replace(
            self,
            read_s=silence_s,
            connect_s=min(self.connect_s, silence_s),
            total_s=max(self.total_s, 2 * silence_s),
            patience_s=min(self.patience_s, silence_s / 2),
        )
