from __future__ import annotations

import json

import pytest

from fakes.images.python_roots import (
    PROGRAM,
    cataloged,
    distribution_files,
    python_files,
    python_root,
    run_config,
)
from fakes.images.roots import MemoryRoot
from images.catalogers import distributions
from images.catalogers.catalog import Catalog
from images.reports.records import PythonDistribution

_PROGRAM = "usr/local/bin/python3.11"
_SITE = "usr/local/lib/python3.11/site-packages"


def _cataloged(
    more: dict[bytes, bytes], links: dict[str, str] | None = None, layers: dict[str, int] | None = None
) -> Catalog:
    tree = python_files("usr/local", "3.11.7") | more
    return cataloged(python_root(tree, [_PROGRAM], links, layers))


def _names(known: Catalog) -> list[tuple[str, str | None, str | None]]:
    return [(one.name, one.version, one.interpreter) for one in known.distributions]


def test_everything_that_is_said() -> None:
    direct = {"url": "https://user:word@example.org/x.whl", "archive_info": {}}
    files = distribution_files(
        _SITE,
        "Some.Project",
        "1.0",
        {
            "INSTALLER": b"pip\n",
            "REQUESTED": b"",
            "WHEEL": b"Tag: cp311-cp311-manylinux_2_17_x86_64\nTag: cp311-cp311-linux_x86_64\n",
            "direct_url.json": json.dumps(direct).encode(),
        },
        head="Requires-Python: >=3.8\nRequires-Dist: x>1\nLicense-Expression: MIT\n",
    )
    metadata = next(path.decode() for path in files if path.endswith(b"METADATA"))
    known = _cataloged(files, layers={metadata: 4})
    assert known.distributions == (
        PythonDistribution(
            name="some-project",
            version="1.0",
            interpreter=f"/{_PROGRAM}",
            location=f"/{_SITE}",
            where=f"/{_SITE}/Some.Project-1.0.dist-info",
            requires=("x>1",),
            requires_python=">=3.8",
            installer="pip",
            requested=True,
            url="https://example.org/x.whl",
            tags=("cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-linux_x86_64"),
            license="MIT",
            layer=4,
        ),
    )


@pytest.mark.parametrize(
    ("path", "content", "found"),
    [
        ("a-1.0.egg-info/PKG-INFO", b"Name: a\nVersion: 1.0\n", ("a", "1.0")),
        ("a-1.0.egg-info", b"Name: a\nVersion: 1.0\n", ("a", "1.0")),
        ("gpg-1.18.0-unknown.egg-info", b"Name: gpg\nVersion: 1.18.0-unknown\n", ("gpg", "1.18.0-unknown")),
        ("a-1.0-py3.11.egg/EGG-INFO/PKG-INFO", b"Name: a\nVersion: 1.0\n", ("a", "1.0")),
        ("a_b-1.0-py3.11-linux-x86_64.egg", b"PK", ("a-b", "1.0")),
        ("a.dist-info/METADATA", b"Name: A.B\nVersion: 2\n", ("a-b", "2")),
        ("a-1.dist-info/METADATA", "Name: a\nVersion: 1\nSummary: ü\n".encode("latin-1"), ("a", "1")),
    ],
)
def test_every_form(path: str, content: bytes, found: tuple[str, str]) -> None:
    known = _cataloged({f"{_SITE}/{path}".encode(): content})
    assert _names(known) == [(*found, f"/{_PROGRAM}")]
    assert known.findings == ()
    assert known.unknowns == ()


def test_requirements_of_an_egg_info_are_those_of_setuptools() -> None:
    egg_info = f"{_SITE}/a.egg-info"
    known = _cataloged(
        {
            f"{egg_info}/PKG-INFO".encode(): b"Name: a\nVersion: 1\n",
            f"{egg_info}/requires.txt".encode(): b"b>1\n\n[fast]\nc\n",
        }
    )
    assert known.distributions[0].requires == ("b>1", 'c; extra == "fast"')


