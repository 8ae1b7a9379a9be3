"""What a registry is shown before it answers: a token, or a user name and password.

They go to the registry and to the place where it says that it gives out tokens, nowhere else.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from images.errors import SourceUnavailableError
from images.sources.image_names import ImageName
from images.sources.registry.bodies import BrokenBodyError, LargeBodyError, whole_body
from images.sources.registry.challenges import Challenge, parse_challenge
from images.sources.registry.credentials import Credentials, find_credentials
from images.sources.registry.patience import Patience
from images.sources.registry.transport import Transport

_LIMIT_TOKEN_BYTES = 1 << 20


class Authentication:
    """For pulling from one repository; nothing is looked up before the registry asks.

    Attributes:
        header: what requests to the registry carry; None where it did not ask, or there is nothing.
    """

    def __init__(
        self, transport: Transport, name: ImageName, environ: Mapping[str, str], patience: Patience
    ) -> None:
        self._transport, self._name = transport, name
        self._environ, self._patience = environ, patience
        self._credentials: Credentials | None = None
        self._trouble: SourceUnavailableError | None = None
        self.header: str | None = None

    def refusal(self, status: int, what: str) -> SourceUnavailableError:
        """What to say of the status 401 or 403."""
        if self._trouble is not None:
            return self._trouble
        login = f"log in: docker login {self._name.registry}"
        if status == 403:
            return self._transport.unavailable(f"denies {what}", login)
        if self._credentials is not None:
            return self._transport.unavailable(f"does not accept the credentials for {what}", login)
        return self._transport.unavailable(f"asks for credentials for {what}, if it has it at all", login)

    def is_granted(self, response: requests.Response) -> bool:
        """Whether what a refusal asks for is at hand now, in `header`; the refusal is closed if not read."""
        challenge = parse_challenge(response.headers.get("WWW-Authenticate", ""))
        try:
            return challenge is not None and self._authenticate(challenge)
        except BaseException:
            response.close()
            raise

    def _authenticate(self, challenge: Challenge) -> bool:
        """Get what the registry asks for; False where there is nothing to offer."""
        if self._credentials is None and self._trouble is None:
            try:
                self._credentials = find_credentials(self._name, self._environ)
            except SourceUnavailableError as error:
                self._trouble = error  # what is public needs none
        if challenge.realm is None:
            if self._credentials is None or not self._credentials.username:
                return False
            self.header = _basic(self._credentials)
            return True
        token = self._token(challenge, challenge.realm)
        if token is None:
            return False
        self.header = f"Bearer {token}"
        return True

    def _token(self, challenge: Challenge, realm: str) -> str | None:
        """A token for pulling from this repository; None where none is given."""
        if not self._transport.may_go(realm):
            raise self._transport.unavailable("gives out tokens where no encryption protects")
        host = urlsplit(realm).hostname or ""
        fields = {"scope": f"repository:{self._name.repository}:pull", "client_id": "stackwright"}
        if challenge.service is not None:
            fields["service"] = challenge.service
        credentials = self._credentials
        if credentials is not None and credentials.identity_token:
            fields |= {"grant_type": "refresh_token", "refresh_token": credentials.identity_token}
            response = self._transport.request("POST", realm, {}, fields)
        else:
            headers = {"Authorization": _basic(credentials)} if credentials is not None else {}
            mark = "&" if "?" in realm else "?"
            response = self._transport.request("GET", f"{realm}{mark}{urlencode(fields)}", headers)
        if response.status_code in (400, 401, 403):
            response.close()
            return None
        if response.status_code != 200:
            response.close()
            raise self._transport.unavailable(f"gives no token: {host} answers {response.status_code}")
        return self._token_of(response, host)

    def _token_of(self, response: requests.Response, host: str) -> str | None:
        try:
            document: Any = json.loads(whole_body(response, self._patience, _LIMIT_TOKEN_BYTES))
        except (ValueError, RecursionError, BrokenBodyError, LargeBodyError) as error:
            raise self._transport.unavailable(
                f"gives no token: what {host} answers is not readable"
            ) from error
        fields = document if isinstance(document, dict) else {}
        token = fields.get("token") or fields.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise self._transport.unavailable(f"gives no token: there is none in what {host} answers")
        return token


def _basic(credentials: Credentials) -> str:
    text = f"{credentials.username}:{credentials.password}"
    return f"Basic {base64.b64encode(text.encode()).decode()}"
