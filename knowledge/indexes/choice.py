"""Which indexes there are, and which of them may serve a project."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from knowledge.indexes.filenames import normalized


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """One package index.

    Attributes:
        name: unique in a run; what a project is pinned to.
        url: root of the simple API, without credentials, with a closing slash.
        explicit: it serves only projects that are pinned to it.
        default: what answers for a project that no other index has.
    """

    name: str
    url: str
    explicit: bool = False
    default: bool = False


class Indexes(msgspec.Struct, frozen=True, kw_only=True):
    """Indexes in the order in which they are asked; the first that has a project alone serves it.

    Attributes:
        order: the default index, where there is one, stands last.
        pinned: project, normalised, to the name of the one index that may serve it.
    """

    order: tuple[Index, ...]
    pinned: Mapping[str, str] = msgspec.field(default_factory=dict)

    @classmethod
    def single(cls, url: str) -> Indexes:
        """The default index alone."""
        return cls(order=(Index(name="default", url=url.rstrip("/") + "/", default=True),))

    def of(self, project: str) -> tuple[Index, ...]:
        """The indexes to ask for a project, in order."""
        pin = self.pinned.get(normalized(project))
        if pin is not None:
            return tuple(index for index in self.order if index.name == pin)
        return tuple(index for index in self.order if not index.explicit)

    @property
    def default_url(self) -> str:
        """What messages call the index: the default one, else the first; empty where there is none."""
        for index in (*(index for index in self.order if index.default), *self.order):
            return index.url
        return ""
