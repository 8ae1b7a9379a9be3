"""Which index to ask and whom to trust: what the user's other tools are told, in the order of precedence.

Environment, directories and the project's table enter as arguments; files named by them are read here.
"""

from __future__ import annotations

import ast
import configparser
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.errors import ConfigurationError
from knowledge.urls import origin, split_credentials

_LARGEST_FILE_BYTES = 1 << 20
_ENDPOINT = "PYPI_SIMPLE_ENDPOINT"


@dataclass(frozen=True, kw_only=True)
class IndexConfiguration:
    """An index and how to reach it.

    Attributes:
        url: root of the simple API, without credentials, with a closing slash.
        place: where the URL was found, for messages.
        credentials: for `knowledge.transport.TransportSettings`; never shown.
        ca_file: certificates to trust instead of the system's; None for those (OpenSSL itself honours
            ``SSL_CERT_FILE``).
    """

    url: str
    place: str
    credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    ca_file: str | None = None


def pip_configuration_files(environ: Mapping[str, str], home: Path, prefix: Path) -> list[Path]:
    """Files that pip reads, the most significant last. They need not exist.

    Args:
        environ: environment variables.
        home: directory of the user.
        prefix: of the environment that runs, such as `sys.prefix`.

    Source: https://pip.pypa.io/en/stable/topics/configuration/#location (Linux).
    """
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == "/dev/null":
        return []
    shared = [part for part in environ.get("XDG_CONFIG_DIRS", "").split(":") if part] or ["/etc/xdg"]
    own = environ.get("XDG_CONFIG_HOME", "")
    files = [Path(part) / "pip" / "pip.conf" for part in reversed(shared)]
    files += [Path("/etc/pip.conf"), home / ".pip" / "pip.conf"]
    files.append((Path(own) if own else home / ".config") / "pip" / "pip.conf")
    files.append(prefix / "pip.conf")
    return [*files, Path(named)] if named else files


def configure_index(
    *,
    option: str | None = None,
    project: Mapping[str, object] | None = None,
    environ: Mapping[str, str],
    pip_files: Iterable[Path] = (),
) -> IndexConfiguration:
    """The index to ask: the option, the project's table, the environment, pip's files, the public index.

    Args:
        option: value of ``--index-url``.
        project: the table ``[tool.stackwright]``.
        environ: environment variables.
        pip_files: as of `pip_configuration_files`.

    Raises:
        ConfigurationError: the setting that counts is no web address.
    """
    pip_settings = _pip_settings(pip_files)
    place, value = _first_url(option, project or {}, environ, pip_settings)
    ca_file = environ.get("PIP_CERT") or pip_settings.get("cert", ("", ""))[1] or None
    url, credentials = _checked_url(value, place)
    return IndexConfiguration(
        url=url,
        place=place,
        credentials={} if credentials is None else {origin(url): credentials},
        ca_file=ca_file,
    )


def _first_url(
    option: str | None,
    project: Mapping[str, object],
    environ: Mapping[str, str],
    pip_settings: Mapping[str, tuple[str, str]],
) -> tuple[str, str]:
    """Where the URL stands, and the URL."""
    if option is not None:
        return "--index-url", option
    stated = project.get("index-url")
    if stated is not None:
        if not isinstance(stated, str):
            raise ConfigurationError("index-url", "[tool.stackwright]", "must be a string")
        return "[tool.stackwright]", stated
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        value = environ.get(name, "").strip()
        if value:
            return name, _without_name(value) if name == "UV_DEFAULT_INDEX" else value
    if "index-url" in pip_settings:
        return pip_settings["index-url"]
    return "the default", public_endpoint()


def _without_name(value: str) -> str:
    """Uv allows ``name=URL``."""
    name, equals, url = value.partition("=")
    return url if equals and "/" not in name and ":" not in name else value


def _checked_url(value: str, place: str) -> tuple[str, tuple[str, str] | None]:
    try:
        url, credentials = split_credentials(value.strip())
        parts = urlsplit(url)
        scheme, host, _ = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise ConfigurationError("index URL", place, f"is no valid web address: {error}") from None
    if scheme == "file" or not (scheme or host):
        raise ConfigurationError("index URL", place, "is a directory; an index is asked by http or https")
    if scheme not in ("http", "https") or not host:
        raise ConfigurationError("index URL", place, f"is no web address: {url[:200]!r}")
    if parts.query or parts.fragment or any(character.isspace() for character in url):
        raise ConfigurationError("index URL", place, "must have no query, fragment or white space")
    return url.rstrip("/") + "/", credentials


def _pip_settings(files: Iterable[Path]) -> dict[str, tuple[str, str]]:
    """Setting to the file it counts from and its value."""
    settings: dict[str, tuple[str, str]] = {}
    for file in files:
        try:
            with file.open("rb") as stream:
                text = stream.read(_LARGEST_FILE_BYTES).decode("utf-8", errors="replace")
        except OSError:
            continue
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(text)
        except configparser.Error as error:
            reason = str(error).splitlines()[0]
            raise ConfigurationError("pip's configuration", str(file), f"cannot be read: {reason}") from error
        for name, value in parser.items("global") if parser.has_section("global") else ():
            if value.strip():
                settings[name.replace("_", "-")] = (str(file), value.strip())
    return settings


def public_endpoint() -> str:
    """The public index, as `pypi_simple` states it; read from its source, for importing it takes long."""
    spec = importlib.util.find_spec("pypi_simple")
    if spec is not None and spec.origin is not None:
        try:
            module = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            module = ast.Module(body=[], type_ignores=[])
        for statement in module.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value)))
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(value)))
                ) if name == _ENDPOINT:
                    return value
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    return PYPI_SIMPLE_ENDPOINT
