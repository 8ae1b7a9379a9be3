"""What surrounds the process: proxies, certificates, and the terminal that it writes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from knowledge.transport.urls import displayed
from resolver.doctor.checks import Check, State

_PROXIES = ("https_proxy", "http_proxy", "all_proxy")
_CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class SurroundingsExamined:
    """Looks at variables and at standard output."""

    def __init__(self, environ: Mapping[str, str], output: TextIO, columns: int) -> None:
        self._environ, self._output, self._columns = environ, output, columns

    def checks(self) -> Iterator[Check]:
        """See `resolver.doctor.checks.Examination`."""
        yield self._proxies()
        yield self._certificates()
        yield self._terminal()

    def _proxies(self) -> Check:
        found = []
        for name in _PROXIES:
            value = self._environ.get(name) or self._environ.get(name.upper())
            if value:
                found.append(f"{name} {displayed(value if '://' in value else f'http://{value}')}")
        return Check(
            name="proxies",
            state=State.WORKS,
            found=", ".join(found) or "none is set",
            needed_for="networks that let nothing else through",
        )

    def _certificates(self) -> Check:
        stated = {name: self._environ[name] for name in _CERTIFICATES if self._environ.get(name)}
        lost = [f"{name}={path}" for name, path in stated.items() if not _exists(path)]
        told = ", ".join(f"{name} {path}" for name, path in stated.items())
        return Check(
            name="certificates",
            state=State.FAILS if lost else State.WORKS,
            found=f"there is no file of {', '.join(lost)}" if lost else told or "those of the system",
            needed_for="indexes and registries with certificates of their own",
            remedy="correct the variable, or unset it" if lost else None,
        )

    def _terminal(self) -> Check:
        encoding = (getattr(self._output, "encoding", None) or "unknown").lower()
        is_whole = encoding.replace("-", "") == "utf8"
        kind = "a terminal" if self._output.isatty() else "no terminal"
        return Check(
            name="terminal",
            state=State.WORKS if is_whole else State.MISSING,
            found=f"{kind}, {encoding}, {self._columns} columns",
            needed_for="tables with every character",
            remedy=None if is_whole else "set PYTHONIOENCODING=utf-8 or a locale with UTF-8, such as C.UTF-8",
        )


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False
