"""What statuses and the exceptions of an HTTP client mean, as errors of this package with a remedy."""

from __future__ import annotations

import http.client
import socket
import ssl
import zlib
from collections.abc import Mapping

from knowledge.errors import (
    CorruptResponseError,
    IndexStatusError,
    IndexUnreachableError,
    TlsError,
    TransportError,
)
from knowledge.transport.credentials import refusal_note
from knowledge.transport.patience import TooSlowError
from knowledge.transport.settings import TransportSettings
from knowledge.transport.urls import displayed

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_FORBIDDEN = frozenset({401, 403})
_PROXY_REFUSES = 407


class ConnectionTimeoutError(TimeoutError):
    """Nobody answered to the wish for a connection, or to the question for the addresses of a host."""


class TryAgainError(Exception):
    """An attempt failed in a way that another one may not; `pause_s` is what the server asked for."""

    def __init__(self, error: TransportError, pause_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause_s = pause_s


class SilenceError(TryAgainError):
    """A time limit ended an attempt."""

    def __init__(self, error: IndexUnreachableError) -> None:
        super().__init__(error)
        self.silence = error


def of_status(
    url: str, status: int, reason: str, headers: Mapping[str, str], *, sent: bool = False
) -> IndexStatusError | TryAgainError:
    """The error for a status that was not accepted; `sent` says whether credentials were."""
    error = IndexStatusError(displayed(url), status, reason[:80])
    if status in _FORBIDDEN:
        error.add_note(refusal_note(url, sent=sent))
    elif status == _PROXY_REFUSES:
        error.add_note("check the user name and password in HTTPS_PROXY or HTTP_PROXY")
    elif status in _RETRIED:
        error.add_note("the server is overloaded or at fault: try again later, or name another index")
    if status not in _RETRIED:
        return error
    try:
        pause_s = float(headers.get("retry-after", ""))
    except ValueError:  # absent, or a date: then the usual pause has to do
        pause_s = None
    return TryAgainError(error, pause_s)


def of_exception(shown: str, error: Exception, settings: TransportSettings) -> TransportError | TryAgainError:
    """The error for what the HTTP client or the operating system raised; `settings` has the limits."""
    match error:
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | http.client.RemoteDisconnected():
            return TryAgainError(_with_remedy(IndexUnreachableError(shown, "the connection was closed")))
        case ssl.SSLError():
            return _untrusted(shown, error)
        case TooSlowError():
            reason = f"less than {settings.slowest_bytes_s:g} bytes a second for {settings.read_s:g} s"
            return _with_remedy(IndexUnreachableError(shown, reason), patient=True)
        case socket.gaierror():  # name servers have their own time limits and attempts
            return SilenceError(_with_remedy(IndexUnreachableError(shown, _reason(error))))
        case ConnectionTimeoutError():
            failure = IndexUnreachableError(shown, f"no connection within {settings.connect_s:g} s")
            return SilenceError(_with_remedy(failure))
        case TimeoutError():
            failure = IndexUnreachableError(shown, f"no answer for {settings.read_s:g} s")
            return SilenceError(_with_remedy(failure, patient=True))
        case http.client.IncompleteRead() | zlib.error():
            return TryAgainError(CorruptResponseError(shown, "the answer was cut off"))
        case http.client.InvalidURL() | UnicodeError():
            return TransportError(shown, "no valid web address")
        case http.client.HTTPException():
            return TryAgainError(CorruptResponseError(shown, "the answer is not HTTP"))
    return TryAgainError(_with_remedy(IndexUnreachableError(shown, _reason(error))))


def _reason(error: Exception) -> str:
    """What the operating system says."""
    return str(getattr(error, "strerror", None) or error or type(error).__name__)[:200]


def _with_remedy(error: IndexUnreachableError, *, patient: bool = False) -> IndexUnreachableError:
    longer = ", wait longer with --timeout," if patient else ","
    error.add_note(f"check the network, the proxy settings and the index URL{longer} or use --offline")
    return error


def _untrusted(shown: str, error: ssl.SSLError) -> TlsError:
    reason = getattr(error, "verify_message", "") or error.reason or str(error)
    failure = TlsError(shown, reason)
    failure.add_note(
        "if you trust this server, name its authority's certificate by SSL_CERT_FILE or PIP_CERT"
    )
    return failure
