"""Index settings as users write them, checked: addresses, names, tables of the project, pins of projects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from knowledge.errors import ConfigurationError
from knowledge.indexes.choice import Index
from knowledge.indexes.filenames import normalized
from knowledge.transport.credentials import of_environment
from knowledge.transport.urls import origin, split_credentials

DEFAULT = "default"
"""Name of the default index, to pin projects to."""

_TABLE = "[tool.stackwright]"
_KEYS = frozenset({"name", "url", "explicit"})
Stated = Mapping[str, tuple[str, str]]


def further_indexes(
    options: Iterable[str], table: Mapping[str, object], environ: Mapping[str, str]
) -> tuple[tuple[Index, ...], dict[str, tuple[str, str]]]:
    """Indexes beside the default one, of options, the project's table and ``UV_INDEX``; and credentials.

    Raises:
        ConfigurationError: one of them is no index, or two have one name.
    """
    given = [("--index", *split_name(text), False) for text in options]
    given += [(f"{_TABLE} indexes", *entry) for entry in _of_table(table.get("indexes", []))]
    given += [("UV_INDEX", *split_name(text), False) for text in environ.get("UV_INDEX", "").split()]
    indexes: dict[str, Index] = {}
    credentials: dict[str, tuple[str, str]] = {}
    for place, name, value, explicit in given:
        url, stated = checked_url(value, place)
        index = Index(name=name or url, url=url, explicit=explicit)
        if index.name == DEFAULT:
            raise ConfigurationError("index name", place, f"{DEFAULT!r} is the index of --index-url")
        if indexes.setdefault(index.name, index).url != url:
            raise ConfigurationError("index name", place, f"two indexes are named {index.name[:80]!r}")
        stated = of_environment(environ, name) or stated if name else stated
        if stated is not None:
            credentials.setdefault(origin(url), stated)
    return tuple(indexes.values()), credentials


def split_name(value: str) -> tuple[str, str]:
    """Name, or nothing, and address of ``NAME=URL`` or ``URL``."""
    name, equals, url = value.strip().partition("=")
    return (
        (name.strip(), url.strip()) if equals and "/" not in name and ":" not in name else ("", value.strip())
    )


def checked_url(value: str, place: str) -> tuple[str, tuple[str, str] | None]:
    """The address of an index with a closing slash, and the credentials that were in it.

    Raises:
        ConfigurationError: it is no web address.
    """
    try:
        url, credentials = split_credentials(value.strip())
        parts = urlsplit(url)
        scheme, host, _ = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise ConfigurationError("index URL", place, f"is no valid web address: {error}") from None
    if scheme == "file" or not (scheme or host):
        reason = "is a directory; an index is asked by http or https"
        raise ConfigurationError("index URL", place, reason)
    if scheme not in ("http", "https") or not host:
        raise ConfigurationError("index URL", place, f"is no web address: {url[:200]!r}")
    if parts.query or parts.fragment or any(character.isspace() for character in url):
        raise ConfigurationError("index URL", place, "must have no query, fragment or white space")
    return url.rstrip("/") + "/", credentials


def checked_link(link: str) -> tuple[str, dict[str, tuple[str, str]]]:
    """A location of ``--find-links`` without its credentials, and these by origin.

    Raises:
        ConfigurationError: it is malformed.
    """
    if "://" not in link:
        return link, {}
    try:
        url, credentials = split_credentials(link)
        return url, {} if credentials is None else {origin(url): credentials}
    except ValueError as error:
        raise ConfigurationError("find-links", "--find-links", f"is no valid address: {error}") from None


def pins(stated: object, names: Collection[str]) -> dict[str, str]:
    """Project to the name of its index, from the table ``[tool.stackwright.sources]``.

    Raises:
        ConfigurationError: it is no table of texts, or names an index that does not exist.
    """
    place = "[tool.stackwright.sources]"
    if not isinstance(stated, dict):
        raise ConfigurationError("sources", place, "must be a table of project = index name")
    found: dict[str, str] = {}
    for project, name in stated.items():
        if not isinstance(name, str) or name not in names:
            error = ConfigurationError(str(project)[:200], place, f"there is no index named {name!r:.80}")
            error.add_note(f"indexes: {', '.join(sorted(names))[:300]}")
            raise error
        found[normalized(str(project))] = name
    return found


def texts(stated: object, setting: str) -> list[str]:
    """A list of texts.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(stated, list) or not all(isinstance(text, str) for text in stated):
        raise ConfigurationError(setting, _TABLE, "must be a list of strings")
    return stated


def _of_table(stated: object) -> list[tuple[str, str, bool]]:
    place = f"{_TABLE} indexes"
    if not isinstance(stated, list) or not all(isinstance(entry, dict) for entry in stated):
        raise ConfigurationError(
            "indexes", _TABLE, "must be tables with name and url: [[tool.stackwright.indexes]]"
        )
    found: list[tuple[str, str, bool]] = []
    for entry in stated:
        unknown = sorted(set(entry) - _KEYS)
        if unknown:
            raise ConfigurationError("indexes", _TABLE, f"there is no setting {unknown[0]!r:.80}")
        name, url, explicit = entry.get("name"), entry.get("url"), entry.get("explicit", False)
        if not (isinstance(name, str) and name and isinstance(url, str) and isinstance(explicit, bool)):
            raise ConfigurationError(
                "index", place, "needs a name and a url as strings; explicit is true or false"
            )
        found.append((name, url, explicit))
    return found