def test_what_is_not_installed() -> None:
    known = _cataloged(
        {
            **distribution_files(f"{_SITE}/setuptools/_vendor", "vendored", "1"),
            **distribution_files("app/src/node_modules/x", "of-node", "1"),
            b"app/checkout/project.egg-info/PKG-INFO": b"Name: project\nVersion: 1\n",
            f"{_SITE}/~ip-23.0.dist-info/METADATA".encode(): b"Name: pip\nVersion: 23.0\n",
            f"{_SITE}/empty-1.0.dist-info/RECORD".encode(): b"",
            f"{_SITE}/.dist-info/METADATA".encode(): b"Name: x\nVersion: 1\n",
            f"{_SITE}/nameless-1.dist-info/METADATA".encode(): b"Version: 1\n",
        }
    )
    assert _names(known) == []
    assert [(finding.id, finding.subject) for finding in known.findings] == [
        ("damaged-metadata", "empty"),
        ("damaged-metadata", "nameless"),
        ("interrupted-uninstallation", f"/{_SITE}/~ip-23.0.dist-info"),
    ]
    assert {unknown.where for unknown in known.unknowns} == {
        f"/{_SITE}/empty-1.0.dist-info/METADATA",
        f"/{_SITE}/nameless-1.dist-info/METADATA",
    }


def test_directories_that_no_interpreter_uses() -> None:
    files = distribution_files("var/task", "a", "1") | distribution_files("opt/x/lib/site-packages", "b", "1")
    known = _cataloged(files)
    assert _names(known) == [("b", "1", None), ("a", "1", None)]
    tree = python_files("usr/local", "3.11.7") | files
    used = cataloged(python_root(tree, [_PROGRAM]), run_config("PYTHONPATH=/var/task"))
    assert ("a", "1", f"/{_PROGRAM}") in _names(used)


def test_a_shared_directory_counts_for_its_prefix_or_the_default() -> None:
    tree = python_files("usr", "3.11.2") | python_files("usr", "3.12.1") | python_files("opt/py", "3.12.1")
    for series in ("3.11", "3.12"):
        tree[f"usr/lib/python{series}/site.py".encode()] = b'"dist-packages"'
    tree |= distribution_files("usr/lib/python3/dist-packages", "of-debian", "1")
    tree |= distribution_files("root/.local/lib/python3.12/site-packages", "of-user", "1")
    programs = ["usr/bin/python3.11", "usr/bin/python3.12", "opt/py/bin/python3.12"]
    files = python_root(tree, programs, {"usr/bin/python3": "python3.12"})
    known = cataloged(files)
    assert {one.name: (one.interpreter, one.installer) for one in known.distributions} == {
        "of-debian": ("/usr/bin/python3.12", "debian"),
        "of-user": ("/usr/bin/python3.12", None),
    }


@pytest.mark.parametrize(
    ("files", "project"),
    [
        (
            distribution_files(
                _SITE,
                "p",
                "1",
                {"direct_url.json": b'{"url":"file:///app/p%20q","dir_info":{"editable":true}}'},
            ),
            "/app/p q",
        ),
        (
            distribution_files(_SITE, "p", "1")
            | {f"{_SITE}/__editable__.p-1.pth".encode(): b"/app/p q/src\n"},
            "/app/p q/src",
        ),
        (
            {
                f"{_SITE}/p.egg-link".encode(): b"/app/p q\n.",
                f"{_SITE}/easy-install.pth".encode(): b"/app/p q\n",
            },
            "/app/p q",
        ),
    ],
)
def test_editable_installs_count_once(files: dict[bytes, bytes], project: str) -> None:
    sources = {
        b"app/p q/p.egg-info/PKG-INFO": b"Name: p\nVersion: 1\n",
        b"app/p q/src/p.egg-info/PKG-INFO": b"Name: p\nVersion: 1\n",
    }
    known = _cataloged(files | sources)
    assert [(one.name, one.version, one.editable) for one in known.distributions] == [("p", "1", project)]
    assert known.findings == ()


