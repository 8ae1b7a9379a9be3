"""Which names an installed distribution lets one import, from its metadata and its list of files.

What it states itself (``Import-Name``) counts most, then the files it installed, then ``top_level.txt``,
which is often missing and lists junk. Nothing is imported.

Source: PEP 794, PEP 376, PEP 420, PEP 561.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec
from packaging.utils import canonicalize_name

from analyzers.distributions import Distribution
from analyzers.evidence import Confidence
from analyzers.source.names.provided import module_name, outermost

_DEPTH_LIMIT = 5
_NAMES_LIMIT = 20_000
_CODE = (".py", ".pyi", ".so", ".pyd")
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_JUNK = frozenset(
    {
        *("benchmark", "benchmarks", "bin", "build", "ci", "data", "demo", "demos", "dev", "dist", "doc"),
        *("docs", "etc", "example", "examples", "lib", "notebooks", "samples", "script", "scripts", "setup"),
        *("src", "test", "testing", "tests", "tools", "utils"),
    }
)
"""Folders that end up beside a package by mistake: who imports these names means their own."""


class Required(msgspec.Struct, frozen=True, kw_only=True):
    """A dependency of an installed distribution; all names are normalised.

    Attributes:
        extras: that it asks of `name`.
        wanted_by: the extra with which it is wanted; None for always.
    """

    name: str
    extras: frozenset[str] = frozenset()
    wanted_by: str | None = None


class Provided(msgspec.Struct, frozen=True, kw_only=True):
    """What an installed distribution offers and asks for.

    Attributes:
        name: normalised.
        names: dotted names: top-level ones, and below namespace packages the first of its own.
        deeper: modules below the regular packages among them, down to a few levels: they tell apart several
            distributions that install into one package.
        stubs: packages that it describes for type checkers and does not hold (``x`` for ``x-stubs``).
        requires: what it depends on.
        groups: of its entry points.
    """

    name: str
    names: frozenset[str] = frozenset()
    deeper: frozenset[str] = frozenset()
    stubs: frozenset[str] = frozenset()
    requires: tuple[Required, ...] = ()
    groups: frozenset[str] = frozenset()
    confidence: Confidence = Confidence.CERTAIN


def provided_names(distributions: Iterable[Distribution]) -> list[Provided]:
    """What each distribution provides; those without a name are left out."""
    return [_provided(one) for one in distributions if one.metadata is not None]


def _provided(distribution: Distribution) -> Provided:
    metadata = distribution.metadata
    assert metadata is not None
    name = canonicalize_name(metadata.name)
    tree = _Tree()
    for row in distribution.record or ():
        tree.add(row.path)
    confidence = Confidence.CERTAIN
    if metadata.import_names is not None or metadata.import_namespaces is not None:
        names = frozenset(_stated(metadata.import_names or ()))
    elif tree.names() or tree.stubs():
        names = tree.names()
    elif top_level := frozenset(name for name in distribution.top_level if name.isidentifier()):
        names, confidence = top_level, Confidence.LIKELY
    elif distribution.record is None or tree.is_elsewhere:
        names, confidence = frozenset({name.replace("-", "_")}), Confidence.POSSIBLE
    else:
        names = frozenset()
    useful = frozenset(name for name in names if name.partition(".")[0] not in _JUNK)
    return Provided(
        name=name,
        names=useful or names,
        deeper=tree.deeper(),
        stubs=tree.stubs(),
        requires=tuple(_requires(metadata.requires_dist)),
        groups=frozenset(point.group for point in distribution.entry_points),
        confidence=confidence,
    )


def _stated(import_names: Sequence[str]) -> Iterable[str]:
    for written in import_names:
        name, _, qualifier = written.partition(";")
        if qualifier.strip().lower() != "private":
            yield name.strip()


def _requires(requires_dist: Iterable[str]) -> Iterable[Required]:
    """Names and extras alone: parsing thousands of requirements whole would take longer than all else."""
    for text in requires_dist:
        requirement, _, marker = text.partition(";")
        if found := _NAME.match(requirement):
            extras = frozenset(canonicalize_name(one.strip()) for one in (found[2] or "").split(",") if one)
            for extra in _EXTRA.findall(marker) or (None,):
                yield Required(
                    name=canonicalize_name(found[1]),
                    extras=extras,
                    wanted_by=None if extra is None else canonicalize_name(extra),
                )


class _Tree:
    """The packages and modules among installed files."""

    def __init__(self) -> None:
        self._regular: set[str] = set()
        self._modules: set[str] = set()
        self._stubs: set[str] = set()
        self.is_elsewhere = False
        """A ``.pth`` file leads to the code, as in an editable installation."""

    def add(self, path: str) -> None:
        self.is_elsewhere |= path.endswith(".pth")
        if not path.endswith(_CODE) or len(self._modules) >= _NAMES_LIMIT:
            return
        root, inside, _ = path.partition("/")
        if inside and root.endswith("-stubs"):
            self._stubs.add(root.removesuffix("-stubs"))
        elif path.count("/") < _DEPTH_LIMIT and (found := module_name(path)) is not None:
            (self._regular if found[1] else self._modules).add(found[0])

    def names(self) -> frozenset[str]:
        """The shallowest regular packages and modules."""
        return outermost(self._regular, self._modules)

    def deeper(self) -> frozenset[str]:
        return frozenset(name for name in self._regular | self._modules if "." in name)

    def stubs(self) -> frozenset[str]:
        return frozenset(self._stubs)
