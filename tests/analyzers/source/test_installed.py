from __future__ import annotations

import re
from textwrap import dedent

import msgspec
import pytest

from analyzers.files import FileReader
from analyzers.reports import Input, Tool, Unknown
from analyzers.source.installed import (
    InstalledDemand,
    InstalledDistribution,
    InstalledReport,
    installed,
)
from analyzers.source.module_facts import ImportFact, ModuleFacts, Site, UseFact
from analyzers.source.records import Guard, UseKind
from analyzers.trees import MemoryReader

SITE = "lib/python3.11/site-packages"
_IMPORT = re.compile(r"(\s*)(?:from (\S+) )?import (\S+)(?:\s+#\s*(guarded))?")
_USE = re.compile(r"use (\S+)(?:\s+#\s*(guarded))?")


def _extracted(text: str) -> ModuleFacts:
    """Reads ``import a``, ``from a import b`` and lines ``use a.b``; ``# guarded`` marks what is."""
    imports, uses = [], []
    for number, line in enumerate(text.splitlines(), 1):
        site = Site(number, 1, number, 2)
        if found := _IMPORT.fullmatch(line):
            indent, module, name, guarded = found.groups()
            imports.append(
                ImportFact(
                    site,
                    module or name,
                    name if module else None,
                    guard=(Guard.IMPORT_ERROR,) if guarded else (),
                    is_top_level=not indent,
                )
            )
        elif found := _USE.fullmatch(line):
            guard = (Guard.HASATTR,) if found[2] else ()
            uses.append(UseFact(site, (found[1],), UseKind.ATTRIBUTE, guard=guard))
    return ModuleFacts(imports=tuple(imports), uses=tuple(uses))


def _prefix(
    *distributions: tuple[str, dict[str, str]], extra: dict[str, str] | None = None, site: str = SITE
) -> FileReader:
    files: dict[bytes, bytes] = {}
    for name, sources in distributions:
        dist_info = f"{name}-1.0.dist-info"
        record = "".join(f"{path},,\n" for path in (*sources, f"{dist_info}/METADATA"))
        contents = {
            f"{dist_info}/METADATA": f"Name: {name}\nVersion: 1.0\nRequires-Dist: x>1\n",
            f"{dist_info}/RECORD": record,
            **sources,
        }
        files |= {f"{site}/{path}".encode(): dedent(text).encode() for path, text in contents.items()}
    files |= {path.encode(): text.encode() for path, text in (extra or {}).items()}
    return MemoryReader(files)


def test_imports_and_demands() -> None:
    reader = _prefix(
        (
            "App_One",
            {
                "app/__init__.py": """
                    import os
                    from lib import thing
                    import lib.deep
                    from lib import maybe  # guarded
                    from google.auth import default
                    from app.own import x
                    import nowhere
                    use lib.thing.attribute
                    use lib.other
                    use lib.sometimes  # guarded
                    use lib.maybe.attribute
                    use os.path
                    use :local.name
                    """,
                "app/own.py": "def f():\n    from lib import late\nuse lib.late.attribute\n",
                "app/tests/test_x.py": "import lib.tested\n",
            },
        ),
        ("lib", {"lib/__init__.py": "", "lib/deep.py": ""}),
        ("google-auth", {"google/auth/__init__.py": ""}),
        ("google-storage", {"google/storage.py": ""}),
    )
    distributions, unknowns = installed(reader, _extracted)
    assert unknowns == ()
    assert [found.name for found in distributions] == ["app-one", "google-auth", "google-storage", "lib"]
    assert distributions[0] == InstalledDistribution(
        name="app-one",
        version="1.0",
        location=SITE,
        provides=("app",),
        imports=("google.auth", "lib", "lib.deep", "nowhere"),
        requires=("x>1",),
        demands=(
            InstalledDemand(distribution="google-auth", required=("google.auth.default",)),
            InstalledDemand(
                distribution="lib",
                required=("lib.deep", "lib.other", "lib.thing", "lib.thing.attribute"),
                optional=(
                    "lib.late",
                    "lib.late.attribute",
                    "lib.maybe",
                    "lib.maybe.attribute",
                    "lib.sometimes",
                ),
            ),
        ),
    )
    assert distributions[1].provides == ("google.auth",)