@pytest.mark.parametrize(
    "files",
    [
        {f"{_SITE}/p.egg-link".encode(): b"/app/gone\n."},
        {f"{_SITE}/p.egg-link".encode(): b"\n"},
        distribution_files(
            _SITE, "p", "1", {"direct_url.json": b'{"url":"file:///app/gone","dir_info":{"editable":true}}'}
        ),
    ],
)
def test_editable_installs_whose_project_is_gone(files: dict[bytes, bytes]) -> None:
    (finding,) = _cataloged(files).findings
    assert (finding.id, finding.subject) == ("editable-project-missing", "p")


def test_links_are_followed_within_the_root() -> None:
    store = distribution_files("store/a", "a", "1") | {b"store/b": b"Name: b\nVersion: 1\n"}
    links = {
        f"{_SITE}/a-1.dist-info": "/store/a/a-1.dist-info",
        f"{_SITE}/dead-1.dist-info": "/nowhere",
        f"{_SITE}/loop-1.dist-info": "loop-1.dist-info",
        f"{_SITE}/b-1.dist-info/METADATA": "../../../../../../../store/b",
    }
    known = _cataloged(store, links, {"store/a/a-1.dist-info/METADATA": 1, "store/b": 1})
    assert {(one.where, one.interpreter is None, one.layer) for one in known.distributions} == {
        (f"/{_SITE}/a-1.dist-info", False, 1),
        (f"/{_SITE}/b-1.dist-info", False, 1),
    }


def test_one_distribution_with_two_forms_of_metadata_counts_once() -> None:
    files = distribution_files(_SITE, "a", "1")
    files[f"{_SITE}/a.egg-info/PKG-INFO".encode()] = b"Name: a\nVersion: 1\n"
    assert [one.where for one in _cataloged(files).distributions] == [f"/{_SITE}/a-1.dist-info"]


@pytest.mark.parametrize(
    ("head", "license_"),
    [
        ("License: BSD 3-Clause\n", "BSD 3-Clause"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("License: " + "whole text " * 100 + "\n", None),
        ("License-Expression: MIT OR Apache-2.0\nLicense: x\n", "MIT OR Apache-2.0"),
    ],
)
def test_licences(head: str, license_: str | None) -> None:
    assert _cataloged(distribution_files(_SITE, "a", "1", head=head)).distributions[0].license == license_


def test_names_that_are_no_utf_8() -> None:
    site = b"opt/\xff/lib/python3.11/site-packages"
    tree = {
        **{
            path.replace(b"usr/local", b"opt/\xff"): text
            for path, text in python_files("usr/local", "3.11.7").items()
        },
        site + b"/a-1.dist-info/METADATA": b"Name: a\nVersion: 1\n",
        site + b"/\xfe-1.dist-info/METADATA": b"Name: b\nVersion: 1\n",
    }
    known = cataloged(MemoryRoot(tree, elves={b"opt/\xff/bin/python3.11": PROGRAM}))
    assert [(one.name, one.location, one.interpreter) for one in known.distributions] == [
        ("a", "/opt/\\xff/lib/python3.11/site-packages", "/opt/\\xff/bin/python3.11"),
        ("b", "/opt/\\xff/lib/python3.11/site-packages", "/opt/\\xff/bin/python3.11"),
    ]


def test_what_cannot_be_read_is_an_unknown() -> None:
    known = distributions.catalog(
        MemoryRoot(distribution_files("x/site-packages", "a", "1", {"direct_url.json": b"{"})),
        run_config(),
        Catalog(),
    )
    assert [one.name for one in known.distributions] == ["a"]
    assert [unknown.where for unknown in known.unknowns] == ["/x/site-packages/a-1.dist-info/direct_url.json"]
