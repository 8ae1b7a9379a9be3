"""What a user prefers among variants, before what a project prefers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

_SEPARATOR = re.compile(r"\s*::\s*")
_PARTS = re.compile(r"[a-z0-9_]+(?:\s*::\s*[a-z0-9_]+(?:\s*::\s*[a-z0-9_.]+)?)?", re.ASCII)
_LONGEST = 400


class PriorityError(ValueError):
    """A text names no namespace, feature or property of variants."""


class Priorities(msgspec.Struct, frozen=True, kw_only=True):
    """Namespaces, features and properties that come first, in this order.

    Attributes:
        stated: each one to three parts: namespace, feature, value.
    """

    stated: tuple[tuple[str, ...], ...] = ()

    def namespaces(self, default: Iterable[str]) -> list[str]:
        """Namespaces, those that are stated first."""
        return _first([parts[0] for parts in self.stated], list(default))

    def features(self, namespace: str, default: Iterable[str]) -> list[str]:
        """Features of a namespace, those that are stated first."""
        return _first(
            [parts[1] for parts in self.stated if parts[0] == namespace and parts[1:]], list(default)
        )

    def values(self, namespace: str, feature: str, default: Iterable[str]) -> list[str]:
        """Values of a feature, those that are stated first."""
        stated = [parts[2] for parts in self.stated if parts[:2] == (namespace, feature) and parts[2:]]
        return _first(stated, list(default))


NO_PRIORITIES = Priorities()


def priorities(texts: Iterable[str]) -> Priorities:
    """What some texts state, such as ``blas_lapack``, ``x86_64 :: level`` or ``blas_lapack::library::mkl``.

    Raises:
        PriorityError: one of them is no such name.
    """
    stated = []
    for text in texts:
        if len(text) > _LONGEST or not _PARTS.fullmatch(text.strip()):
            raise PriorityError(text[:_LONGEST])
        stated.append(tuple(_SEPARATOR.split(text.strip())))
    return Priorities(stated=tuple(stated))


def _first(stated: Sequence[str], default: list[str]) -> list[str]:
    """The default order, but for what is stated and exists."""
    known = set(default)
    return list(dict.fromkeys([*(name for name in stated if name in known), *default]))
