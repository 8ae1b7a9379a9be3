"""The user's credentials for a registry, from the files and helpers that Docker and podman keep them in.

They are looked up when a registry asks for them, and never shown.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from images.errors import SourceUnavailableError
from images.sources.image_names import ImageName

_LIMIT_FILE_BYTES = 4 << 20


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """A user name and password, or a token that stands for them; `repr` hides them.

    Attributes:
        identity_token: exchanged for access tokens (OAuth 2 refresh token).
    """

    username: str = ""
    password: str = ""
    identity_token: str = ""

    def __repr__(self) -> str:
        """What may be shown."""
        return "Credentials(…)"


def find_credentials(name: ImageName, environ: Mapping[str, str]) -> Credentials | None:
    """What the user keeps for the registry of an image; None where there is nothing.

    Raises:
        SourceUnavailableError: a file cannot be understood, or a credential helper fails.
    """
    for path in _files(environ):
        config = _read(path)
        found = _of_config(config, path, name, environ) if config else None
        if found is not None:
            return found
    return None


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ["HOME"]) if environ.get("HOME") else None
    if environ.get("DOCKER_CONFIG"):
        yield Path(environ["DOCKER_CONFIG"], "config.json")
    elif home is not None:
        yield home / ".docker" / "config.json"
    if environ.get("REGISTRY_AUTH_FILE"):
        yield Path(environ["REGISTRY_AUTH_FILE"])
        return
    if environ.get("XDG_RUNTIME_DIR"):
        yield Path(environ["XDG_RUNTIME_DIR"], "containers", "auth.json")
    if home is not None:
        yield home / ".config" / "containers" / "auth.json"


def _read(path: Path) -> dict[str, object] | None:
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT_FILE_BYTES)
    except OSError:
        return None
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceUnavailableError(str(path), "is no JSON, so that it tells no credentials") from error
    return document if isinstance(document, dict) else None


def _of_config(
    config: dict[str, object], path: Path, name: ImageName, environ: Mapping[str, str]
) -> Credentials | None:
    from docker import auth
    from docker.errors import DockerException

    try:
        known = auth.load_config(config_dict=config, credstore_env=dict(environ))
        words = [name.registry, *name.repository.split("/")]
        keys = ("/".join(words[:count]) for count in range(len(words), 0, -1))
        found = next((known.auths[key] for key in keys if known.auths.get(key)), None)
        if found is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a helper is missing, which is an error below
                found = known.resolve_authconfig(name.registry)
    except DockerException as error:
        raise SourceUnavailableError(
            str(path),
            f"gives no credentials for {name.registry}: an entry is malformed, or a credential helper fails",
            f"docker login {name.registry}",
        ) from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise SourceUnavailableError(str(path), "is no configuration of Docker") from error
    if not found:
        return None
    lowered = {key.lower(): value for key, value in found.items() if isinstance(value, str)}
    credentials = Credentials(
        username=lowered.get("username", ""),
        password=lowered.get("password", ""),
        identity_token=lowered.get("identitytoken", ""),
    )
    return credentials if credentials.identity_token or credentials.username else None
