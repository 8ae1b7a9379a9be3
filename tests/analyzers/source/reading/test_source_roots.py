from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.source.linking.module_names import ModuleNames
from analyzers.source.reading.source_roots import source_roots


@pytest.mark.parametrize(
    ("name", "text", "roots"),
    [
        ("pyproject.toml", '[tool.setuptools.package-dir]\n"" = "code"\npkg = "x"', ("code",)),
        ("pyproject.toml", '[tool.setuptools.packages.find]\nwhere = ["a", "./b/"]', ("a", "b")),
        ("pyproject.toml", '[[tool.poetry.packages]]\ninclude = "x"\nfrom = "lib"', ("lib",)),
        ("pyproject.toml", '[tool.pdm.build]\npackage-dir = "code"', ("code",)),
        ("pyproject.toml", '[tool.maturin]\npython-source = "py"', ("py",)),
        ("pyproject.toml", '[tool.uv.build-backend]\nmodule-root = ""', ("",)),
        ("pyproject.toml", '[tool.hatch.build.targets.wheel]\npackages = ["code/app"]', ("code",)),
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["..", "/etc", "t"]', ("t",)),
        ("one/pyproject.toml", '[tool.pdm.build]\npackage-dir = "code"', ("one/code",)),
        ("pyproject.toml", "[tool]\nsetuptools = 5", ()),
        ("pyproject.toml", "broken [", ()),
        ("pyproject.toml", "a = " + "[" * 5000, ()),
        ("setup.cfg", "[options]\npackage_dir =\n    = code\n    x = y\n", ("code",)),
        ("setup.cfg", "[options.packages.find]\nwhere = code", ("code",)),
        ("setup.cfg", "no section", ()),
    ],
)
def test_finds_what_is_stated(name: str, text: str, roots: tuple[str, ...]) -> None:
    assert source_roots({name: text.encode()}) == roots


def test_modules_are_named_from_stated_roots() -> None:
    roots = source_roots({"pyproject.toml": b'[tool.pdm.build]\npackage-dir = "code"'})
    assert ModuleNames(["code/app/__init__.py"], roots).names("code/app/__init__.py") == ("app", "code.app")


@given(st.binary(max_size=100), st.sampled_from(["pyproject.toml", "setup.cfg"]))
def test_any_bytes_state_something_or_nothing(data: bytes, name: str) -> None:
    assert all(isinstance(root, str) for root in source_roots({name: data}))
