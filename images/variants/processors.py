"""Variant properties of processors: ``x86_64 :: level``, ``aarch64 :: version``, and one feature per flag.

Source: PEP 825; the names are those of the providers that PEP 817 describes, which take them from archspec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from images.facts.environment import ABSENT, RuntimeEnvironment
from images.hardware.processors import x86_level, x86_level_features
from images.variants.provider import Fit

_LEVELS = 4
_LEVEL = re.compile(r"v([1-9])", re.ASCII)
_VERSION = re.compile(r"armv(\d{1,2}(?:\.\d{1,2})?a)", re.ASCII)
_FIRST_VERSION = "8a"


class X86Provider:
    """``x86_64 :: level :: v3``, ``x86_64 :: avx512f :: on``."""

    namespace = "x86_64"

    def __init__(self, environment: RuntimeEnvironment) -> None:
        self._arch = environment.text("arch")
        self._flags = _flags(environment)
        self._level = _level(environment, self._flags)

    def fit(self, feature: str, values: Sequence[str]) -> Fit | None:
        """See `Provider.fit`."""
        if self._arch != self.namespace:
            return _other_architecture(self._arch)
        if feature != "level":
            return _switch(self._has(feature), feature, values)
        reached = 1 if self._level is None else self._level  # whatever runs this architecture has the first
        numbers = sorted((int(m[1]) for m in map(_LEVEL.fullmatch, values) if m), reverse=True)
        return Fit(
            values=tuple(f"v{number}" for number in numbers if number <= reached),
            known="" if self._level is None else f"cpu.level is {self._level}",
            missing="cpu.level" if self._level is None else None,
        )

    def order(self, feature: str) -> tuple[int, str]:
        """Levels first, then the flags that the fewest levels have."""
        if feature == "level":
            return (0, "")
        name = _kernel_name(feature)
        having = sum(name in x86_level_features(level) for level in range(1, _LEVELS + 1))
        return (1 + having, feature)

    def shown(self) -> Iterable[tuple[str, str]]:
        """See `Provider.shown`."""
        if self._arch == self.namespace:
            yield "level", _named(self.fit("level", [f"v{level}" for level in range(1, _LEVELS + 1)]))
            yield from _shown_flags(self._flags)

    def _has(self, feature: str) -> bool | None:
        name = _kernel_name(feature)
        if self._flags is not None:
            return name in self._flags
        return True if self._level is not None and name in x86_level_features(self._level) else None


class ArmProvider:
    """``aarch64 :: version :: 8.2a``, ``aarch64 :: sve :: on``."""

    namespace = "aarch64"

    def __init__(self, environment: RuntimeEnvironment) -> None:
        self._arch = environment.text("arch")
        self._flags = _flags(environment)
        self._name = environment.text("cpu.microarchitecture")

    def fit(self, feature: str, values: Sequence[str]) -> Fit | None:
        """See `Provider.fit`."""
        if self._arch != self.namespace:
            return _other_architecture(self._arch)
        if feature != "version":
            has = None if self._flags is None else feature in self._flags
            return _switch(has, feature, values)
        # A processor that is told by its generic name may have any version.
        versions = _arm_versions(self._name) if self._name not in (None, self.namespace) else ()
        known = f"cpu.microarchitecture is {self._name}" if versions else ""
        has_values = [value for value in (versions or (_FIRST_VERSION,)) if value in values]
        return Fit(
            values=tuple(has_values), known=known, missing=None if versions else "cpu.microarchitecture"
        )

    def order(self, feature: str) -> tuple[int, str]:
        """The version first, then flags by name."""
        return (0, "") if feature == "version" else (1, feature)

    def shown(self) -> Iterable[tuple[str, str]]:
        """See `Provider.shown`."""
        if self._arch == self.namespace:
            versions = _arm_versions(self._name) or (_FIRST_VERSION,)
            yield "version", _named(self.fit("version", versions))
            yield from _shown_flags(self._flags)


def _flags(environment: RuntimeEnvironment) -> Set[str] | None:
    if "cpu.flags" not in environment:
        return None
    value = environment["cpu.flags"]
    return frozenset(value) if isinstance(value, tuple) else frozenset()


def _level(environment: RuntimeEnvironment, flags: Set[str] | None) -> int | None:
    if "cpu.level" in environment:
        value = environment["cpu.level"]
        return value if isinstance(value, int) else 0
    return None if flags is None else x86_level(flags)


def _kernel_name(feature: str) -> str:
    """The kernel names SSE3 after the code name of the processor that brought it."""
    return "pni" if feature == "sse3" else feature


def _variant_name(flag: str) -> str:
    return "sse3" if flag == "pni" else flag


def _other_architecture(arch: str | None) -> Fit:
    return Fit(missing="arch") if arch is None else Fit(known=f"arch is {arch}")


def _switch(has: bool | None, feature: str, values: Sequence[str]) -> Fit:
    """A feature whose only value is ``on``."""
    if "on" not in values:
        return Fit(known="no other value than on is known")
    if has is None:
        return Fit(missing="cpu.flags")
    return Fit(values=("on",)) if has else Fit(known=f"cpu.flags are without {feature}")


def _arm_versions(microarchitecture: str | None) -> tuple[str, ...]:
    """The versions of the Arm architecture that a processor has, newest first; none where nothing tells."""
    if microarchitecture in (None, ABSENT):
        return ()
    from archspec.cpu import TARGETS  # reads its table

    target = TARGETS.get(microarchitecture)
    if target is None:
        return ()
    names = [str(one.name) for one in (target, *target.ancestors)]
    found = {match[1] for match in map(_VERSION.fullmatch, names) if match}
    if not found:
        return ()
    return (*sorted(found - {_FIRST_VERSION}, key=_version_key, reverse=True), _FIRST_VERSION)


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.rstrip("a").split(".")))


def _named(fit: Fit | None) -> str:
    assert fit is not None
    told = ", ".join(fit.values)
    return f"{told}; for more: {fit.missing} is not known" if fit.missing else told or "none"


def _shown_flags(flags: Set[str] | None) -> Iterable[tuple[str, str]]:
    """In one line: processors have a hundred of them."""
    told = ", ".join(sorted(map(_variant_name, flags or ())))
    yield "(each flag)", "cpu.flags is not known" if flags is None else f"on, for {told}"
