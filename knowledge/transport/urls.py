"""Web addresses as they may be shown, stored and compared: without credentials."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}


def split_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """An address without its user information, and that as user and password.

    Raises:
        ValueError: the address is malformed.
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    name, _, password = user.partition(":")
    return urlunsplit(parts._replace(netloc=host)), (unquote(name), unquote(password))


def origin(url: str) -> str:
    """Scheme, host and port of an address: what credentials are bound to.

    Raises:
        ValueError: the address is malformed.
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{parts.port or _PORTS.get(parts.scheme, 0)}"


def displayed(url: str) -> str:
    """An address as messages may show it: no credentials, no query (which may hold a token), bounded."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(a malformed address)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))[:500]


def with_suffix(url: str, suffix: str) -> str:
    """An address whose path is longer by `suffix`; its query stays."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path + suffix, fragment=""))
