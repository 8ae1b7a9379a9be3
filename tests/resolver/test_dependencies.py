from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.markers import UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from fakes.searching.runs import target
from resolver.states.dependencies import Dependency, lines_by_extra, live_dependencies, of_requirement

TARGET = target()
ENVIRONMENT = TARGET.markers

SPACE = st.sampled_from(("", "", " ", "  ", "\t"))
NAMES = st.sampled_from(("a", "Foo.Bar", "foo__bar", "x-1", "9lives", "zope.interface", "extra", "A_b-.c"))
EXTRAS = st.lists(st.sampled_from(("x", "Dev_Tools", "y.z", "all")), max_size=3)
CLAUSES = st.lists(
    st.sampled_from((">=1.0", "<2", "==1.*", "!= 1.5", "~=1.4.2", "> 1", "==1.0+local")), max_size=3
)
MARKERS = st.sampled_from(
    (
        'python_version >= "3.8"',
        "python_version<'3'",
        'sys_platform == "win32"',
        'extra == "x"',
        "extra=='Dev_Tools' and python_version > '3'",
        '(extra == "x" or extra == "y-z") and os_name == "posix"',
        'extra != "x"',
        'python_version in "3.10 3.11"',
        'platform_python_implementation === "CPython"',
        'implementation_version >= "3.11.0"',
        '"linux" == sys_platform',
    )
)


@st.composite
def lines(draw: st.DrawFn) -> str:
    space = [draw(SPACE) for _ in range(7)]
    extras, clauses, marker = draw(EXTRAS), draw(CLAUSES), draw(st.none() | MARKERS)
    text = f"{draw(NAMES)}{space[0]}"
    if extras:
        text += f"[{space[1]}{f',{space[2]}'.join(extras)}]{space[3]}"
    specifiers = f"{space[4]},{space[2]}".join(clauses)
    text += f"({specifiers})" if draw(st.booleans()) and specifiers else specifiers
    return text if marker is None else f"{text} ;{space[5]}{marker}{space[6]}"


def expected(line: str, extra: str | None) -> list[tuple[str, tuple[str, ...], SpecifierSet]]:
    requirement = Requirement(line)

    def holds(name: str) -> bool:
        if requirement.marker is None:
            return True
        try:
            return requirement.marker.evaluate({**ENVIRONMENT, "extra": name})
        except UndefinedComparison:
            return False

    added = holds("") if extra is None else holds(extra) and not holds("")
    names = tuple(sorted(map(canonicalize_name, requirement.extras)))
    return [(canonicalize_name(requirement.name), names, requirement.specifier)] if added else []


def read(line: str, extra: str | None) -> list[tuple[str, tuple[str, ...], SpecifierSet]]:
    found = live_dependencies([line], TARGET, extra)
    return [(d.project, d.extras, SpecifierSet(d.specifiers)) for d in found]


@settings(max_examples=500, deadline=None)
@given(lines(), st.sampled_from((None, "x", "dev-tools", "y-z", "unknown")))
@example('foo[bar] (>=1.0) ; extra == "x"', "x")
@example("foo[] >=1", None)
@example("foo (===1.0-custom)", None)
@example("foo ===1.0-custom ; os_name == 'posix'", None)
@example("foo[ x , y ]>=1", None)
def test_every_form_means_what_packaging_says(line: str, extra: str | None) -> None:
    assert read(line, extra) == expected(line, extra)


@pytest.mark.parametrize(
    ("line", "dependency"),
    [
        ("a", Dependency("a", (), "")),
        ("Foo_Bar", Dependency("foo-bar", (), "")),
        ("a>=1", Dependency("a", (), ">=1")),
        ("a (>=1,<2)", Dependency("a", (), ">=1,<2")),
        ("a( ==1.* )", Dependency("a", (), "==1.*")),
        ("a[Z,b_c]~=1.0", Dependency("a", ("b-c", "z"), "~=1.0")),
        ("a[b,B]", Dependency("a", ("b",), "")),
        ("a;python_version>'3'", Dependency("a", (), "")),
        ("a@https://index.example/a.whl", Dependency("a", (), "", "https://index.example/a.whl")),
        (
            "a[b] @ https://index.example/a.whl ; os_name == 'posix'",
            Dependency("a", ("b",), "", "https://index.example/a.whl"),
        ),
    ],
)
def test_forms(line: str, dependency: Dependency) -> None:
    assert list(live_dependencies([line], TARGET)) == [dependency]


