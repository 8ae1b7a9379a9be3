"""Hosts of registries: which address serves one, and how far it is trusted."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from images.sources.default_registry import DEFAULT_REGISTRY


def serving_host(registry: str) -> str:
    """The host, and port, that serves a registry's interface."""
    return DEFAULT_REGISTRY.host if registry == DEFAULT_REGISTRY.name else registry


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine by itself, without asking for its address."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: what credentials belong to.

    Raises:
        ValueError: it is no address.
    """
    parts: SplitResult = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def authorities(environ: Mapping[str, str]) -> str | bool:
    """The file or directory of the certificates that the system trusts; True where only a list is at hand."""
    known = ssl.get_default_verify_paths()
    stated = [environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")]
    paths = [*stated, known.openssl_cafile, known.openssl_capath]
    return next((path for path in paths if path and Path(path).exists()), True)


def proxies(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The proxy that the environment states for an address; this machine is asked without one."""
    from requests.utils import should_bypass_proxies

    lowered = {name.lower(): value for name, value in environ.items() if name.lower().endswith("_proxy")}
    scheme, host, _ = origin(url)
    if is_loopback(host) or should_bypass_proxies(url, lowered.get("no_proxy") or ""):
        return {}
    proxy = lowered.get(f"{scheme}_proxy") or lowered.get("all_proxy")
    return {scheme: proxy} if proxy else {}
