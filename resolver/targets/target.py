"""What one target admits: which files it can install, best first, and which dependencies are live on it."""

from __future__ import annotations

import enum
import functools
import re
import sys
from collections.abc import Sequence

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from images.facts.environment import RuntimeEnvironment
from images.facts.tags import marker_environment, supported_tags
from knowledge.releases import File, Shape
from resolver.targets.formats import Formats


class PythonFit(enum.IntEnum):
    """How a ``Requires-Python`` meets the target's Python, best first."""

    ADMITTED = 0
    CAPPED = 1
    REFUSED = 2


class Target:
    """A runtime environment as the resolver asks about it; every answer is remembered.

    Args:
        environment: must hold ``python.version``; see `images.facts.tags` for what the tags need.
    """

    def __init__(self, environment: RuntimeEnvironment) -> None:
        self.environment = environment
        self.name = _name(environment)
        self.python = Version(str(environment["python.version"]))
        self.tags = supported_tags(environment)
        self.markers = marker_environment(environment)
        self._fits: dict[str, PythonFit] = {}
        self._live: dict[tuple[str, str], bool] = {}
        self.undecided_markers: set[str] = set()

    def python_fit(self, requires_python: str | None) -> PythonFit:
        """Whether ``Requires-Python`` admits the target.

        A release that excludes the target by an upper bound alone is CAPPED: such bounds are often a guess
        about the future which older releases merely did not make, so it comes last but stays possible.
        """
        if not requires_python:
            return PythonFit.ADMITTED
        fit = self._fits.get(requires_python)
        if fit is None:
            fit = self._fits[requires_python] = self._python_fit(requires_python)
        return fit

    def _python_fit(self, requires_python: str) -> PythonFit:
        try:
            specifiers = SpecifierSet(requires_python)
            if specifiers.contains(self.python, prereleases=True):
                return PythonFit.ADMITTED
            others = [s for s in specifiers if s.operator not in ("<", "<=")]
            admitted = all(s.contains(self.python, prereleases=True) for s in others)
        except ValueError:  # no specifier set, or numbers beyond what Python takes
            return PythonFit.ADMITTED
        return PythonFit.CAPPED if admitted and len(others) < len(specifiers) else PythonFit.REFUSED

    def file_rank(self, tags: str, formats: Formats) -> int | None:
        """Place of a file in the order of preference (0 is best), or None when the target cannot use it.

        Args:
            tags: a wheel's compressed tag triple, or empty for an sdist.
        """
        if not tags:
            return len(self.tags) if formats.sdists else None
        return self.tags.rank(tags) if formats.wheels else None

    def shape_fit(self, shapes: Sequence[Shape], formats: Formats) -> PythonFit:
        """The best fit of any file of a release that the target can use."""
        return min(
            (
                self.python_fit(shape.requires_python)
                for shape in shapes
                if self.file_rank(shape.tags, formats) is not None
            ),
            default=PythonFit.REFUSED,
        )

    def usable_files(self, files: Sequence[File], formats: Formats) -> list[File]:
        """The files that the target can install, best first; files of a worse Python fit come later.

        Variants come in their order, before files that are none. Source: PEP 825, "Variant ordering".
        """
        ranked = []
        for file in files:
            rank = self.file_rank(file.tags, formats)
            fit = self.python_fit(file.requires_python)
            if rank is not None and fit is not PythonFit.REFUSED:
                place = _PLAIN if file.place is None else file.place
                ranked.append(((fit, place, rank, file.filename), file))
        return [file for _, file in sorted(ranked, key=lambda entry: entry[0])]

    def is_live(self, marker: str, extra: str = "") -> bool:
        """Whether a dependency with this marker is active on the target, for one extra or for none.

        A comparison with a variable that the target does not fix counts as holding; its marker is noted in
        `undecided_markers`. A comparison that PEP 508 leaves undefined is false.

        Raises:
            InvalidMarker: the text is no marker.
        """
        if not marker:
            return True
        key = (marker, extra)
        live = self._live.get(key)
        if live is None:
            live = self._live[key] = self._evaluate(marker, extra)
        return live

    def _evaluate(self, marker: str, extra: str) -> bool:
        decided = _undecided_comparisons(frozenset(_OPEN_VARIABLES - self.markers.keys())).sub(_HOLDS, marker)
        if decided != marker:
            self.undecided_markers.add(marker)
        environment: dict[str, str | frozenset[str]] = {**self.markers, "extra": extra}
        try:
            return _parsed_marker(decided).evaluate(environment)
        except (UndefinedComparison, UndefinedEnvironmentName):
            return False
        except (ValueError, RecursionError) as error:  # numbers and nesting beyond what Python takes
            raise InvalidMarker(f"{marker[:200]}: {type(error).__name__}") from error


_PLAIN = sys.maxsize
_OPEN_VARIABLES = frozenset({"platform_release", "platform_version"})
_HOLDS = "python_version >= '0'"


@functools.lru_cache(4096)
def _parsed_marker(text: str) -> Marker:
    try:
        return Marker(text)
    except RecursionError as error:
        raise InvalidMarker(f"{text[:200]}: nested too deep") from error


@functools.cache
def _undecided_comparisons(variables: frozenset[str]) -> re.Pattern[str]:
    """Comparisons with one of these variables; markers know no negation, so the rest decides if they hold."""
    if not variables:
        return re.compile(r"(?!)")
    variable, value = "|".join(sorted(variables)), r"""(?:"[^"]*"|'[^']*')"""
    operator = r"\s*(?:[<>=!~]=?=?|not\s+in\b|in\b)\s*"
    return re.compile(rf"\b(?:{variable})\b{operator}{value}|{value}{operator}\b(?:{variable})\b")


def _name(environment: RuntimeEnvironment) -> str:
    """Such as ``cpython 3.11.7 on linux x86_64 with glibc 2.36``; what is not known is left out."""
    libc = " ".join(filter(None, (environment.text("libc.name"), environment.text("libc.version"))))
    words = (
        environment.text("python.implementation"),
        environment.text("python.version"),
        "on",
        environment.text("os.kernel"),
        environment.text("arch"),
        f"with {libc}" if libc else None,
    )
    return " ".join(filter(None, words))
