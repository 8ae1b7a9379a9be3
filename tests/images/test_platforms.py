from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.errors import UnknownPlatformError
from images.facts.architectures import canonical_architecture, machine_spelling
from images.facts.environment import ABSENT, RuntimeEnvironment
from images.facts.platforms import platform_target


def values(environment: RuntimeEnvironment) -> dict[str, object]:
    return {name: environment[name] for name in environment}


def linux(arch: str, libc: str, version: str) -> dict[str, object]:
    return {"os.kernel": "linux", "arch": arch, "libc.name": libc, "libc.version": version}


def macos(arch: str, version: str) -> dict[str, object]:
    return {
        "os.kernel": "darwin",
        "os.id": "darwin",
        "os.version": version,
        "arch": arch,
        "libc.name": ABSENT,
    }


def windows(arch: str) -> dict[str, object]:
    return {"os.kernel": "windows", "os.id": "windows", "arch": arch, "libc.name": ABSENT}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("linux", linux("x86_64", "glibc", "2.28")),
        ("macos", macos("aarch64", "13.0")),
        ("windows", windows("x86_64")),
        ("x86_64-unknown-linux-gnu", linux("x86_64", "glibc", "2.28")),
        ("aarch64-unknown-linux-musl", linux("aarch64", "musl", "1.2")),
        ("riscv64-unknown-linux", linux("riscv64", "glibc", "2.39")),
        ("armv7-unknown-linux-gnueabihf", linux("armv7l", "glibc", "2.31")),
        ("x86_64-manylinux_2_28", linux("x86_64", "glibc", "2.28")),
        ("aarch64-manylinux2014", linux("aarch64", "glibc", "2.17")),
        ("x86_64-musllinux_1_1", linux("x86_64", "musl", "1.1")),
        ("aarch64-apple-darwin", macos("aarch64", "13.0")),
        ("x86_64-apple-darwin", macos("x86_64", "13.0")),
        ("i686-pc-windows-msvc", windows("i686")),
        ("manylinux_2_28_x86_64", linux("x86_64", "glibc", "2.28")),
        ("manylinux2014_aarch64", linux("aarch64", "glibc", "2.17")),
        ("manylinux2010_i686", linux("i686", "glibc", "2.12")),
        ("manylinux1_x86_64", linux("x86_64", "glibc", "2.5")),
        ("musllinux_1_2_x86_64", linux("x86_64", "musl", "1.2")),
        ("macosx_11_0_arm64", macos("aarch64", "11.0")),
        ("macosx_10_9_x86_64", macos("x86_64", "10.9")),
        ("win_amd64", windows("x86_64")),
        ("win_arm64", windows("aarch64")),
        ("win32", windows("i686")),
        ("linux_x86_64", linux("x86_64", "glibc", "2.28")),
        ("linux/amd64", linux("x86_64", "glibc", "2.28")),
        ("linux/arm64", linux("aarch64", "glibc", "2.28")),
        ("linux/arm64/v8", linux("aarch64", "glibc", "2.28")),
        ("linux/arm/v7", linux("armv7l", "glibc", "2.31")),
        ("linux/386", linux("i686", "glibc", "2.28")),
        ("linux/amd64/v3", {**linux("x86_64", "glibc", "2.28"), "cpu.level": 3}),
        ("windows/amd64", windows("x86_64")),
        (" Win_AMD64 ", windows("x86_64")),
    ],
)
def test_a_name_states_facts(name: str, facts: dict[str, object]) -> None:
    assert values(platform_target(name)) == facts


@pytest.mark.parametrize(
    ("name", "defaults"),
    [
        ("linux", {"arch", "libc.name", "libc.version"}),
        ("macos", {"arch", "os.version"}),
        ("windows", {"arch"}),
        ("linux/amd64", {"libc.name", "libc.version"}),
        ("x86_64-unknown-linux-musl", {"libc.version"}),
        ("x86_64-manylinux_2_28", set()),
        ("win32", set()),
    ],
)
def test_facts_that_the_name_leaves_open_are_marked_as_defaults(name: str, defaults: set[str]) -> None:
    facts = platform_target(name, source="--platform").facts
    assert {fact for fact in facts if facts[fact].source == f"--platform, default of {name}"} == defaults
    assert {fact for fact in facts if facts[fact].source == "--platform"} == facts.keys() - defaults


@given(
    minor=st.integers(min_value=0, max_value=99),
    arch=st.sampled_from(
        ["x86_64", "aarch64", "i686", "armv7l", "ppc64le", "s390x", "riscv64", "loongarch64"]
    ),
    family=st.sampled_from(["manylinux_2", "musllinux_1"]),
)
def test_a_triple_and_a_wheel_tag_mean_the_same(minor: int, arch: str, family: str) -> None:
    assert platform_target(f"{arch}-{family}_{minor}") == platform_target(f"{family}_{minor}_{arch}")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("linus", "linux"),
        ("manylinux_2_28_x86-64", "manylinux_2_28_x86_64"),
        ("x86_64-unknown-linux-glibc", "x86_64-unknown-linux-gnu"),
        ("linux/amd46", "linux/amd64"),
        ("macosx_11_0_universal2", "macosx_11_0_arm64"),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(UnknownPlatformError, match="unknown platform") as caught:
        platform_target(name)
    assert caught.value.name == name
    assert near in caught.value.near
    assert near in caught.value.__notes__[0]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "/",
            "-",
            "linux/",
            "linux/vax",
            "vax-manylinux_2_28",
            "manylinux_2_28_vax",
            "win_ia64",
            "darwin/amd64",
        ),
        *(
            "s390x-apple-darwin",
            "windows/s390x",
            "windows/arm/v7",
            "manylinux_2_x86_64",
            "manylinux_2_1234_x86_64",
        ),
        *(
            "manylinux_٢_٢٨_x86_64",
            "x86_64-manylinux",
            "aarch64-linux-android",
            "wasm32-pyodide2025",
            "x" * 100_000,
        ),
    ],
)
def test_names_of_no_platform_we_serve_are_refused(name: str) -> None:
    with pytest.raises(UnknownPlatformError):
        platform_target(name)


PARTS = [
    "linux",
    "x86_64",
    "arm64",
    "many",
    "musl",
    "linux_",
    "2014",
    "_2_28",
    "-",
    "/",
    "_",
    "win",
    "macosx",
    "v7",
    "arm",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PARTS), max_size=6).map("".join)))
def test_any_text_is_understood_or_refused(name: str) -> None:
    try:
        facts = values(platform_target(name))
    except UnknownPlatformError as error:
        assert error.name == name
    else:
        assert facts["os.kernel"] in ("linux", "darwin", "windows")
        assert {"arch", "libc.name"} <= facts.keys()


@pytest.mark.parametrize(
    ("kernel", "spellings"),
    [
        ("linux", {"AMD64": "x86_64", "arm64": "aarch64", "i386": "i686", "s390x": "s390x"}),
        ("darwin", {"x86_64": "x86_64", "aarch64": "arm64"}),
        ("windows", {"x86_64": "AMD64", "aarch64": "ARM64", "386": "x86"}),
    ],
)
def test_each_kernel_spells_architectures_its_way(kernel: str, spellings: dict[str, str]) -> None:
    assert {name: machine_spelling(canonical_architecture(name), kernel) for name in spellings} == spellings
