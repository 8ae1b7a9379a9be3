from __future__ import annotations

import pytest

from analyzers.source.names.provided import provided


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/__init__.py", "a/b.py", "a/c/__init__.py"], ("a",)),
        (["six.py", "a-1.dist-info/METADATA", "__pycache__/six.cpython-311.pyc"], ("six",)),
        (
            ["google/auth/__init__.py", "google/auth/x.py", "google/oauth2/__init__.py"],
            ("google.auth", "google.oauth2"),
        ),
        (["azure/core.py"], ("azure.core",)),
        (["_a.cpython-311-x86_64-linux-gnu.so", "b.abi3.so", "c.pyd", "libx.so.1"], ("_a", "b", "c")),
        (["a/__init__.pyi", "a/b.so"], ("a",)),
        (["a-stubs/__init__.pyi"], ()),
        (["__init__.py"], ("__init__",)),
        (["../../bin/x.py", "a b/c.py", "1/x.py"], ()),
        ([], ()),
    ],
)
def test_provided(paths: list[str], names: tuple[str, ...]) -> None:
    assert provided(paths) == names