def test_the_own_directory_comes_first() -> None:
    one = _prefix(
        ("lib", {"lib.py": ""}), ("app", {"app.py": "import lib"}), site="a/lib/python3.11/site-packages"
    )
    distributions, _ = installed(one, _extracted)
    assert [found.location for found in distributions] == ["a/lib/python3.11/site-packages"] * 2


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({f"{SITE}/dev.egg-link": "/src"}, "a development install: its files lie elsewhere"),
        ({f"{SITE}/old-1.0-py3.egg/EGG-INFO/PKG-INFO": ""}, "an egg, which is not read"),
        ({f"{SITE}/b-2.dist-info/RECORD": ""}, "is missing"),
        (
            {f"{SITE}/b-2.dist-info/METADATA": "Name: b\n", f"{SITE}/b-2.dist-info/RECORD": ""},
            "Version: is missing",
        ),
        (
            {f"{SITE}/b-2.dist-info/METADATA": "Name: b\nVersion: 2\n"},
            "has no RECORD: its files are taken from top_level.txt",
        ),
        (
            {
                f"{SITE}/b-2.dist-info/METADATA": "Name: b\nVersion: 2\n",
                f"{SITE}/b-2.dist-info/RECORD": "__editable__.b-2.pth,,\n",
            },
            "an editable install: its files lie elsewhere",
        ),
        (
            {
                f"{SITE}/b-2.dist-info/METADATA": "Name: b\nVersion: 2\n",
                f"{SITE}/b-2.dist-info/RECORD": "",
                f"{SITE}/b-2.dist-info/direct_url.json": '{"url": "/b", "dir_info": {"editable": true}}',
            },
            "an editable install: its files lie elsewhere",
        ),
        (
            {f"{SITE}/b-2.egg-info": "Name: b\nVersion: 2\n"},
            "its files are not known: it has no list of them",
        ),
        (
            {
                f"{SITE}/lib-2.0.dist-info/METADATA": "Name: lib\nVersion: 2.0\n",
                f"{SITE}/lib-2.0.dist-info/RECORD": "",
            },
            "another installation of lib is in the same directory",
        ),
        (
            {
                f"{SITE}/b-2.dist-info/METADATA": "Name: b\nVersion: 2\n",
                f"{SITE}/b-2.dist-info/RECORD": "gone.py,,\n",
            },
            "no such file or directory",
        ),
    ],
)
def test_what_cannot_be_known(extra: dict[str, str], reason: str) -> None:
    distributions, unknowns = installed(_prefix(("lib", {"lib.py": ""}), extra=extra), _extracted)
    assert "lib" in [found.name for found in distributions]
    assert any(reason in unknown.reason for unknown in unknowns)


def test_names_from_the_directory_where_metadata_is_broken() -> None:
    reader = _prefix(
        extra={
            f"{SITE}/Some_Thing-2.0.dist-info/METADATA": "\0",
            f"{SITE}/Some_Thing-2.0.dist-info/RECORD": "",
        }
    )
    ((found,), _) = installed(reader, _extracted)
    assert (found.name, found.version) == ("some-thing", "2.0")


def test_files_named_by_top_level() -> None:
    site = "usr/lib/python3/dist-packages"
    reader = _prefix(
        ("lib", {"lib.py": ""}),
        extra={
            f"{site}/old-2.egg-info/PKG-INFO": "Metadata-Version: 1.1\nName: old\nVersion: 2\n",
            f"{site}/old-2.egg-info/top_level.txt": "old\nsingle\n../../etc\n",
            f"{site}/old/__init__.py": "from lib import old_thing",
            f"{site}/single.py": "import lib.single",
        },
        site=site,
    )
    distributions, unknowns = installed(reader, _extracted)
    assert unknowns == ()
    assert distributions[1].provides == ("old", "single")
    assert distributions[1].demands == (
        InstalledDemand(distribution="lib", required=("lib.old_thing", "lib.single")),
    )


def test_paths_outside_of_the_directory_are_not_read() -> None:
    outside = "../../../bin/run.py,,\n/etc/x.py,,\na/../../../x.py,,\n"
    reader = _prefix(
        extra={
            f"{SITE}/b-2.dist-info/METADATA": "Metadata-Version: 2.1\nName: b\nVersion: 2\n",
            f"{SITE}/b-2.dist-info/RECORD": outside,
        }
    )
    ((found,), unknowns) = installed(reader, _extracted)
    assert found.provides == ()
    assert unknowns == ()


def test_the_report_is_a_document() -> None:
    distributions, unknowns = installed(_prefix(("lib", {"lib.py": "import x"})), _extracted)
    report = InstalledReport(
        tool=Tool(name="stackwright", version="1"),
        input=Input(what="prefix", digest="sha256:0"),
        created_at="2024-01-01T00:00:00Z",
        unknowns=(Unknown(what="a", where="b", reason="c"), *unknowns),
        distributions=distributions,
    )
    assert msgspec.json.decode(msgspec.json.encode(report), type=InstalledReport) == report
    assert msgspec.json.schema(InstalledReport)
