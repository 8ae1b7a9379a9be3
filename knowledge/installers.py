"""What installs releases on this machine, uv or pip, and what it sees of the user's environment."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from knowledge.indexes.configuration import IndexConfiguration
from knowledge.transport.settings import proxy_variables
from knowledge.transport.urls import origin

_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HOME",
    "XDG_CACHE_HOME",
    "UV_CACHE_DIR",
)


def uv_program(environ: Mapping[str, str]) -> str | None:
    """Path of uv, on the user's path or beside this interpreter; None where it is not there."""
    beside = Path(sys.executable).with_name("uv")
    return shutil.which("uv", path=environ.get("PATH", "")) or (str(beside) if beside.exists() else None)


def installer_environment(environ: Mapping[str, str], index: IndexConfiguration) -> dict[str, str]:
    """All that an installer sees: what it needs to reach the user's index, with credentials.

    Args:
        environ: of the user.
        index: which indexes there are.
    """
    given = {name: environ[name] for name in _PASSED_ON if name in environ}
    given |= proxy_variables(environ)
    given |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    if index.ca_file is not None:
        given |= {"PIP_CERT": index.ca_file, "SSL_CERT_FILE": index.ca_file}
    if not index.no_index:
        further = " ".join(_with_credentials(each.url, index) for each in index.further)
        url = _with_credentials(index.url, index)
        given |= {"PIP_INDEX_URL": url, "UV_DEFAULT_INDEX": url}
        if further:
            given |= {"PIP_EXTRA_INDEX_URL": further, "UV_INDEX": further}
    return given


def _with_credentials(url: str, index: IndexConfiguration) -> str:
    """In the environment, which others cannot read; never on a command line."""
    known = index.credentials.get(origin(url))
    if known is None:
        return url
    parts = urlsplit(url)
    user = ":".join(quote(text, safe="") for text in known)
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc}"))
