"""What a registry asks for before it answers: the header ``WWW-Authenticate`` as a `Challenge`.

Source: RFC 9110, section 11.6.1; https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import re

import msgspec

_LIMIT_LENGTH = 8192
_SCHEME = re.compile(r"(?:^|,)\s*(bearer|basic)(?:\s+|$)", re.IGNORECASE)
_PARAMETER = re.compile(r'([a-zA-Z_]+)="([^"]*)"|([a-zA-Z_]+)=([^\s,"]+)')


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """How to authenticate.

    Attributes:
        realm: where tokens are given out; None asks for user name and password in every request.
    """

    realm: str | None = None
    service: str | None = None


def parse_challenge(header: str) -> Challenge | None:
    """The challenge that asks for a token, else the one for user name and password; None for another kind."""
    header = header[:_LIMIT_LENGTH]
    found = list(_SCHEME.finditer(header))
    kinds: dict[str, dict[str, str]] = {}
    for match, following in zip(found, [*found[1:], None], strict=False):
        text = header[match.end() : following.start() if following is not None else len(header)]
        parameters = {
            (parameter[1] or parameter[3]).lower(): parameter[2] or parameter[4] or ""
            for parameter in _PARAMETER.finditer(text)
        }
        kinds.setdefault(match[1].lower(), parameters)
    bearer = kinds.get("bearer")
    if bearer is not None and bearer.get("realm"):
        return Challenge(realm=bearer["realm"], service=bearer.get("service"))
    return Challenge() if "basic" in kinds else None
