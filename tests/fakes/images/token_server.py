"""Gives out tokens that a real registry accepts: JSON web tokens, signed with a key made for the occasion.

Source: https://distribution.github.io/distribution/spec/auth/jwt/
"""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from fakes.images.registry_server import PASSWORD, USER

_ISSUER, _SERVICE = "issuer of the tests", "registry of the tests"


class TokenServer:
    """A server on 127.0.0.1 for the time of a ``with`` block.

    Attributes:
        scopes: that were asked for by who may have them.
    """

    def __init__(self, directory: Path) -> None:
        self._key, self._certificate = directory / "key.pem", directory / "cert.pem"
        subject = ["-subj", "/CN=issuer", "-keyout", str(self._key), "-out", str(self._certificate)]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        subprocess.run(command, check=True, capture_output=True)
        self.scopes: list[str] = []
        handler = type("BoundTokenHandler", (_Handler,), {"tokens": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def settings(self) -> dict[str, object]:
        """What a registry's configuration says of it."""
        return {
            "token": {
                "realm": f"http://127.0.0.1:{self._server.server_port}/token",
                "service": _SERVICE,
                "issuer": _ISSUER,
                "rootcertbundle": str(self._certificate),
            }
        }

    def token(self, scope: str) -> str:
        """A token for a scope such as ``repository:NAME:pull``."""
        kind, name, actions = scope.split(":")
        certificate = ssl.PEM_cert_to_DER_cert(self._certificate.read_text())
        header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(certificate).decode()]}
        now = int(time.time())
        access = [{"type": kind, "name": name, "actions": actions.split(",")}]
        claims = {
            "iss": _ISSUER,
            "sub": USER,
            "aud": _SERVICE,
            "jti": "1",
            "exp": now + 300,
            "nbf": now - 60,
            "iat": now,
            "access": access,
        }
        signed = b".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
        command = ["openssl", "dgst", "-sha256", "-sign", str(self._key)]
        signature = subprocess.run(command, input=signed, check=True, capture_output=True).stdout
        return (signed + b"." + _encoded(signature)).decode()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Give a token to who has the password."""
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        may_have = self.headers.get("Authorization") == f"Basic {basic}"
        body = b"{}"
        if may_have:
            scope = parse_qs(urlsplit(self.path).query)["scope"][0]
            self.tokens.scopes.append(scope)
            body = json.dumps({"token": self.tokens.token(scope), "expires_in": 300}).encode()
        self.send_response(200 if may_have else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _encoded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
