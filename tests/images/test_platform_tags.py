from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.errors import UnservedTargetError
from images.facts.environment import Fact, RuntimeEnvironment
from images.facts.platform_tags import platform_tags
from images.facts.platforms import platform_target


def environment(**facts: str) -> RuntimeEnvironment:
    return RuntimeEnvironment(
        facts={name.replace("_", "."): Fact(value=value, source="test") for name, value in facts.items()}
    )


def linux(arch: str, libc: str, version: str) -> RuntimeEnvironment:
    return environment(os_kernel="linux", arch=arch, libc_name=libc, libc_version=version)


def test_legacy_aliases_follow_their_twin() -> None:
    assert platform_tags(linux("x86_64", "glibc", "2.18"))[:5] == [
        "linux_x86_64",
        "manylinux_2_18_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_16_x86_64",
    ]
    assert platform_tags(linux("x86_64", "glibc", "2.18"))[-2:] == [
        "manylinux_2_5_x86_64",
        "manylinux1_x86_64",
    ]


def test_other_architectures_begin_with_glibc_2_17() -> None:
    assert platform_tags(linux("aarch64", "glibc", "2.18"))[1:] == [
        "manylinux_2_18_aarch64",
        "manylinux_2_17_aarch64",
        "manylinux2014_aarch64",
    ]


def test_musl_goes_down_to_its_first_minor_version() -> None:
    assert platform_tags(linux("aarch64", "musl", "1.2.5")) == [
        "linux_aarch64",
        "musllinux_1_2_aarch64",
        "musllinux_1_1_aarch64",
        "musllinux_1_0_aarch64",
    ]


def test_an_older_arm_runs_in_a_newer_one() -> None:
    tags = platform_tags(linux("armv8l", "glibc", "2.17"))
    assert tags[:2] == ["linux_armv8l", "linux_armv7l"]
    assert tags.index("manylinux_2_17_armv8l") < tags.index("manylinux_2_17_armv7l")


@pytest.mark.parametrize("arch", ["armv6l", "x86_64"])
def test_without_a_glibc_and_an_architecture_of_manylinux_only_native_wheels_fit(arch: str) -> None:
    unknown_libc = environment(os_kernel="linux", arch=arch)
    assert platform_tags(unknown_libc) == [f"linux_{arch}"]
    assert platform_tags(linux("armv6l", "glibc", "2.36")) == ["linux_armv6l"]


@given(minor=st.integers(min_value=5, max_value=98), arch=st.sampled_from(["x86_64", "aarch64", "s390x"]))
def test_a_newer_glibc_only_adds_tags_in_front(minor: int, arch: str) -> None:
    older = platform_tags(linux(arch, "glibc", f"2.{minor}"))
    newer = platform_tags(linux(arch, "glibc", f"2.{minor + 1}"))
    assert newer[len(newer) - len(older) + 1 :] == older[1:]
    assert newer[0] == older[0] == f"linux_{arch}"


@pytest.mark.parametrize(
    ("arch", "tag"), [("x86_64", "win_amd64"), ("aarch64", "win_arm64"), ("i686", "win32")]
)
def test_windows_has_one_tag(arch: str, tag: str) -> None:
    assert platform_tags(environment(os_kernel="windows", arch=arch)) == [tag]


def test_macos_takes_what_is_built_for_older_systems_and_for_both_processors() -> None:
    tags = platform_tags(environment(os_kernel="darwin", arch="aarch64", os_version="12.6.1"))
    assert tags[:4] == [
        "macosx_12_0_arm64",
        "macosx_12_0_universal2",
        "macosx_11_0_arm64",
        "macosx_11_0_universal2",
    ]
    assert tags[-1] == "macosx_10_4_universal2"


@pytest.mark.parametrize(
    ("target", "fact", "value"),
    [
        (environment(os_kernel="freebsd", arch="x86_64"), "os.kernel", "freebsd"),
        (environment(os_kernel="windows", arch="s390x"), "arch", "s390x"),
        (environment(os_kernel="darwin", arch="aarch64"), "os.version", None),
        (environment(os_kernel="darwin", arch="aarch64", os_version="9.2"), "os.version", "9.2"),
        (linux("x86_64", "glibc", "3.1"), "libc.version", "3.1"),
        (linux("x86_64", "glibc", "2.123456"), "libc.version", "2.123456"),
        (linux("x86_64", "glibc", "2.x"), "libc.version", "2.x"),
    ],
)
def test_what_wheels_have_no_tags_for_is_refused(
    target: RuntimeEnvironment, fact: str, value: str | None
) -> None:
    with pytest.raises(UnservedTargetError) as caught:
        platform_tags(target)
    assert (caught.value.fact, caught.value.value) == (fact, value)


def test_every_wheel_tag_that_can_be_named_is_installed_by_its_own_target() -> None:
    names = [
        *("manylinux_2_28_x86_64", "manylinux2014_aarch64", "manylinux1_i686", "musllinux_1_2_aarch64"),
        *("linux_armv7l", "macosx_11_0_arm64", "macosx_10_9_x86_64", "win_amd64", "win_arm64", "win32"),
    ]
    assert [name for name in names if name not in platform_tags(platform_target(name))] == []
