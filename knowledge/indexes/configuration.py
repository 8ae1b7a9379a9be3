"""Which indexes to ask and whom to trust: what the user's other tools are told, in the order of precedence.

Environment, directories and the project's table enter as arguments; files named by them are read here. Of
pip's settings only the index and the certificates count: pip treats its extra indexes and links as equals of
the index, which lets a stranger's release win, and a run here shall give what uv gives, which reads none of
them. Further indexes are those of options, of ``[tool.stackwright]`` and of ``UV_INDEX``, asked in this order
before the default.
"""

from __future__ import annotations

import ast
import configparser
import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from knowledge.errors import ConfigurationError
from knowledge.indexes.choice import Index, Indexes
from knowledge.indexes.configured_indexes import (
    DEFAULT,
    checked_link,
    checked_url,
    further_indexes,
    pins,
    split_name,
    texts,
)
from knowledge.indexes.vendor_indexes import KEY, VendorIndexes, vendor_indexes
from knowledge.transport.credentials import netrc_file, of_environment
from knowledge.transport.settings import TransportSettings
from knowledge.transport.urls import origin

_LARGEST_FILE_BYTES = 1 << 20
_TIMEOUTS = ("PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT")
_LONGEST_TIMEOUT_S = 3600
_ENDPOINT = "PYPI_SIMPLE_ENDPOINT"


SETTINGS = frozenset({"index-url", "indexes", "sources", "find-links", "vendor-indexes"})
"""Keys of ``[tool.stackwright]`` that are read here."""


class IndexConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """Indexes and how to reach them.

    Attributes:
        url: root of the default index's simple API, without credentials, with a closing slash. place: where
        the URL was found, for messages. further: indexes that are asked before the default one. pinned: see
        `Indexes.pinned`. find_links: see `knowledge.indexes.find_links.read_locations`; credentials are taken out.
        no_index: no index is asked; there are only the files of `find_links`. credentials, netrc_file,
        keyring, ca_file: see `knowledge.transport.settings.TransportSettings`. No `ca_file` means
            the system's certificates (OpenSSL itself honours ``SSL_CERT_FILE``).
        timeout_s: limit for silence; None for the usual one. vendors: where indexes are that rules choose.
    """

    url: str
    place: str
    further: tuple[Index, ...] = ()
    pinned: Mapping[str, str] = msgspec.field(default_factory=dict)
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    credentials: Mapping[str, tuple[str, str]] = {}
    netrc_file: str | None = None
    keyring: bool = False
    ca_file: str | None = None
    timeout_s: float | None = None
    vendors: VendorIndexes = VendorIndexes()

    def __repr__(self) -> str:
        """Without what is secret."""
        return f"IndexConfiguration(url={self.url!r}, place={self.place!r})"

    @property
    def indexes(self) -> Indexes:
        """Every index, in the order in which they are asked."""
        if self.no_index:
            return Indexes(order=())
        default = Index(name=DEFAULT, url=self.url, default=True)
        further = tuple(index for index in self.further if index.url != self.url)
        return Indexes(order=(*further, default), pinned=self.pinned)

    def transport_settings(self, user_agent: str) -> TransportSettings:
        """How to make requests of these indexes."""
        settings = TransportSettings(
            user_agent=user_agent,
            credentials=self.credentials,
            netrc_file=self.netrc_file,
            keyring=self.keyring,
            ca_file=self.ca_file,
        )
        return settings if self.timeout_s is None else settings.with_timeout(self.timeout_s)


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
    further: Iterable[str] = (),
    find_links: Iterable[str] = (),
    no_index: bool = False,
    keyring: bool = False,
    timeout: str | None = None,
    project: Mapping[str, object] | None = None,
    environ: Mapping[str, str],
    pip_files: Iterable[Path] = (),
    home: Path | None = None,
) -> IndexConfiguration:
    """Indexes as options, project, environment and pip's files say.

    The default index is the first of: the option, the project's table, the environment, pip's files, the
    public one.

    Args:
        option: value of ``--index-url``.
        further: values of ``--index``: ``URL`` or ``NAME=URL``.
        find_links: values of ``--find-links``.
        no_index: whether ``--no-index`` was given.
        keyring: whether ``--keyring-provider subprocess`` was given.
        timeout: value of ``--timeout``.
        project: the table ``[tool.stackwright]``.
        environ: environment variables.
        pip_files: as of `pip_configuration_files`.
        home: directory of the user, for netrc; None reads no netrc.

    Raises:
        ConfigurationError: a setting that counts is no web address or no time, or names an index that is not
            configured.
    """
    table = project or {}
    pip_settings = _pip_settings(pip_files)
    place, value = _first_url(option, table, environ, pip_settings)
    url, stated = checked_url(value, place)
    credentials = {} if stated is None else {origin(url): stated}
    if (by_name := of_environment(environ, DEFAULT)) is not None:
        credentials[origin(url)] = by_name
    indexes, of_indexes = further_indexes(further, table, environ)
    vendors = vendor_indexes(table.get(KEY, {}))
    links = (*find_links, *texts(table.get("find-links", []), "find-links"))
    locations: list[str] = []
    for link in links:
        location, of_link = checked_link(link)
        locations.append(location)
        credentials = of_link | credentials
    return IndexConfiguration(
        url=url,
        place=place,
        further=indexes,
        pinned=pins(table.get("sources", {}), {DEFAULT, *(index.name for index in indexes)}),
        find_links=tuple(locations),
        no_index=no_index,
        credentials={**vendors.credentials, **of_indexes, **credentials},
        netrc_file=None if home is None else netrc_file(environ, home),
        keyring=keyring,
        ca_file=environ.get("PIP_CERT") or pip_settings.get("cert", ("", ""))[1] or None,
        timeout_s=_timeout_s(timeout, environ, pip_settings),
        vendors=vendors,
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
            return name, split_name(value)[1] if name == "UV_DEFAULT_INDEX" else value
    if "index-url" in pip_settings:
        return pip_settings["index-url"]
    return "the default", public_endpoint()


def _timeout_s(
    option: str | None, environ: Mapping[str, str], pip_settings: Mapping[str, tuple[str, str]]
) -> float | None:
    """The limit for silence, of the option or else of what pip and uv are told."""
    stated = [("--timeout", option)] if option is not None else []
    stated += [(name, environ.get(name, "").strip()) for name in _TIMEOUTS]
    stated += [pip_settings.get("timeout", ("", ""))]
    for place, value in stated:
        if option is None and not value:
            continue
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= _LONGEST_TIMEOUT_S:
            reason = f"must be a number of seconds above 0 and up to {_LONGEST_TIMEOUT_S}: {value[:40]!r}"
            raise ConfigurationError("time limit", place, reason)
        return seconds
    return None


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
