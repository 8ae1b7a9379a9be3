from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.manifests.errors import ManifestError
from analyzers.manifests.script import blocks, parse_script

# The regular expression that PEP 723 gives as the definition of the format.
PEP_723 = r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$"

LINES = st.sampled_from(
    ["# /// script", "# ///", "#", "# a = 1", "#b", "", "x = 1", "# /// x-1", "# /// ", " # ///"]
)


@given(st.lists(LINES, max_size=14).map("\n".join))
def test_blocks_are_those_of_the_regular_expression(text: str) -> None:
    expected = [
        (
            found["type"],
            "".join(
                line[2:] if line.startswith("# ") else line[1:]
                for line in found["content"].splitlines(keepends=True)
            ),
        )
        for found in re.finditer(PEP_723, text)
    ]
    assert [(block.type, block.content) for block in blocks(text)] == expected


def test_a_hostile_script_takes_linear_time() -> None:
    assert blocks("# /// a\n" * 100_000) == []


SCRIPT = b"""\
#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests<3",
#   "rich",
# ]
#
# [[tool.uv.index]]
# url = "https://index.example/simple/"
# ///
import requests
"""


@pytest.mark.parametrize("data", [SCRIPT, SCRIPT.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + SCRIPT])
def test_reads_requirements_with_their_places(data: bytes) -> None:
    manifest = parse_script(data, "tool.py")
    assert [(one.name, one.specifier, str(one.location)) for one in manifest.declared] == [
        ("requests", "<3", "tool.py:5:5"),
        ("rich", "", "tool.py:6:5"),
    ]
    assert manifest.requires_python == ">=3.11"
    assert [(index.url, index.location.line) for index in manifest.indexes] == [
        ("https://index.example/simple/", 9)
    ]


def test_a_second_block_is_an_error() -> None:
    block = "# /// script\n# dependencies = []\n# ///\n"
    with pytest.raises(ManifestError, match=r"x\.py:5: a second block"):
        parse_script(f"{block}\n{block}".encode(), "x.py")


def test_a_block_that_is_never_closed_is_unknown() -> None:
    manifest = parse_script(b"x\n# /// script\n# dependencies = ['a']\n", "x.py")
    assert not manifest.declared
    assert manifest.unknowns[0].where == "x.py:2"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("# dependencies = [", r"x\.py.*no valid TOML"),
        ("# a = 1\n# b = ?", r"x\.py:3: is no valid TOML"),
        ("# dependencies = ['?']", r"x\.py:2:19: "),
        ("# dependencies = 'a'", r"x\.py:2:3: dependencies must be an array, not a string"),
        ("# dependencies = [1]", r"dependencies\.0 must be a string, not a number"),
        ("# requires-python = '3'", r"x\.py:2:3: no valid specifier"),
    ],
)
def test_errors_stand_where_the_fault_is(content: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        parse_script(f"# /// script\n{content}\n# ///\n".encode(), "x.py")
