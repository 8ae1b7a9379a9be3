"""Indexes that manifests name, beside those that the user's options and tools are configured with."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

import msgspec

from analyzers.manifests.declared import Index as StatedIndex
from analyzers.manifests.declared import IndexKind
from knowledge.errors import ConfigurationError
from knowledge.indexes.choice import Index
from knowledge.indexes.configuration import IndexConfiguration, public_endpoint
from knowledge.indexes.configured_indexes import DEFAULT, checked_link, checked_url
from knowledge.transport.urls import origin
from resolver.asked.asked import FileWishes

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


def with_stated(
    configuration: IndexConfiguration, wishes: FileWishes, environ: Mapping[str, str], *, fixed: bool
) -> IndexConfiguration:
    """The configuration with what manifests add to it.

    Of several default indexes the last one counts. One that is the public index stands for the configured
    default: a file that many people share says so whatever mirror each of them uses.

    Args:
        environ: for ``${NAME}`` in addresses.
        fixed: whether an option states the default index, which then counts more than any file.

    Raises:
        ConfigurationError: an address cannot be used, or a project is assigned to an index that is not named.
    """
    if not (wishes.indexes or wishes.pinned or wishes.no_index):
        return configuration
    merged = _Merged(configuration, environ)
    for stated in wishes.indexes:
        if stated.kind is IndexKind.FIND_LINKS:
            merged.link(stated)
        else:
            merged.index(stated, fixed=fixed)
    for project, (name, place) in wishes.pinned.items():
        merged.pin(project, name, str(place))
    return msgspec.structs.replace(merged.configuration(), no_index=configuration.no_index or wishes.no_index)


class _Merged:
    def __init__(self, configuration: IndexConfiguration, environ: Mapping[str, str]) -> None:
        self._start, self._environ = configuration, environ
        self._url, self._place = configuration.url, configuration.place
        self._further = {index.name: index for index in configuration.further}
        self._links = list(configuration.find_links)
        self._credentials = dict(configuration.credentials)
        self._pinned = dict(configuration.pinned)
        self._defaults = {DEFAULT}

    def index(self, stated: StatedIndex, *, fixed: bool) -> None:
        place = str(stated.location)
        written = _VARIABLE.sub(lambda name: self._environ.get(name[1]) or name[0], stated.url)
        url, credentials = checked_url(written, place)
        if stated.kind is IndexKind.DEFAULT:
            self._defaults |= {stated.name} if stated.name else set()
            if fixed or url == public_endpoint():
                return
            self._url, self._place = url, place
        elif url != self._url:
            index = Index(name=stated.name or url, url=url, explicit=stated.explicit)
            if self._further.setdefault(index.name, index).url != url:
                raise ConfigurationError("index name", place, f"two indexes are named {index.name[:80]!r}")
        elif stated.name:
            self._defaults.add(stated.name)
        if credentials is not None:
            self._credentials.setdefault(origin(url), credentials)

    def link(self, stated: StatedIndex) -> None:
        location, credentials = checked_link(stated.url)
        if "://" not in location:
            location = posixpath.join(posixpath.dirname(stated.location.path), location)
        if location not in self._links:
            self._links.append(location)
        self._credentials = credentials | self._credentials

    def pin(self, project: str, name: str, place: str) -> None:
        known = {**self._further, **dict.fromkeys(self._defaults)}
        if name not in known:
            error = ConfigurationError(project, place, f"there is no index named {name[:80]!r}")
            error.add_note(f"indexes: {', '.join(sorted(known))[:300]}")
            raise error
        self._pinned.setdefault(project, DEFAULT if name in self._defaults else name)

    def configuration(self) -> IndexConfiguration:
        return msgspec.structs.replace(
            self._start,
            url=self._url,
            place=self._place,
            further=tuple(self._further.values()),
            find_links=tuple(self._links),
            credentials=self._credentials,
            pinned=self._pinned,
        )
