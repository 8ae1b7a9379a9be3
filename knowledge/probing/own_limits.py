"""Failures of our making or of the moment, which say nothing of a stack: limits, confinement, signals."""

from __future__ import annotations

import errno
import re
import signal
from collections.abc import Iterator

from knowledge.confinement.limits import Ended
from knowledge.probing.raised import Raised

_OF_NETWORK = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ECONNREFUSED, errno.EADDRNOTAVAIL)
_UNRESOLVED = (-2, -3)
"""Numbers that the resolver of names gives to errors of its own."""
_NUMBERS = {
    **dict.fromkeys((*_OF_NETWORK, *_UNRESOLVED), "no-network"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "disk-full"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "permission"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "open-files-limit"),
    errno.ENOMEM: "memory-limit",
    errno.EAGAIN: "processes-limit",
}
_WORDS = (
    (re.compile("Cannot allocate memory|std::bad_alloc|not enough memory"), "memory-limit"),
    (re.compile("can't start new thread|pthread_create failed|failed to create thread"), "processes-limit"),
    (re.compile("failed to map segment from shared object: Operation not permitted"), "permission"),
    (re.compile("Temporary failure in name resolution|Network is unreachable"), "no-network"),
    (re.compile("No space left on device|Disk quota exceeded"), "disk-full"),
    (re.compile("Read-only file system"), "permission"),
    (re.compile("Too many open files"), "open-files-limit"),
)
"""For exceptions that carry no number, and for what a crash leaves behind."""
_NUMBER = re.compile(r"\[Errno (-?\d{1,3})\]")
_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGXFSZ)
"""Signals that others send, such as a machine that runs out of memory: no fault of code ends in one."""
_LAST_TOLD = 2_000


def own_limit(ended: Ended | None, raised: Raised | None) -> str:
    """What of ours made something fail, such as ``memory-limit``; empty where nothing did.

    Args:
        ended: how its process ended, where that was its end.
        raised: what it raised, or wrote that it raised.
    """
    found = "" if ended is None else _of_end(ended)
    for link in () if found or raised is None else raised.chain():
        found = found or _of_exception(link)
    return found


def _of_end(ended: Ended) -> str:
    if ended.limit:
        return "timeout" if ended.limit == "time" else f"{ended.limit}-limit"
    if ended.code is None:
        return "not-started"
    if ended.code == -signal.SIGXCPU:
        return "timeout"
    if -ended.code in _FROM_OUTSIDE:
        return signal.Signals(-ended.code).name
    told = ended.told[-_LAST_TOLD:].decode("utf-8", "replace") if ended.code < 0 else ""
    return next(_by_words(told), "")


def _of_exception(link: Raised) -> str:
    if link.is_kind("MemoryError"):
        return "memory-limit"
    if link.errno is None and (stated := _NUMBER.search(link.text)):
        number: int | None = int(stated[1])
    else:
        number = link.errno
    return _NUMBERS.get(number or 0) or next(_by_words(link.text), "")


def _by_words(text: str) -> Iterator[str]:
    return (limit for words, limit in _WORDS if words.search(text))
