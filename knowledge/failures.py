"""What statuses and the exceptions of aiohttp mean, as errors of this package with a remedy."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from knowledge.credentials import refusal_note
from knowledge.errors import (
    CorruptResponseError,
    IndexStatusError,
    IndexUnreachableError,
    TlsError,
    TransportError,
)
from knowledge.patience import TooSlowError
from knowledge.transport_settings import TransportSettings
from knowledge.urls import displayed

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_FORBIDDEN = frozenset({401, 403})
_PROXY_REFUSES = 407


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
    """The error for what aiohttp or the operating system raised; `settings` has the limits of requests."""
    match error:
        case aiohttp.ClientSSLError():
            return _untrusted(shown, error)
        case TooSlowError():
            reason = f"less than {settings.slowest_bytes_s:g} bytes a second for {settings.read_s:g} s"
            return _with_remedy(IndexUnreachableError(shown, reason), patient=True)
        case aiohttp.ClientConnectorDNSError():  # name servers have their own time limits and attempts
            return SilenceError(_with_remedy(IndexUnreachableError(shown, _reason(error))))
        case aiohttp.ConnectionTimeoutError():
            failure = IndexUnreachableError(shown, f"no connection within {settings.connect_s:g} s")
            return SilenceError(_with_remedy(failure))
        case aiohttp.SocketTimeoutError():
            failure = IndexUnreachableError(shown, f"no answer for {settings.read_s:g} s")
            return SilenceError(_with_remedy(failure, patient=True))
        case TimeoutError():
            failure = IndexUnreachableError(shown, "no whole answer within the time limit")
            return SilenceError(_with_remedy(failure, patient=True))
        case aiohttp.ClientPayloadError():
            return TryAgainError(CorruptResponseError(shown, "the answer was cut off"))
        case aiohttp.InvalidURL():
            return TransportError(shown, "no valid web address")
        case aiohttp.ServerDisconnectedError():
            return TryAgainError(_with_remedy(IndexUnreachableError(shown, "the connection was closed")))
    return TryAgainError(_with_remedy(IndexUnreachableError(shown, _reason(error))))


def _reason(error: Exception) -> str:
    """What the operating system says."""
    cause = getattr(error, "os_error", None) or error
    return str(getattr(cause, "strerror", None) or cause or type(error).__name__)[:200]


def _with_remedy(error: IndexUnreachableError, *, patient: bool = False) -> IndexUnreachableError:
    longer = ", wait longer with --timeout," if patient else ","
    error.add_note(f"check the network, the proxy settings and the index URL{longer} or use --offline")
    return error


def _untrusted(shown: str, error: aiohttp.ClientSSLError) -> TlsError:
    cause = getattr(error, "certificate_error", None) or error.os_error
    reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or str(cause)
    failure = TlsError(shown, reason)
    failure.add_note(
        "if you trust this server, name its authority's certificate by SSL_CERT_FILE or PIP_CERT"
    )
    return failure
