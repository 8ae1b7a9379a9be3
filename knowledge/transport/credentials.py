"""User names and passwords of indexes: what the user states, netrc, and on request the keyring's command.

They are sent to their own origin alone, over https or to this machine; they are never printed or stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.errors import ConfigurationError
from knowledge.transport.urls import displayed, origin

_KEYRING_S = 10.0
_LARGEST_ANSWER_BYTES = 1 << 16


class Credentials:
    """Credentials by origin, those of netrc and of the keyring looked up when an origin is first asked.

    Args:
        stated: origin to user and password; with an empty password the keyring is asked for it.
        netrc_file: a file as ftp(1) describes it; its ``default`` entry is passed over, for it names no host.
        keyring: whether the command ``keyring`` may be asked.
    """

    def __init__(
        self, stated: Mapping[str, tuple[str, str]], netrc_file: str | None = None, *, keyring: bool = False
    ) -> None:
        self._known: dict[str, tuple[str, str] | None] = dict(stated)
        self._netrc_file = netrc_file
        self._keyring = keyring
        self._hosts: Mapping[str, tuple[str, str]] | None = None
        self._asked: set[str] = set()

    def of(self, url: str) -> tuple[str, str] | None:
        """User and password for an address; None where there are none or they must not travel there.

        Raises:
            ConfigurationError: the netrc file is malformed.
        """
        if not may_carry(url):
            return None
        at = origin(url)
        if at not in self._known:
            self._known[at] = self._of_netrc(urlsplit(url).hostname or "")
        return self._known[at]

    def from_keyring(self, url: str) -> bool:
        """Asks the keyring for an origin that refused a request, once; says whether it knows something."""
        at = origin(url)
        if not self._keyring or at in self._asked or not may_carry(url):
            return False
        self._asked.add(at)
        user = (self._known.get(at) or ("", ""))[0]
        for service in (at + "/", urlsplit(url).hostname or ""):
            found = _ask_keyring(service, user)
            if found is not None:
                self._known[at] = found
                return True
        return False

    def _of_netrc(self, host: str) -> tuple[str, str] | None:
        if self._hosts is None:
            self._hosts = _read_netrc(self._netrc_file) if self._netrc_file else {}
        return self._hosts.get(host.lower())


def may_carry(url: str) -> bool:
    """Whether credentials may travel to an address: nobody on the way can read them."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def netrc_file(environ: Mapping[str, str], home: Path) -> str | None:
    """The netrc file to read: ``NETRC``, else the user's; None where there is none."""
    for path in (Path(environ["NETRC"]),) if environ.get("NETRC") else (home / ".netrc", home / "_netrc"):
        if path.is_file():
            return str(path)
    return None


def of_environment(environ: Mapping[str, str], index_name: str) -> tuple[str, str] | None:
    """What ``UV_INDEX_NAME_USERNAME`` and ``UV_INDEX_NAME_PASSWORD`` say of an index.

    Source: https://docs.astral.sh/uv/concepts/indexes/#providing-credentials-directly
    """
    name = re.sub(r"[^A-Z0-9]", "_", index_name.upper())
    user, password = (environ.get(f"UV_INDEX_{name}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    return (user, password) if user or password else None


def _read_netrc(path: str) -> dict[str, tuple[str, str]]:
    import netrc

    try:
        entries = netrc.netrc(path).hosts
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "msg", None) or getattr(error, "strerror", None) or "is no text"
        raise ConfigurationError("netrc", path, f"cannot be read: {reason}") from None
    return {
        host.lower(): (user, password or "")
        for host, (user, _, password) in entries.items()
        if host != "default"
    }


def _ask_keyring(service: str, user: str) -> tuple[str, str] | None:
    """What the command says of a service; None where it knows nothing, fails or does not exist."""
    import subprocess

    words = ["get", service, user] if user else ["--mode", "creds", "get", service]
    try:
        answer = subprocess.run(
            ["keyring", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_KEYRING_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = answer.stdout[:_LARGEST_ANSWER_BYTES].decode("utf-8", errors="replace").splitlines()
    if answer.returncode != 0 or len(lines) < (1 if user else 2):
        return None
    return (user, lines[0]) if user else (lines[0], lines[1])


def refusal_note(url: str, *, sent: bool) -> str:
    """What a user can do about an index that refuses a request."""
    if not may_carry(url):
        return f"user names and passwords are sent over https alone: use an https address of {displayed(url)}"
    if sent:
        return "the index does not accept this user name and password: check the index URL, netrc or keyring"
    return "check the user name and password in the index URL, or ~/.netrc"
