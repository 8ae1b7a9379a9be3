from __future__ import annotations

import pytest

from analyzers.manifests.declared import GroupKind, Manifest, Project
from analyzers.manifests.errors import ManifestError
from analyzers.manifests.installs.noxfile import parse_noxfile
from analyzers.manifests.setup_cfg import parse_setup_cfg
from analyzers.manifests.setup_py import parse_setup_py
from analyzers.manifests.tox_ini import parse_tox_ini
from fakes.texts import Texts


def _rows(manifest: Manifest) -> list[tuple[str, str | None, str]]:
    return [(one.group.name, one.name, str(one.location)) for one in manifest.declared]


def test_setup_cfg() -> None:
    manifest = parse_setup_cfg(
        b"""\
[metadata]
name = Demo
version = attr: demo.version

[options]
python_requires = >=3.8
install-requires =
    a>=1
    # a comment
    b ; os_name == 'nt'  # another

    c
setup_requires = x; y
tests_require = pytest

[options.extras_require]
Fast_Path =
    d
dev = file: dev.txt
""",
        "setup.cfg",
        read=Texts({"dev.txt": "e"}),
    )
    assert manifest.project == Project(name="Demo")
    assert manifest.requires_python == ">=3.8"
    assert _rows(manifest) == [
        ("main", "a", "setup.cfg:8"),
        ("main", "b", "setup.cfg:10"),
        ("main", "c", "setup.cfg:12"),
        ("build", "x", "setup.cfg:13"),
        ("build", "y", "setup.cfg:13"),
        ("tests", "pytest", "setup.cfg:14"),
        ("fast-path", "d", "setup.cfg:18"),
        ("dev", "e", "dev.txt:1:1"),
    ]
    assert not manifest.unknowns


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\n", r"setup\.cfg:1: is no valid configuration"),
        (b"[a]\nnonsense\n", r"setup\.cfg:2: is no valid configuration"),
        (b"\xff", "not utf-8"),
        (b"[options]\ninstall_requires =\n  ok\n  ?\n", r"setup\.cfg:4: "),
    ],
)
def test_what_is_no_setup_cfg(data: bytes, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        parse_setup_cfg(data, "setup.cfg")


def test_setup_py() -> None:
    manifest = parse_setup_py(
        b'''\
import setuptools
BASE = ["a>=1", "b"]
EXTRA: dict = {"X_y": ["c"], "all": BASE + ["d"], ":os_name=='nt'": ["e"]}
LINES = """
f
g
"""
setuptools.setup(
    name="demo",
    version=read_version(),
    python_requires=">=3.8",
    install_requires=[*BASE, "h"] + [LINES and "no"],
    setup_requires=LINES,
    extras_require=EXTRA,
    tests_require=("t",),
)
''',
        "setup.py",
    )
    assert manifest.project == Project(name="demo")
    assert _rows(manifest) == [
        ("build", "f", "setup.py:4:9"),
        ("build", "g", "setup.py:4:9"),
        ("tests", "t", "setup.py:15:20"),
        ("x-y", "c", "setup.py:3:24"),
        ("all", "a", "setup.py:2:9"),
        ("all", "b", "setup.py:2:17"),
        ("all", "d", "setup.py:3:45"),
    ]
    assert [(one.what, one.where) for one in manifest.unknowns] == [
        ("version", "setup.py:10:13"),
        ("install_requires", "setup.py:12:38"),
        (":os_name=='nt'", "setup.py:3:69"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "NAMES.append('x')",
        "NAMES += ['x']",
        "NAMES = ['x']",
        "for NAMES in y: pass",
        "NAMES[0] = 'x'",
    ],
)
def test_a_name_that_changes_is_no_constant(change: str) -> None:
    text = f"NAMES = ['a']\n{change}\nsetup(install_requires=NAMES)\n"
    manifest = parse_setup_py(text.encode(), "setup.py")
    assert not manifest.declared
    assert manifest.unknowns[0].what == "install_requires"


def test_arguments_in_a_dictionary() -> None:
    manifest = parse_setup_py(
        b"D = dict(x=1)\nE = {'install_requires': ['a']}\nsetup(**E, **D)\n", "setup.py"
    )
    assert [one.name for one in manifest.declared] == ["a"]
    assert manifest.unknowns[0].what == "arguments of setup()"


@pytest.mark.parametrize(
    "text",
    [
        "X = X\nsetup(install_requires=X)",
        "A = B\nB = A\nsetup(install_requires=A)",
        "x = 1",
        "setup(name='\\ud800')",
    ],
)
def test_what_is_not_literal_is_unknown(text: str) -> None:
    manifest = parse_setup_py(text.encode(), "setup.py")
    assert not manifest.declared
    assert manifest.unknowns


@pytest.mark.parametrize(
    "data",
    [b"def", b"x = \0", b"(" * 100_000, b"-" * 100_000 + b"1", b"# coding: zip\n", b"a" + b".a" * 200_000],
)
def test_what_is_no_python_is_refused(data: bytes) -> None:
    with pytest.raises(ManifestError):
        parse_setup_py(data, "setup.py")


def test_tox_ini() -> None:
    manifest = parse_tox_ini(
        b"""\
[tox]
requires = tox>=4
envlist = py

[testenv]
deps =
    pytest>=8
    -r{toxinidir}/dev.txt
    -c c.txt
    py39: old
    {[base]deps}

[testenv:docs]
deps = sphinx

[base]
deps = not-read
""",
        "tox.ini",
        read=Texts({"dev.txt": "a", "c.txt": "b<2"}),
    )
    assert _rows(manifest) == [
        ("build", "tox", "tox.ini:2"),
        ("testenv", "pytest", "tox.ini:7"),
        ("testenv", "a", "dev.txt:1:1"),
        ("testenv", "b", "c.txt:1:1"),
        ("testenv", "old", "tox.ini:10"),
        ("docs", "sphinx", "tox.ini:14"),
    ]
    assert [one.what for one in manifest.unknowns] == ["py39: old", "{[base]deps}"]


def test_noxfile() -> None:
    manifest = parse_noxfile(
        b"""\
import nox
LINT = ["ruff", "mypy>=1"]

@nox.session
def lint(session):
    session.install(*LINT, "--upgrade")
    session.install("-r", "dev.txt", "-e", ".[test]")
    session.install(name_of(), "later")
    session.conda_install("numpy=1.26")
    other.install("no")

def helper():
    pass
""",
        "noxfile.py",
        read=Texts({"dev.txt": "a"}),
    )
    assert _rows(manifest) == [
        ("lint", "ruff", "noxfile.py:6:5"),
        ("lint", "mypy", "noxfile.py:6:5"),
        ("lint", "a", "dev.txt:1:1"),
        ("lint", None, "noxfile.py:7:5"),
        ("lint", "later", "noxfile.py:8:5"),
        ("lint", "numpy", "noxfile.py:9:5"),
    ]
    assert [one.where for one in manifest.unknowns] == ["noxfile.py:8:21"]


def test_setup_cfg_extras_outside_their_section_are_read_and_told() -> None:
    manifest = parse_setup_cfg(b"[options]\nextras_require = a>=1\n", "setup.cfg")
    assert [(one.name, one.group.kind) for one in manifest.declared] == [("a", GroupKind.EXTRA)]
    assert [one.what for one in manifest.unknowns] == ["extras_require"]