@pytest.mark.parametrize(
    ("marker", "live"),
    [
        ("python_version < '3'", False),
        ("python_full_version == '3.11.7'", True),
        ("sys_platform == 'win32' or platform_machine == 'x86_64'", True),
        ("platform_system == 'Linux' and implementation_name == 'cpython'", True),
        ("sys_platform > 'linux'", False),
        ("sys_platform ~= 'linux'", False),
        ("extra == 'x'", False),
        ("extra == 'x' or os_name == 'posix'", True),
    ],
)
def test_markers_hold_for_the_target_and_undefined_ones_do_not(marker: str, live: bool) -> None:
    assert bool(list(live_dependencies([f"a; {marker}"], TARGET))) is live


def test_an_extra_adds_only_what_is_not_there_without_it() -> None:
    requires = [
        "a",
        "b; extra == 'x'",
        "c; extra == 'y'",
        "d; extra == 'x' or os_name == 'posix'",
        "e; extra != 'x'",
    ]

    def names(extra: str | None) -> list[str]:
        return [dependency.project for dependency in live_dependencies(requires, TARGET, extra)]

    assert names(None) == ["a", "d", "e"]
    assert names("x") == ["b"]
    assert names("y") == ["c"]
    assert names("z") == []


def test_names_of_extras_are_compared_normalised() -> None:
    assert [d.project for d in live_dependencies(["a; extra == 'Dev.Tools'"], TARGET, "dev-tools")] == ["a"]


def test_a_marker_over_what_the_target_does_not_fix_keeps_its_dependency() -> None:
    somewhere = target()
    requires = ["a; platform_release >= '5'", "b; '5' < platform_version", "c; sys_platform == 'win32'"]
    assert [d.project for d in live_dependencies(requires, somewhere)] == ["a", "b"]
    assert len(somewhere.undecided_markers) == 2


@pytest.mark.parametrize("marker", ["{} and {}", "{1} and {0}", "({}) and os_name == 'posix' and {}"])
def test_an_undecided_marker_does_not_hide_what_is_decided(marker: str) -> None:
    undecided = "platform_release >= '5'"
    requires = [f"a; {marker.format(undecided, decided)}" for decided in ("extra == 'x'", "os_name == 'nt'")]
    somewhere = target()
    assert list(live_dependencies(requires, somewhere)) == []
    assert [d.project for d in live_dependencies(requires, somewhere, "x")] == ["a"]


def test_a_target_that_fixes_the_release_of_its_kernel_is_asked() -> None:
    known = target(os_kernel_release="6.1.0")
    requires = ["a; platform_release >= '7'", "b; platform_release >= '5'"]
    assert [d.project for d in live_dependencies(requires, known)] == ["b"]
    assert known.undecided_markers == set()


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        ">=1",
        "a b",
        "a [x",
        "a (>=1",
        "a @",
        "a; ",
        "a; nonsense",
        "a; os_name",
        "-a",
        "a[x y]",
        "a[x,]",
    ],
)
def test_what_is_no_requirement_is_an_error(line: str) -> None:
    with pytest.raises(InvalidRequirement):
        Requirement(line)
    with pytest.raises((InvalidRequirement, InvalidSpecifier)):
        for dependency in live_dependencies([line], TARGET):
            SpecifierSet(dependency.specifiers)


def test_a_requirement_keeps_all_but_its_marker() -> None:
    requirement = Requirement("Foo_Bar[Z,b.c]>=1,<2; os_name == 'nt'")
    found = of_requirement(requirement)
    assert (found.project, found.extras, found.url) == ("foo-bar", ("b-c", "z"), None)
    assert SpecifierSet(found.specifiers) == SpecifierSet(">=1,<2")


@pytest.mark.parametrize(("head", "repeated"), [("", "a"), ("a[", "b,"), ("a", " "), ("a;", " "), ("a", ">")])
def test_a_long_line_that_is_no_requirement_is_refused_at_once(head: str, repeated: str) -> None:
    with pytest.raises(InvalidRequirement):
        list(live_dependencies([f"{head}{repeated * 100_000}@"], TARGET))


@pytest.mark.parametrize(
    "line",
    [
        f"a; {'(' * 20_000}python_version > '3'{')' * 20_000}",
        f"a; python_version > '{'1' * 5000}'",
        f"a[x] @ https://index.example/a.whl ; {'(' * 20_000}",
    ],
    ids=["nested", "long number", "nested behind a URL"],
)
def test_what_python_cannot_take_is_an_invalid_requirement(line: str) -> None:
    with pytest.raises(InvalidRequirement):
        list(live_dependencies([line], target()))


def test_lines_are_found_by_the_extras_they_name() -> None:
    lines = ["a", "b; extra == 'X.y'", "c; 'z' == extra and python_version > '3'", "d; python_version > '3'"]
    assert lines_by_extra(lines) == {"x-y": lines[1:2], "z": lines[2:3], "3": lines[2:3]}
