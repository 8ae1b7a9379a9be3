"""Digests as reports and stores state them."""

from __future__ import annotations

import hashlib


def sha256_of(content: bytes) -> str:
    """``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
