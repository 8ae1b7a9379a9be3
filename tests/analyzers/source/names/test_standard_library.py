from __future__ import annotations

import sys

import pytest

from analyzers.source.names.standard_library import is_standard


@pytest.mark.parametrize(
    ("module", "python", "expected"),
    [
        ("tomllib", (3, 10), False),
        ("tomllib", (3, 11), True),
        ("importlib.metadata", (3, 7), False),
        ("importlib.metadata", (3, 8), True),
        ("importlib.util", (3, 4), True),
        ("distutils.core", (3, 11), True),
        ("distutils.core", (3, 12), False),
        ("cgi", (3, 13), False),
        ("urllib2", (2, 7), True),
        ("urllib2", (3, 0), False),
        ("os.path", (3, 20), True),
        ("compression.zstd", (3, 13), False),
        ("yaml", (3, 11), False),
    ],
)
def test_versions(module: str, python: tuple[int, int], expected: bool) -> None:
    assert is_standard(module, python) is expected


def test_every_module_of_this_python_is_standard_now_and_ever() -> None:
    now = (sys.version_info.major, sys.version_info.minor)
    assert all(is_standard(name) and is_standard(name, now) for name in sys.stdlib_module_names)


@pytest.mark.parametrize("module", ["distutils", "asyncore", "cgi", "telnetlib", "imp", "Queue", "tomllib"])
def test_modules_of_other_pythons_are_standard_whatever_runs_this(module: str) -> None:
    assert is_standard(module)
