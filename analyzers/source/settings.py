"""``[tool.stackwright.scan]`` in a pyproject.toml: what a project says about how it is to be scanned."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

import msgspec
from packaging.utils import canonicalize_name

from analyzers.evidence import Location
from analyzers.manifests.declared import Format
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft

DEVELOPMENT_EXTRAS = frozenset(
    {
        *("ci", "cov", "coverage", "dev", "devel", "develop", "development", "doc", "docs", "documentation"),
        *(
            "format",
            "formatting",
            "lint",
            "linter",
            "linting",
            "lints",
            "mypy",
            "precommit",
            "pre-commit",
            "qa",
        ),
        *("style", "test", "testing", "tests", "tox", "type", "typecheck", "types", "typing", "all-dev"),
    }
)
"""Extras that by custom serve who works on a project, not who uses it."""

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class IgnoredFinding(msgspec.Struct, frozen=True):
    """Findings that are not wanted.

    Attributes:
        subject: normalised as a distribution name; None for every subject.
    """

    id: str
    subject: str | None = None


class ScanSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings.

    Attributes:
        exclude: patterns as in a ``.gitignore``, of files that are not scanned.
        ignore: findings that are not reported.
        first_party: dotted modules that are the project's own, whatever else bears their name.
        names: import name to the normalised names of the distributions that provide it.
        used: normalised names of distributions that are used without being imported.
        development_extras: normalised names of extras that count as development dependencies.
        runtime_groups: normalised names of dependency groups that do not.
        tools_count_as_used: whether well-known tools and plugins are used although nothing imports them.
    """

    exclude: tuple[str, ...] = ()
    ignore: tuple[IgnoredFinding, ...] = ()
    first_party: frozenset[str] = frozenset()
    names: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    used: frozenset[str] = frozenset()
    development_extras: frozenset[str] = DEVELOPMENT_EXTRAS
    runtime_groups: frozenset[str] = frozenset()
    tools_count_as_used: bool = True


def read_scan_settings(data: bytes, path: str, finding_ids: Collection[str] | None = None) -> ScanSettings:
    """The settings in a pyproject.toml; those by default where it has none.

    Args:
        data: the file.
        path: names it in errors.
        finding_ids: that exist; None accepts any that could.

    Raises:
        ManifestError: the file is no TOML, or a key or value in the table is not accepted.
    """
    draft = Draft(path, Format.PYPROJECT)
    reading = _Reading(draft, finding_ids)
    if table := toml_node(data, draft).at("tool", "stackwright", "scan"):
        reading.table(table)
    draft.finish()
    return ScanSettings(**reading.values)  # type: ignore[arg-type]  # each key has its own type


class _Reading:
    def __init__(self, draft: Draft, finding_ids: Collection[str] | None) -> None:
        self._draft, self._ids = draft, finding_ids
        self.values: dict[str, object] = {}
        self._readers: dict[str, Callable[[Node], object]] = {
            "exclude": self._patterns,
            "ignore": lambda node: tuple(self._ignored(node)),
            "first-party": lambda node: frozenset(self._modules(node)),
            "names": self._names,
            "used": lambda node: frozenset(self._normalised(node)),
            "development-extras": lambda node: frozenset(self._normalised(node)),
            "runtime-groups": lambda node: frozenset(self._normalised(node)),
            "tools-count-as-used": lambda node: node.flag(),
        }

    def table(self, node: Node) -> None:
        for key, value in node.table().items():
            if reader := self._readers.get(key):
                self.values[key.replace("-", "_")] = reader(value)
            else:
                known = ", ".join(self._readers)
                self._refuse(value.location, key, f"{value.name} is no setting", f"use one of: {known}")

    def _patterns(self, node: Node) -> tuple[str, ...]:
        return tuple(text for text, _ in node.strings())

    def _ignored(self, node: Node) -> Iterator[IgnoredFinding]:
        for text, location in node.strings():
            written, colon, name = (part.strip() for part in text.partition(":"))
            if not _ID.fullmatch(written) or (self._ids is not None and written not in self._ids):
                remedy = "write an id such as unused-dependency, or id:name"
                if self._ids:
                    remedy = f"use one of: {', '.join(sorted(self._ids))}, alone or as id:name"
                self._refuse(location, text, "is no kind of finding", remedy)
            elif colon and not name:
                self._refuse(
                    location, text, "names nothing behind the colon", "write id:name, or the id alone"
                )
            else:
                yield IgnoredFinding(written, canonicalize_name(name) if colon else None)

    def _modules(self, node: Node) -> Iterator[str]:
        for text, location in node.strings():
            if _MODULE.fullmatch(text):
                yield text
            else:
                self._refuse(
                    location, text, "is no name of a module", "write a dotted name such as 'package'"
                )

    def _normalised(self, node: Node) -> Iterator[str]:
        for text, location in node.strings():
            if (name := self._distribution(text, location)) is not None:
                yield name

    def _names(self, node: Node) -> Mapping[str, tuple[str, ...]]:
        """``distribution = "module"`` or a list of modules, turned around."""
        found: dict[str, list[str]] = {}
        for written, value in node.table().items():
            distribution = self._distribution(written, value.location)
            modules: list[str] = []
            if isinstance(value.value, str):
                if _MODULE.fullmatch(value.value):
                    modules.append(value.value)
                else:
                    remedy = "write a dotted name such as 'package'"
                    self._refuse(value.location, value.value, "is no name of a module", remedy)
            else:
                modules += self._modules(value)
            for module in modules:
                if distribution is not None:
                    found.setdefault(module, []).append(distribution)
        return {module: tuple(distributions) for module, distributions in found.items()}

    def _distribution(self, text: str, location: Location) -> str | None:
        try:
            return canonicalize_name(text, validate=True)
        except ValueError:
            self._refuse(location, text, "is no name of a project", "write it as in a requirement")
            return None

    def _refuse(self, location: Location, text: str, reason: str, remedy: str) -> None:
        self._draft.problem(location, text, reason, remedy)
