from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from analyzers.requires_txt import LIMIT_BYTES, RequiresTxtError, parse_requires_txt

FULL = b"""bar>=1
baz[x,y]

[:python_version < "3"]
old>=1

[X-tra]
for_extra ; os_name == "nt"
pinned @ https://files.example/pinned-1.0.zip ; os_name == "posix"

[X-tra:sys_platform == "win32" or sys_platform == "cygwin"]
both
# a comment

[empty]
"""


def test_sections_become_markers() -> None:
    read = parse_requires_txt(FULL)
    assert read.extras == ("X-tra", "empty")
    assert read.requires_dist == (
        "bar>=1",
        "baz[x,y]",
        'old>=1; python_version < "3"',
        'for_extra; (os_name == "nt") and extra == "X-tra"',
        'pinned @ https://files.example/pinned-1.0.zip ; (os_name == "posix") and extra == "X-tra"',
        'both; (sys_platform == "win32" or sys_platform == "cygwin") and extra == "X-tra"',
    )
    assert all(Requirement(line) for line in read.requires_dist)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf# nothing\r\n"])
def test_a_file_without_requirements_asks_for_nothing(content: bytes) -> None:
    assert parse_requires_txt(content) == ((), ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[x\nbar", "line 1"),
        (b"bar\n[un/named]\nbaz", "line 2"),
        (b"bar\n[ -x ]\nbaz", "line 2"),
        (b"\xff", "UTF-8"),
        (b"a" * (LIMIT_BYTES + 1), "bytes"),
        (b"a\n" * 20_001, "lines"),
    ],
)
def test_what_is_none_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(RequiresTxtError, match=reason):
        parse_requires_txt(content)


names = st.sampled_from(["bar", "bar>=1", "bar[x]", "bar (>=1)", "bar!=1,<2"])
markers = st.sampled_from(["", "os_name == 'nt'", "os_name == 'nt' or os_name == 'posix'"])
extras = st.sampled_from(["", "x", "X_y.z"])


@given(names, markers, markers, extras)
def test_a_condition_holds_where_every_part_does(name: str, own: str, shared: str, extra: str) -> None:
    line = f"{name}; {own}" if own else name
    (written,) = parse_requires_txt(f"[{extra}:{shared}]\n{line}\n".encode()).requires_dist
    marker = Requirement(written).marker
    for system in ("nt", "posix", "java"):
        for asked in ("", extra):
            expected = asked == extra and all(not part or holds(part, system) for part in (own, shared))
            assert (marker is None or marker.evaluate({"os_name": system, "extra": asked})) is expected


def holds(part: str, system: str) -> bool:
    return f"'{system}'" in part


@given(st.binary(max_size=200))
def test_no_content_breaks_the_reader(content: bytes) -> None:
    try:
        read = parse_requires_txt(content)
    except RequiresTxtError:
        return
    assert all("\n" not in line for line in read.requires_dist)
