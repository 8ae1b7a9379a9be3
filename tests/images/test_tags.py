from __future__ import annotations

from collections.abc import Callable

import packaging.markers
import packaging.tags
import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.errors import UnservedTargetError
from images.facts.environment import Fact, RuntimeEnvironment
from images.facts.tags import TagSet, marker_environment, supported_tags
from images.facts.targets import target_environment
from images.host.facts import host_environment


def target(python_version: str | None = "3.11", platform: str | None = "linux") -> RuntimeEnvironment:
    return target_environment(RuntimeEnvironment(), python_version=python_version, platform=platform)


def test_the_hosts_tags_are_those_packaging_finds_in_their_order() -> None:
    expected = dict.fromkeys(str(tag) for tag in packaging.tags.sys_tags())
    assert supported_tags(host_environment()).tags == tuple(expected)


def test_the_hosts_markers_are_those_packaging_finds() -> None:
    assert marker_environment(host_environment()) == packaging.markers.default_environment()


LINUX = supported_tags(target())
WORDS = st.sampled_from(
    [
        *("cp311", "cp310", "cp37", "cp312", "py3", "py2", "py311", "pp311", "x"),
        *("abi3", "none", "abi3t", "cp311t"),
        *("any", "linux_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "win_amd64"),
        *("manylinux_2_28_x86_64", "manylinux_2_29_x86_64", "macosx_11_0_arm64", "manylinux1_x86_64"),
    ]
)
COMPONENT = st.lists(WORDS, min_size=1, max_size=4).map(".".join)
CASES = st.sampled_from([str.lower, str.upper, str.title])


@given(interpreter=COMPONENT, abi=COMPONENT, platform=COMPONENT, case=CASES)
def test_rank_is_the_place_of_the_best_of_the_tags_a_compressed_set_stands_for(
    interpreter: str, abi: str, platform: str, case: Callable[[str], str]
) -> None:
    compressed = f"{interpreter}-{abi}-{platform}"
    expanded = {str(tag) for tag in packaging.tags.parse_tag(compressed)}
    places = [place for place, tag in enumerate(LINUX) if tag in expanded]
    assert LINUX.rank(case(compressed)) == min(places, default=None)


@pytest.mark.parametrize("malformed", ["", "py3", "py3-none", "py3-none-any-any", "--", "..-..-.."])
def test_what_is_no_tag_triple_fits_nothing(malformed: str) -> None:
    assert LINUX.rank(malformed) is None


def test_a_hostile_number_of_tags_is_ranked_at_once() -> None:
    many = ".".join(f"x{number}" for number in range(20_000))
    assert LINUX.rank(f"{many}.py3-{many}.none-{many}.any") == LINUX.rank("py3-none-any")


def test_a_repeated_tag_has_the_rank_of_its_first_place() -> None:
    tags = TagSet(["py3-none-any", "py2-none-any", "PY3-none-any", "py1-none-any"])
    assert tags.tags == ("py3-none-any", "py2-none-any", "py1-none-any")
    assert [tags.rank(tag) for tag in tags] == [0, 1, 2]


@pytest.mark.parametrize(
    ("python_version", "fits", "does_not_fit"),
    [
        (
            "3.11",
            ["cp311-cp311", "cp311-abi3", "cp32-abi3", "py311-none"],
            ["cp312-abi3", "cp310-cp310", "cp311-cp311t"],
        ),
        ("3.7", ["cp37-cp37m", "cp36-abi3"], ["cp37-cp37", "cp38-abi3"]),
        (
            "3.14t",
            ["cp314-cp314t", "cp314-abi3t", "cp314-none", "cp313-abi3t"],
            ["cp314-cp314", "cp314-abi3"],
        ),
        ("3.15t", ["cp315-abi3.abi3t"], ["cp315-abi3"]),
        ("3.15", ["cp315-abi3.abi3t", "cp315-abi3"], ["cp315-abi3t"]),
        (
            "pypy3.11",
            ["pp311-pypy311_pp73", "pp311-none", "py3-none"],
            ["cp311-cp311", "cp311-abi3", "pp310-pypy310_pp73"],
        ),
    ],
)
def test_interpreters_install_what_is_built_for_them(
    python_version: str, fits: list[str], does_not_fit: list[str]
) -> None:
    tags = supported_tags(target(python_version))
    ranks = {pair: tags.rank(f"{pair}-manylinux_2_17_x86_64") for pair in [*fits, *does_not_fit]}
    assert [pair for pair, rank in ranks.items() if rank is not None] == fits
    assert sorted(fits, key=lambda pair: ranks[pair] or 0) == fits


def test_a_debug_build_takes_its_own_modules_and_then_those_of_a_normal_build() -> None:
    abi = RuntimeEnvironment(facts={"python.abi": Fact(value="cp311d", source="interpreter")})
    tags = list(supported_tags(target().overridden_by(abi)))
    normal = list(supported_tags(target()))
    own = tags.index("cp311-cp311-linux_x86_64")
    assert tags[own:] == normal
    assert tags[:own] == [tag.replace("-cp311-", "-cp311d-") for tag in normal[:own]]


@pytest.mark.parametrize(("gil", "fits"), [(True, "cp314-cp314"), (False, "cp314-cp314t")])
def test_the_abi_of_a_cpython_follows_from_its_version_where_it_is_not_stated(gil: bool, fits: str) -> None:
    facts = target("3.14" if gil else "3.14t").facts
    without = RuntimeEnvironment(facts={name: fact for name, fact in facts.items() if name != "python.abi"})
    assert supported_tags(without).tags == supported_tags(RuntimeEnvironment(facts=facts)).tags
    assert supported_tags(without).rank(f"{fits}-linux_x86_64") == 0


@pytest.mark.parametrize("missing", ["python.version", "python.implementation", "os.kernel", "arch"])
def test_tags_without_a_fact_they_rest_on_are_refused_by_its_name(missing: str) -> None:
    facts = {name: fact for name, fact in target().facts.items() if name != missing}
    with pytest.raises(UnservedTargetError, match="it is not known") as caught:
        supported_tags(RuntimeEnvironment(facts=facts))
    assert (caught.value.fact, caught.value.value) == (missing, None)


FOREIGN_MARKERS = {
    ("3.9", "linux"): {
        "implementation_name": "cpython",
        "implementation_version": "3.9.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": "3.9.0",
        "python_version": "3.9",
        "sys_platform": "linux",
    },
    ("3.15.0rc1", "windows"): {
        "implementation_name": "cpython",
        "implementation_version": "3.15.0c1",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_system": "Windows",
        "python_full_version": "3.15.0rc1",
        "python_version": "3.15",
        "sys_platform": "win32",
    },
    ("pypy3.11.9", "macos"): {
        "implementation_name": "pypy",
        "os_name": "posix",
        "platform_machine": "arm64",
        "platform_python_implementation": "PyPy",
        "platform_system": "Darwin",
        "python_full_version": "3.11.9",
        "python_version": "3.11",
        "sys_platform": "darwin",
    },
}


@pytest.mark.parametrize(("python_version", "platform"), FOREIGN_MARKERS)
def test_markers_of_a_foreign_target_leave_out_what_it_does_not_fix(
    python_version: str, platform: str
) -> None:
    found = marker_environment(target(python_version, platform))
    assert found == FOREIGN_MARKERS[python_version, platform]


def test_nothing_known_fixes_no_marker() -> None:
    assert marker_environment(RuntimeEnvironment()) == {}


def test_a_narrow_interpreter_sees_the_machine_of_its_kernel() -> None:
    narrow = {**target(platform="linux/386").facts, "os.kernel.arch": target().facts["arch"]}
    assert marker_environment(RuntimeEnvironment(facts=narrow))["platform_machine"] == "x86_64"
    assert supported_tags(RuntimeEnvironment(facts=narrow)).rank("py3-none-manylinux1_i686") is not None
