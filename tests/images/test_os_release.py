from __future__ import annotations

import platform
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.roots.os_release import OS_RELEASE_PATHS, distribution_facts, parse_os_release

DEBIAN = b"""\
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
"""
ALPINE = b'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'
ARCH = b'NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n'


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (DEBIAN, {"os.id": "debian", "os.version": "12"}),
        (ALPINE, {"os.id": "alpine", "os.version": "3.20.3"}),
        (ARCH, {"os.id": "arch"}),
        (
            b"ID='ubuntu'\r\n  VERSION_ID='22.04'  \n# ID=comment\n",
            {"os.id": "ubuntu", "os.version": "22.04"},
        ),
        (b'ID=first\nID=last\nVERSION_ID="1\n', {"os.id": "last"}),
        (b'ID="two words"\nVERSION_ID="\x1b[31m"\n', {}),
        (b"ID=" + b"a" * 65, {}),
        (b"", {}),
    ],
)
def test_the_distribution_is_what_the_file_states(content: bytes, facts: dict[str, str]) -> None:
    found = distribution_facts(content, "/etc/os-release").facts
    assert {name: fact.value for name, fact in found.items()} == facts
    assert {fact.source for fact in found.values()} <= {"/etc/os-release"}


NAMES = st.text(string.ascii_uppercase, min_size=1).map(lambda name: f"X{name}")
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126))


@given(st.dictionaries(NAMES, TEXTS))
def test_what_is_quoted_by_the_rules_is_read_back(values: dict[str, str]) -> None:
    escaped = str.maketrans({character: f"\\{character}" for character in '\\"$`'})
    lines = [f'{name}="{value.translate(escaped)}"' for name, value in values.items()]
    assert parse_os_release("\n".join(lines).encode()) == values


@given(st.binary())
def test_any_bytes_are_read(content: bytes) -> None:
    assert distribution_facts(content, "test").facts.keys() <= {"os.id", "os.version"}


@pytest.mark.skipif(
    not Path("/", OS_RELEASE_PATHS[0]).is_file(), reason="this machine has no /etc/os-release"
)
def test_this_machines_file_is_read_as_the_standard_library_reads_it() -> None:
    ours = parse_os_release(Path("/", OS_RELEASE_PATHS[0]).read_bytes())
    assert {"ID_LIKE": "", "PRETTY_NAME": "Linux", "NAME": "Linux", "ID": "linux", **ours} == {
        "ID_LIKE": "",
        **platform.freedesktop_os_release(),
    }
