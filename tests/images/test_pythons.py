from __future__ import annotations

import importlib.machinery
import sysconfig

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from images.errors import UnknownPythonError
from images.facts.pythons import abi_of_extension_suffix, is_free_threaded, python_target


@pytest.mark.parametrize(
    ("text", "version", "implementation", "abi", "gil"),
    [
        ("3.9", "3.9.0", "cpython", "cp39", True),
        ("3.9.21", "3.9.21", "cpython", "cp39", True),
        ("3.14t", "3.14.0", "cpython", "cp314t", False),
        ("3.13.2t", "3.13.2", "cpython", "cp313t", False),
        ("3.15.0rc1", "3.15.0rc1", "cpython", "cp315", True),
        ("3.16a2", "3.16.0a2", "cpython", "cp316", True),
        ("cpython3.12", "3.12.0", "cpython", "cp312", True),
        ("PyPy-3.11", "3.11.0", "pypy", "pypy311_pp73", True),
        ("3.7.17", "3.7.17", "cpython", "cp37m", True),
        (" 3.42 ", "3.42.0", "cpython", "cp342", True),
    ],
)
def test_a_version_states_an_interpreter(
    text: str, version: str, implementation: str, abi: str, gil: bool
) -> None:
    facts = python_target(text, source="pyproject").facts
    assert {name: fact.value for name, fact in facts.items()} == {
        "python.version": version,
        "python.implementation": implementation,
        "python.abi": abi,
        "python.gil": gil,
    }
    assert {fact.source for fact in facts.values()} == {"pyproject"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2.7", "only Python 3 is served"),
        ("4.0", "only Python 3 is served"),
        ("3.12t", "free-threaded builds begin with CPython 3.13"),
        ("pypy3.13t", "free-threaded builds begin with CPython 3.13"),
        *(
            (text, "write it like")
            for text in ("", "3", "3.", "3.x", "3.11.7.1", ">=3.9", "3.٩", "jython3.9", "3.999")
        ),
    ],
)
def test_nonsense_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(UnknownPythonError, match=reason) as caught:
        python_target(text)
    assert caught.value.text == text


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,4}){0,3}(rc[0-9]|t|a1)?")))
def test_what_is_understood_is_a_version_of_python_3(text: str) -> None:
    try:
        version = python_target(text)["python.version"]
    except UnknownPythonError:
        return
    assert Version(str(version)).major == 3
    assert str(Version(str(version))) == version


@pytest.mark.parametrize(
    ("suffix", "abi"),
    [
        (".cpython-311-x86_64-linux-gnu.so", "cp311"),
        (".cpython-37m-darwin.so", "cp37m"),
        (".cpython-313td-aarch64-linux-musl.so", "cp313td"),
        (".cp313t-win_amd64.pyd", "cp313t"),
        (".pypy310-pp73-x86_64-linux-gnu.so", "pypy310_pp73"),
        (".graalpy240-312-native-x86_64-linux.so", "graalpy240_312_native"),
        *((suffix, None) for suffix in ("", ".so", ".abi3.so", ".pyd", ".cpython.so", ".unheard-of-x.so")),
    ],
)
def test_extension_suffixes_name_the_abi(suffix: str, abi: str | None) -> None:
    assert abi_of_extension_suffix(suffix) == abi


def test_the_first_suffix_is_the_one_extension_modules_are_built_with() -> None:
    assert importlib.machinery.EXTENSION_SUFFIXES[0] == sysconfig.get_config_var("EXT_SUFFIX")


@pytest.mark.parametrize(
    ("abi", "free_threaded"),
    [
        ("cp313t", True),
        ("cp313td", True),
        ("cp313", False),
        ("cp313d", False),
        ("cp37m", False),
        ("pypy310_pp73", False),
    ],
)
def test_a_t_among_the_flags_means_free_threaded(abi: str, free_threaded: bool) -> None:
    assert is_free_threaded(abi) is free_threaded
