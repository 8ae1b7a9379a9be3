from __future__ import annotations

import pytest

from images.facts.environment import ABSENT, Fact, RuntimeEnvironment
from images.native.symbol_ceilings import CXXABI, GLIBCXX, is_promised

DEBIAN_12 = ("3.4.30", "1.3.13")


def environment(glibcxx: str | None, cxxabi: str | None = None) -> RuntimeEnvironment:
    values = {GLIBCXX: glibcxx, CXXABI: cxxabi}
    return RuntimeEnvironment(
        facts={name: Fact(value=value, source="test") for name, value in values.items() if value is not None}
    )


@pytest.mark.parametrize(
    ("platforms", "library", "is_enough"),
    [
        ("any", DEBIAN_12, True),
        ("manylinux_2_28_x86_64", DEBIAN_12, True),
        ("manylinux_2_35_x86_64", DEBIAN_12, True),
        ("manylinux_2_39_x86_64", DEBIAN_12, False),
        ("manylinux_2_99_x86_64", DEBIAN_12, False),
        ("manylinux_2_28_x86_64", ("3.4.24", "1.3.11"), True),
        ("manylinux_2_28_x86_64", ("3.4.24", "1.3.10"), False),
        ("manylinux_2_28_x86_64", ("3.4.9", "1.3.11"), False),
        ("manylinux_2_29_x86_64", ("3.4.24", "1.3.11"), False),
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", ("3.4.19", "1.3.7"), True),
        ("manylinux_2_28_x86_64.manylinux2010_x86_64", ("3.4.13", "1.3.3"), True),
        ("manylinux1_i686", (ABSENT, None), False),
        ("manylinux_2_28_x86_64", (None, None), True),
        ("manylinux_2_28_x86_64", ("3.4.24", None), True),
        ("musllinux_1_2_x86_64", (ABSENT, None), True),
        ("linux_x86_64", DEBIAN_12, False),
        ("manylinux_2_17_x86_64.linux_x86_64", DEBIAN_12, False),
        ("macosx_11_0_arm64", DEBIAN_12, True),
        ("MANYLINUX_2_39_X86_64", DEBIAN_12, False),
    ],
)
def test_what_tags_promise(platforms: str, library: tuple[str | None, str | None], is_enough: bool) -> None:
    assert is_promised(f"cp311-cp311-{platforms}", environment(*library)) is is_enough
