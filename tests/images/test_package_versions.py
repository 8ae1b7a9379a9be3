"""Orders of versions, as the tools' own documents and tests state them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from images.package_versions import compared

RISING = {
    "deb": [
        *("1.0~~", "1.0~~a", "1.0~", "1.0", "1.0-1", "1.0-1+b1", "1.0-1.1", "1.0-2"),
        *("1.0a", "1.0+dfsg-1", "1.0.1", "1.2", "1.10", "1:0.1", "2:0"),
    ],
    "rpm": [
        *("1.0~rc1-1", "1.0-1", "1.0^git1-1", "1.0a-1", "1.0.1-1", "1.0.2-1.el8"),
        *("1.0.2-2.el8", "1.0.10-1", "1.1-1", "1:0.9-1", "2:0.1-1"),
    ],
    "apk": [
        *("1.0_alpha1-r0", "1.0_beta-r0", "1.0_rc1-r0", "1.0-r0", "1.0-r1", "1.0-r10"),
        *("1.0_p1-r0", "1.0a-r0", "1.0.1-r0", "1.2-r0", "1.10-r0", "2-r0"),
    ],
    "pypi": ["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.10", "1!0.1"],
    "conda": ["1.0", "1.2", "1.10"],
}  # fmt: skip


@pytest.mark.parametrize("kind", RISING)
def test_every_version_is_newer_than_those_before_it(kind: str) -> None:
    versions = RISING[kind]
    for index, before in enumerate(versions):
        assert compared(kind, before, before) == 0
        for after in versions[index + 1 :]:
            assert compared(kind, before, after) == -1, (before, after)
            assert compared(kind, after, before) == 1, (after, before)


@pytest.mark.system
@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is missing")
def test_dpkg_agrees() -> None:
    more = ["1.0-1ubuntu1", "1.0-1~deb12u1", "0:1.0-1", "1.0.0", "1.0-1-1", "09", "1.a", "1.+"]
    versions = RISING["deb"] + more
    for index, before in enumerate(versions):
        for after in versions[index:]:
            order = compared("deb", before, after)
            word = {-1: "lt", 0: "eq", 1: "gt"}[order or 0]
            told = subprocess.run(["dpkg", "--compare-versions", before, word, after], check=False)
            assert told.returncode == 0, (before, word, after)


@pytest.mark.system
@pytest.mark.skipif(shutil.which("rpm") is None, reason="rpm is missing")
def test_rpm_agrees() -> None:
    """Its comparison is of single parts: neither epochs nor releases."""
    versions = ["1.0", "1.0~rc1", "1.0^", "1.0^git1", "1.0^git1~pre", "1.0a", "1.a", "1.0.1", "1..0"]
    versions += ["10", "a", "01"]
    pairs = [(before, after) for before in versions for after in versions]
    listed = ",".join(f"'{version}'" for version in versions)
    script = (
        f"local v, told = {{{listed}}}, '' "
        "for _, a in ipairs(v) do for _, b in ipairs(v) do told = told .. rpm.vercmp(a, b) .. ' ' end end "
        "print(told)"
    )
    told = subprocess.run(
        ["rpm", "--eval", f"%{{lua:{script}}}"], check=True, capture_output=True, text=True
    ).stdout
    assert [compared("rpm", *pair) for pair in pairs] == [int(one) for one in told.split()]


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("apk", "1.0", "not-a-version"), ("pypi", "1.0", "latest")]
)
def test_what_is_no_version_has_no_order(kind: str, before: str, after: str) -> None:
    assert compared(kind, before, after) is None
    assert compared(kind, after, before) is None
    assert compared(kind, "1" * 5000, after) is None
