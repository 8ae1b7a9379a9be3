"""Random universes: small, hostile to a resolver, and described by fields that an oracle reads by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import context
from resolver.context import Context, PrereleasePolicy
from resolver.targets.formats import FormatPolicy

MARKERS: Mapping[str, bool] = {
    "": True,
    'python_version >= "3.8"': True,
    'sys_platform == "win32"': False,
    'python_version < "3.9" or os_name == "posix"': True,
    'implementation_name == "pypy"': False,
}
"""Markers, and whether they hold on the default target of `fakes.searching.runs`."""

TAGS: Mapping[str, bool] = {
    "py3-none-any": True,
    "cp311-cp311-manylinux_2_17_x86_64": True,
    "cp310-abi3-manylinux_2_28_x86_64": True,
    "cp310-cp310-manylinux_2_17_x86_64": False,
    "cp311-cp311-win_amd64": False,
}
"""Tags of a wheel, and whether that target can install it."""

PYTHONS: Mapping[str | None, bool] = {
    None: True,
    ">=3.8": True,
    ">=3.6,<3.10": True,  # an upper bound alone refuses nothing
    ">=3.12": False,
    "!=3.11.*": False,
}
"""``Requires-Python``, and whether it lets the release stay possible there."""

VERSIONS = ("0.9", "1.0.dev1", "1.0a1", "1.0", "1.0+local", "1.0.post1", "1.1", "2.0rc1", "2.0", "1!0.1")
PRERELEASES = frozenset({"1.0.dev1", "1.0a1", "2.0rc1"})
_RANGES = (
    *("==1.*", "!=1.*", "==1.0.*", "!=1.0.*", "===1.0"),
    *(">=1.0,<2.0", ">0.9,!=1.1", ">=1.0a1,<1.1", ">2.0,<1.0"),
)
SPECIFIERS = (
    *([""] * 6),
    *(f"{operator}{version}" for operator in ("==", "!=") for version in VERSIONS),
    *(f"{operator}{version}" for operator in (">=", "<=") for version in VERSIONS if "+" not in version),
    *(f"{operator}{version}" for operator in (">", "<", "~=") for version in ("1.0", "1.1", "2.0", "1.0a1")),
    *_RANGES,
)
EXTRAS = ("x", "y")
PROJECTS = ("a", "b", "c", "d", "e", "f", "g", "h")
MISSING = "missing"
"""A project that no index has."""


@dataclass(frozen=True)
class Need:
    """One dependency: of a release, or of the user."""

    project: str
    specifiers: str = ""
    extras: tuple[str, ...] = ()
    marker: str = ""
    of_extra: str | None = None

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        conditions = [f"({self.marker})"] if self.marker else []
        if self.of_extra is not None:
            conditions.append(f"extra == '{self.of_extra}'")
        marker = f"; {' and '.join(conditions)}" if conditions else ""
        return f"{self.project}{extras}{self.specifiers}{marker}"

    @property
    def is_live(self) -> bool:
        return MARKERS[self.marker]


@dataclass(frozen=True)
class Candidate:
    """One release. Without tags it has an sdist only."""

    version: str
    needs: tuple[Need, ...] = ()
    python: str | None = None
    yanked: bool = False
    tags: tuple[str, ...] = ("py3-none-any",)
    sdist: bool = False


@dataclass(frozen=True)
class World:
    """An index and what is asked of it."""

    projects: Mapping[str, tuple[Candidate, ...]]
    asked: tuple[Need, ...]
    prereleases: PrereleasePolicy = PrereleasePolicy.IF_NECESSARY
    no_build: frozenset[str] = field(default_factory=frozenset)
    no_binary: frozenset[str] = field(default_factory=frozenset)

    @property
    def requirements(self) -> tuple[str, ...]:
        return tuple(map(str, self.asked))

    def context(self) -> Context:
        formats = FormatPolicy(no_build=self.no_build, no_binary=self.no_binary)
        return context(self.requirements, prereleases=self.prereleases, formats=formats)

    def index(self, *, backwards: bool = False) -> FakeIndex:
        """The index; `backwards` lists everything in the opposite order."""
        index = FakeIndex()
        step = -1 if backwards else 1
        for name, candidates in list(self.projects.items())[::step]:
            index.add_project(name)
            for candidate in candidates[::step]:
                index.add(
                    name,
                    candidate.version,
                    requires=map(str, candidate.needs),
                    requires_python=candidate.python,
                    yanked=candidate.yanked,
                    wheel=bool(candidate.tags),
                    tags=candidate.tags[::step],
                    sdist=candidate.sdist or not candidate.tags,
                )
        return index

    def without_need(self, project: str, position: int, number: int) -> World:
        """This world where one release does not ask for one thing."""
        candidates = list(self.projects[project])
        needs = candidates[position].needs
        candidates[position] = replace(candidates[position], needs=needs[:number] + needs[number + 1 :])
        return replace(self, projects={**self.projects, project: tuple(candidates)})


def needs_of_users() -> st.SearchStrategy[Need]:
    """What a user may say of any project, extras apart."""
    return _needs(PROJECTS, of_release=False).map(lambda need: replace(need, extras=()))


def _needs(projects: Iterable[str], *, of_release: bool) -> st.SearchStrategy[Need]:
    names = [*projects] * 3 + [MISSING]
    return st.builds(
        Need,
        st.sampled_from(names),
        st.sampled_from(SPECIFIERS),
        st.sampled_from(((), (), (), ("x",), ("y",), ("x", "y"))),
        st.sampled_from(("", "", "", *MARKERS)),
        st.sampled_from((None, None, *EXTRAS)) if of_release else st.none(),
    )


def _candidates(projects: Iterable[str]) -> st.SearchStrategy[Candidate]:
    pure = ("py3-none-any",)
    tags = st.sampled_from((pure, pure, pure, (), *((tag,) for tag in TAGS), tuple(TAGS)[1:]))
    return st.builds(
        Candidate,
        st.sampled_from(VERSIONS),
        st.lists(_needs(projects, of_release=True), max_size=3).map(tuple),
        st.sampled_from((None, None, None, *PYTHONS)),
        st.sampled_from((False, False, False, True)),
        tags,
        st.booleans(),
    )


@st.composite
def worlds(draw: st.DrawFn, most_projects: int = 8, most_releases: int = 6) -> World:
    """Three projects and more, each with none to some releases, and one to three requirements."""
    names = PROJECTS[: draw(st.integers(3, most_projects))]
    candidates = st.lists(
        _candidates(names), min_size=1, max_size=most_releases, unique_by=lambda candidate: candidate.version
    ).map(tuple)
    projects = {name: draw(candidates) for name in names}
    if draw(st.integers(0, 15)) == 15:
        projects[names[-1]] = ()
    kinds = st.sampled_from((frozenset(), frozenset(), frozenset(), frozenset({"b"}), frozenset({"a", "c"})))
    policies = (PrereleasePolicy.IF_NECESSARY, *PrereleasePolicy)
    return World(
        projects=projects,
        asked=tuple(draw(st.lists(_needs(names, of_release=False), min_size=1, max_size=3))),
        prereleases=draw(st.sampled_from(policies)),
        no_build=draw(kinds),
        no_binary=draw(kinds),
    )
