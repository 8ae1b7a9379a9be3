"""From an imported name to the distributions that provide it, in layers, each with its confidence.

Names that the user maps come first, then what is installed, what is declared, what wheels are known to hold,
a table of well-known pairs, what the wheels of well-known projects hold, and last the distribution of the
same name. Declared distributions go before
others. A name that nothing vouches for stands for the distribution of that very name and no other spelling:
what a rare distribution with a similar name holds is anyone's guess, and an attacker's opportunity.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
from packaging.utils import canonicalize_name

from analyzers.evidence import Confidence
from analyzers.source.names.curated_names import curated_names
from analyzers.source.names.known_names import known_names
from analyzers.source.names.popular_projects import popular_projects
from analyzers.source.names.provided_names import Provided
from analyzers.source.names.standard_library import PythonVersion, is_standard
from analyzers.source.protocols import DistributionNames
from analyzers.source.records import DistributionMatch, Import, Origin

_PROJECT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_AFFIXED = re.compile(
    r"python-(?P<a>.+)|py-(?P<b>.+)|(?P<c>.+?)-(?:python|py|binary|headless|nightly|[cg]pu|cuda\d+x?|cu\d+)"
)
_DEPTH_LIMIT = 12
_ORDER = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """What an imported name stands for.

    Attributes:
        name: the part of the dotted name that was recognised; its first component where none was.
        distributions: the likeliest first.
    """

    name: str
    origin: Origin
    distributions: tuple[DistributionMatch, ...] = ()


class ImportNames:
    """Answers for one project in one environment; answers are remembered.

    Args:
        declared: normalised names of the distributions that the project declares.
        provided: what is installed.
        first_party: dotted names of the project's own modules; a prefix stands for all below it.
        mapped: import name to normalised distribution names, as the user states them.
        wheels: knows what wheels hold.
        python: that the project is to run on; None where that is not known.
    """

    def __init__(
        self,
        *,
        declared: Collection[str] = (),
        provided: Sequence[Provided] = (),
        first_party: Collection[str] = (),
        mapped: Mapping[str, tuple[str, ...]] | None = None,
        wheels: DistributionNames | None = None,
        python: PythonVersion | None = None,
    ) -> None:
        self._declared, self._first_party = frozenset(declared), frozenset(first_party)
        self._mapped, self._wheels, self._python = mapped or {}, wheels, python
        self._curated = curated_names()
        self._installed = _Installed(provided)
        self._affixed = self._affixed_names()
        self._known: dict[str, Match] = {}
        self._deep_roots = self._roots_that_divide()
        self._deep: dict[str, bool] = {}

    def match(self, module: str, name: str | None = None) -> Match:
        """What ``import module`` or ``from module import name`` stands for."""
        root = module.partition(".")[0]
        if self._is_deep(root):
            whole = module if name is None or name == "*" else f"{module}.{name}"
            key = ".".join(whole.split(".", _DEPTH_LIMIT)[:_DEPTH_LIMIT])
        else:
            key = root
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._match(key)
        return found

    def linked(self, imports: Iterable[Import]) -> list[Import]:
        """The imports with their origin and distributions; what is first-party already stays so."""
        linked = []
        for one in imports:
            if one.origin is not Origin.FIRST_PARTY:
                found = self.match(one.module, one.name)
                if one.origin is not found.origin or one.distributions != found.distributions:
                    one = msgspec.structs.replace(one, origin=found.origin, distributions=found.distributions)
            linked.append(one)
        return linked

    def imports_of(self, distribution: str) -> tuple[frozenset[str], Confidence]:
        """The import names of a distribution, by its normalised name, and how sure they are."""
        mapped = frozenset(name for name, owners in self._mapped.items() if distribution in owners)
        if mapped:
            return mapped, Confidence.CERTAIN
        if found := self._installed.by_distribution.get(distribution):
            return found.names, found.confidence
        if curated := self._curated.imports.get(distribution):
            return curated, Confidence.LIKELY
        return frozenset({distribution.replace("-", "_")}), Confidence.POSSIBLE

    def installed(self, distribution: str) -> Provided | None:
        """What is known of a distribution that is installed."""
        return self._installed.by_distribution.get(distribution)

    def _roots_that_divide(self) -> frozenset[str]:
        """First components of names below which different distributions may have their modules.

        A declared ``a-b`` may be one that provides ``a.b``.
        """
        dotted = [*self._curated.exact, *self._curated.namespaces, *self._mapped, *self._first_party]
        roots = {name.partition(".")[0] for name in dotted if "." in name} | self._curated.namespaces.keys()
        roots |= self._installed.divided | {"concurrent", "importlib", "string"}
        for name in self._declared:
            parts = name.split("-", _DEPTH_LIMIT)[:_DEPTH_LIMIT]
            roots.update("-".join(parts[:count]) for count in range(1, len(parts)))
        return frozenset(roots)

    def _is_deep(self, root: str) -> bool:
        """Whether more than the first component is needed to tell."""
        known = self._deep.get(root)
        if known is None:
            is_divided = root in self._deep_roots or canonicalize_name(root) in self._deep_roots
            known = self._deep[root] = is_divided or self._wheels is not None
        return known

    def _match(self, whole: str) -> Match:
        prefixes = list(_prefixes(whole)) or [whole]
        root = prefixes[-1]
        for prefix in prefixes:
            if prefix in self._mapped:
                matches = tuple(
                    DistributionMatch(name=name, confidence=Confidence.CERTAIN, source="settings")
                    for name in self._mapped[prefix]
                )
                return Match(name=prefix, origin=Origin.THIRD_PARTY, distributions=matches)
        for prefix in prefixes:
            if prefix in self._first_party:
                return Match(name=prefix, origin=Origin.FIRST_PARTY)
        if is_standard(root):
            return self._standard(whole, prefixes)
        name, matches = self._third_party(prefixes)
        return Match(name=name, origin=Origin.THIRD_PARTY, distributions=matches)

    def _standard(self, whole: str, prefixes: list[str]) -> Match:
        """The standard library, and what is declared or installed to stand in for it on other Pythons."""
        root = prefixes[-1]
        stand_ins = [match for _, match in self._vouched(prefixes) if match.name in self._declared]
        if self._python is not None and not is_standard(whole, self._python):
            name, matches = self._third_party(prefixes, guess=False)
            if matches and (stand_ins or any(match.source == "installed" for match in matches)):
                return Match(name=name, origin=Origin.THIRD_PARTY, distributions=matches)
        return Match(name=root, origin=Origin.STDLIB, distributions=_sorted(stand_ins, self._declared))

    def _third_party(
        self, prefixes: list[str], *, guess: bool = True
    ) -> tuple[str, tuple[DistributionMatch, ...]]:
        found = list(self._vouched(prefixes))
        if not any(match.name in self._declared or match.source == "installed" for _, match in found):
            found += self._affixed_declared(prefixes[-1])
            if self._wheels is not None and not any(match.source == "declared" for _, match in found):
                found += ((prefixes[-1], match) for match in self._wheels.providers(prefixes[0]))
        if not found and guess:
            found = list(self._same_name(prefixes))
        # A longer prefix knows better: `google` is part of hundreds of distributions.
        longest = max((len(name) for name, _ in found), default=0)
        exact = [match for name, match in found if len(name) == longest or match.name in self._declared]
        name = max((name for name, _ in found), key=len, default=prefixes[-1])
        return name, _sorted(exact, self._declared)

    def _vouched(self, prefixes: list[str]) -> Iterator[tuple[str, DistributionMatch]]:
        """What is installed, declared, or well known, with the prefix that tells."""
        root = prefixes[-1]
        shared = root in self._curated.shared
        installed = list(self._installed.providers(prefixes, beyond=root if shared else None))
        yield from installed
        yield from self._declared_name(prefixes, shared, {match.name for _, match in installed})
        for prefix in prefixes:
            if owners := self._curated.exact.get(prefix) or self._pattern(prefix):
                for index, owner in enumerate(owners):
                    likely = index == 0 or owner in self._declared
                    confidence = Confidence.LIKELY if likely else Confidence.POSSIBLE
                    if not installed or owner in self._declared:
                        yield prefix, DistributionMatch(name=owner, confidence=confidence, source="curated")
                break

    def _declared_name(
        self, prefixes: list[str], shared: bool, installed: set[str]
    ) -> Iterator[tuple[str, DistributionMatch]]:
        """The declared distribution that is named as the import is; dots count as hyphens in namespaces."""
        root = prefixes[-1]
        if not shared and canonicalize_name(root) in self._declared:
            prefixes = [root]
        elif not shared and (installed or root in self._curated.exact):
            return
        for prefix in prefixes:
            if (named := canonicalize_name(prefix)) in self._declared:
                yield prefix, DistributionMatch(name=named, confidence=Confidence.LIKELY, source="declared")
                return
        if shared:  # `import google.cloud` alone: whichever of its parts is declared
            whole = prefixes[0]
            for name in sorted(self._declared):
                within = any(one.startswith(f"{whole}.") for one in self._curated.imports.get(name, ()))
                if within or name.startswith(f"{canonicalize_name(whole)}-"):
                    yield (
                        whole,
                        DistributionMatch(name=name, confidence=Confidence.POSSIBLE, source="declared"),
                    )

    def _pattern(self, prefix: str) -> tuple[str, ...]:
        """What the distributions of a namespace are called; a guess unless one is declared or popular."""
        parent, _, last = prefix.rpartition(".")
        pattern = self._curated.namespaces.get(parent)
        if pattern is None:
            return ()
        name = canonicalize_name(pattern.replace("*", last.strip("_") or last))
        is_known = name in popular_projects() or name in known_names().well_known
        return (name,) if name in self._declared or is_known else ()

    def _affixed_names(self) -> dict[str, list[str]]:
        """Declared distributions by the name within theirs, as ``foo`` in ``python-foo`` and ``foo-cpu``."""
        found: dict[str, list[str]] = {}
        for name in sorted(self._declared):
            is_known = name in self._installed.by_distribution or name in self._curated.imports
            if not is_known and (affixed := _AFFIXED.fullmatch(name)):
                inner = affixed["a"] or affixed["b"] or affixed["c"]
                found.setdefault(inner, []).append(name)
        return found

    def _affixed_declared(self, root: str) -> Iterator[tuple[str, DistributionMatch]]:
        for name in self._affixed.get(canonicalize_name(root), ()):
            yield root, DistributionMatch(name=name, confidence=Confidence.POSSIBLE, source="declared")

    def _same_name(self, prefixes: list[str]) -> Iterator[tuple[str, DistributionMatch]]:
        root = prefixes[-1]
        named = root
        if root in self._curated.shared:
            # The namespace itself is no distribution; the pattern of its names is the same-name guess there.
            parts = [prefix for prefix in prefixes if prefix.rpartition(".")[0] in self._curated.namespaces]
            if not parts:
                return
            named = parts[0]
            parent, _, last = named.rpartition(".")
            name = canonicalize_name(self._curated.namespaces[parent].replace("*", last))
        else:
            name = canonicalize_name(root)
        if not _PROJECT.fullmatch(name):
            return
        known = None if root in self._curated.shared else known_names().projects.get(root)
        if name in popular_projects() and name not in self._curated.imports:
            yield named, DistributionMatch(name=name, confidence=Confidence.LIKELY, source="curated")
        elif known is not None:
            yield named, DistributionMatch(name=known, confidence=Confidence.LIKELY, source="known")
        elif root not in self._curated.shared and (sole := known_names().sole.get(root)):
            yield named, DistributionMatch(name=sole, confidence=Confidence.POSSIBLE, source="known")
        else:
            yield named, DistributionMatch(name=name, confidence=Confidence.POSSIBLE, source="same-name")


class _Installed:
    """Installed distributions by import name."""

    def __init__(self, provided: Sequence[Provided]) -> None:
        self.by_distribution = {one.name: one for one in provided}
        self._owners: dict[str, list[Provided]] = {}
        for one in provided:
            for name in one.names:
                self._owners.setdefault(name, []).append(one)
        self.divided = {
            name.partition(".")[0] for name, owners in self._owners.items() if "." in name or len(owners) > 1
        }

    def providers(self, prefixes: list[str], beyond: str | None) -> Iterator[tuple[str, DistributionMatch]]:
        """Those that provide the longest prefix; none for `beyond`, a namespace that says nothing alone."""
        for prefix in prefixes:
            owners = self._owners.get(prefix)
            if owners and len(owners) > 1:
                owners, prefix = _narrowed(owners, prefixes, prefix)
            if owners and prefix != beyond:
                for owner in owners:
                    yield (
                        prefix,
                        DistributionMatch(name=owner.name, confidence=owner.confidence, source="installed"),
                    )
                return


def _narrowed(owners: list[Provided], prefixes: list[str], name: str) -> tuple[list[Provided], str]:
    """Those of several owners of a package that hold the longest part of the name."""
    for prefix in prefixes:
        if prefix == name:
            break
        if holding := [owner for owner in owners if prefix in owner.deeper]:
            return holding, prefix
    return owners, name


def _prefixes(whole: str) -> Iterator[str]:
    while whole:
        yield whole
        whole = whole.rpartition(".")[0]


def _sorted(matches: Iterable[DistributionMatch], declared: Collection[str]) -> tuple[DistributionMatch, ...]:
    """Each distribution once, with its strongest reason; declared ones first, then the surest."""
    best: dict[str, DistributionMatch] = {}
    for match in matches:
        other = best.get(match.name)
        if other is None or _ORDER.index(match.confidence) < _ORDER.index(other.confidence):
            best[match.name] = match
    return tuple(
        sorted(best.values(), key=lambda match: (match.name not in declared, _ORDER.index(match.confidence)))
    )
