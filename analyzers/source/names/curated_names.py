"""Well-known import names that differ from the name of their distribution: a table written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec


class CuratedNames(msgspec.Struct, frozen=True, kw_only=True):
    """The table.

    Attributes:
        exact: dotted import name to the distributions that provide it, the likeliest first.
        namespaces: dotted name of a namespace to the pattern of the distributions' names in it, with one
            ``*`` for the name of the submodule.
        shared: names that are no package of their own but the beginning of several distributions' names.
        imports: distribution to its import names.
    """

    exact: Mapping[str, tuple[str, ...]]
    namespaces: Mapping[str, str]
    shared: frozenset[str]
    imports: Mapping[str, frozenset[str]]


@cache
def curated_names() -> CuratedNames:
    """The table, read when it is first asked for."""
    exact: dict[str, tuple[str, ...]] = {}
    namespaces: dict[str, str] = {}
    shared: set[str] = set()
    imports: dict[str, set[str]] = {}
    for name, distributions in _rows():
        if name.endswith(".*"):
            namespaces[name.removesuffix(".*")] = distributions[0]
        else:
            exact[name] = distributions
            for distribution in distributions:
                imports.setdefault(distribution, set()).add(name)
    for name in (*exact, *namespaces):
        root = name.partition(".")[0]
        if root not in exact and ("." in name or name in namespaces):
            shared.add(root)
    return CuratedNames(
        exact=exact,
        namespaces=namespaces,
        shared=frozenset(shared),
        imports={name: frozenset(found) for name, found in imports.items()},
    )


def _rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    text = files("analyzers.source.names").joinpath("curated_names.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, distributions = line.partition(":")
            yield name, tuple(part.strip() for part in distributions.split(","))
