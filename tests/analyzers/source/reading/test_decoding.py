from __future__ import annotations

import ast
import tokenize
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.source.reading.decoding import NotTextError, decoded


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("é = 1\n".encode(), "é = 1\n"),
        (b"\xef\xbb\xbfa\n", "a\n"),
        (b"# -*- coding: latin-1 -*-\n\xe9\n", "# -*- coding: latin-1 -*-\né\n"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n\x80\n",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n€\n",
        ),
        (b"\n# coding: cp1252\n\x80", "\n# coding: cp1252\n€"),
        (b"# coding: cp1252\r\x80\r\n\n", "# coding: cp1252\n€\n\n"),
        (b"a\x0cb\x0b\n", "a\x0cb\x0b\n"),
    ],
)
def test_gives_the_text_that_python_reads(data: bytes, text: str) -> None:
    assert decoded(data) == (text, ())


@pytest.mark.parametrize(
    ("data", "text", "note"),
    [
        (b"a\n\xe9\n", "a\né\n", "line 2 is not utf-8"),
        (b"x = 1\n# coding: cp1252\n\x80", "x = 1\n# coding: cp1252\n\x80", "not utf-8"),
        (b"# coding: klingon\na", "# coding: klingon\na", "not known: 'klingon'"),
        (b"# coding: rot13\na", "# coding: rot13\na", "not known: 'rot13'"),
        (b"# coding: ascii\n\xe9", "# coding: ascii\né", "line 2 is not ascii"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "# coding: latin-1\n", "mark of UTF-8 but states 'latin-1'"),
        ("a\r\nb".encode("utf-16"), "a\nb", "is UTF-16, which Python does not accept"),
        ("a".encode("utf-32"), "a", "is UTF-32"),
        (b"a" * 200 + b"\0b", "a" * 200 + " b", "NUL"),
    ],
)
def test_says_what_is_wrong_and_reads_it_nonetheless(data: bytes, text: str, note: str) -> None:
    found = decoded(data)
    assert found.text == text
    assert note in found.notes[0]


@pytest.mark.parametrize("data", [b"\0" * 100, b"\x7fELF" + bytes(1000), "a = 1\n".encode("utf-16-le")])
def test_refuses_what_is_no_text(data: bytes) -> None:
    with pytest.raises(NotTextError):
        decoded(data)


ENCODINGS = st.sampled_from(
    ["utf-8", "latin-1", "cp1251", "koi8-r", "shift_jis", "iso8859-15", "gbk", "bogus"]
)


@given(st.sampled_from(["", "\n", "#!x\n", "x\n", "\x0c\n"]), ENCODINGS, st.binary(max_size=20))
def test_agrees_with_python_wherever_python_reads_it(lead: str, encoding: str, tail: bytes) -> None:
    data = lead.encode() + f"# coding: {encoding}\n'''".encode() + tail + b"'''\n"
    try:
        codec, _ = tokenize.detect_encoding(BytesIO(data).readline)
        expected = data.decode(codec)
        ast.parse(data)
    except (SyntaxError, ValueError):
        return
    assert decoded(data) == (expected.replace("\r\n", "\n").replace("\r", "\n"), ())


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text, _ = decoded(data)
    except NotTextError:
        assert b"\0" in data
    else:
        assert "\r" not in text
        assert "\0" not in text


def test_a_long_line_is_no_trouble() -> None:
    assert len(decoded(b"#" * 100_000_000).text) == 100_000_000
