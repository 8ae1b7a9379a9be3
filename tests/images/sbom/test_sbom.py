"""CycloneDX and SPDX documents: valid by their own validators, complete, and the same each time."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from fakes.images.image_files import write_docker_archive
from fakes.images.web_images import web_image
from images.facts.environment import Fact, RuntimeEnvironment
from images.inspecting import inspect_reference
from images.reports.records import PythonDistribution, SystemPackage
from images.reports.report import ImageOrigin, ImageReport
from images.sbom.cyclonedx import cyclonedx
from images.sbom.errors import SbomLibraryError
from images.sbom.purls import distribution_purl, image_purl, package_purl
from images.sbom.spdx import spdx


@pytest.fixture
def report(tmp_path: Path) -> ImageReport:
    archive = write_docker_archive(tmp_path / "web.tar", web_image())
    found = inspect_reference(str(archive), environ={}, today=datetime.date(2026, 11, 26))
    licences = ("MIT", "BSD-3-Clause OR Apache-2.0", "as the author likes it")
    distributions = tuple(
        msgspec.structs.replace(one, license=text)
        for one, text in zip(found.distributions, licences, strict=True)
    )
    return msgspec.structs.replace(found, distributions=distributions)


def test_cyclonedx_is_valid_and_complete(report: ImageReport) -> None:
    text = cyclonedx(report)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    assert document["metadata"]["component"]["version"] == report.input.digest
    purls = {one["purl"] for one in document["components"] if "purl" in one}
    assert {
        "pkg:pypi/flask@3.0.3",
        "pkg:deb/debian/libc6@2.28-10%2Bdeb10u1?arch=amd64&distro=debian-10",
    } < purls
    assert len(document["components"]) == 1 + 3 + 3
    flask = next(one for one in document["components"] if one["name"] == "flask")
    properties = {each["name"]: each["value"] for each in flask["properties"]}
    assert properties["stackwright:layer"] == "2"
    assert properties["stackwright:interpreter"] == "/usr/local/bin/python3.8"
    licences = {one["name"]: one.get("licenses") for one in document["components"]}
    assert licences["click"] == [{"license": {"id": "MIT"}}]
    assert licences["flask"] == [{"expression": "BSD-3-Clause OR Apache-2.0"}]
    assert licences["werkzeug"] == [{"license": {"name": "as the author likes it"}}]
    on = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    assert len(on["image"]) == 7
    assert len(on["interpreter:/usr/local/bin/python3.8"]) == 3


def test_spdx_is_valid_and_complete(report: ImageReport, tmp_path: Path) -> None:
    path = tmp_path / "web.spdx.json"
    path.write_text(spdx(report))
    document = parse_file(str(path))
    assert validate_full_spdx_document(document) == []
    assert {package.name for package in document.packages} == {
        *(report.origin.reference, "cpython", "click", "flask", "werkzeug"),
        *(package.name for package in report.packages),
    }
    flask = next(package for package in document.packages if package.name == "flask")
    assert [each.locator for each in flask.external_references] == ["pkg:pypi/flask@3.0.3"]
    assert str(flask.license_declared) == "BSD-3-Clause OR Apache-2.0"
    assert "stackwright:layer: 2" in (flask.source_info or "")
    werkzeug = next(package for package in document.packages if package.name == "werkzeug")
    assert werkzeug.license_comment == "as the author likes it"


@pytest.mark.parametrize("write", [cyclonedx, spdx])
def test_a_document_is_the_same_each_time(report: ImageReport, write: Callable[[ImageReport], str]) -> None:
    assert write(report) == write(report)
    assert report.created_at.removesuffix("Z") in write(report)


@pytest.mark.parametrize("write", [cyclonedx, spdx])
def test_other_reports_have_other_documents(report: ImageReport, write: Callable[[ImageReport], str]) -> None:
    def identity(text: str) -> Any:
        document = json.loads(text)
        return document["serialNumber" if "serialNumber" in document else "documentNamespace"]

    later = msgspec.structs.replace(report, created_at="2030-01-01T00:00:00Z")
    less = msgspec.structs.replace(report, packages=())
    assert identity(write(report)) == identity(write(later)) != identity(write(less))


@pytest.mark.parametrize(("write", "module"), [(cyclonedx, "cyclonedx"), (spdx, "spdx_tools")])
def test_a_missing_library_is_told_with_its_remedy(
    report: ImageReport,
    write: Callable[[ImageReport], str],
    module: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SbomLibraryError) as caught:
        write(report)
    assert caught.value.__notes__ == ["install it with: pip install 'stackwright[sbom]'"]


def distribution(**more: Any) -> PythonDistribution:
    given = {"name": "a-b", "version": "1.0", "interpreter": None, "location": "/l", "where": "/l/a"}
    return PythonDistribution(**{**given, **more})


@pytest.mark.parametrize(
    ("more", "purl"),
    [
        ({}, "pkg:pypi/a-b@1.0"),
        ({"version": "1.0+cu121"}, "pkg:pypi/a-b@1.0%2Bcu121"),
        ({"version": None}, None),
        ({"editable": "/src"}, None),
        ({"url": "git+https://a.example/x@1"}, "pkg:pypi/a-b@1.0?vcs_url=git%2Bhttps://a.example/x%401"),
        ({"url": "https://a.example/x.whl"}, "pkg:pypi/a-b@1.0?download_url=https://a.example/x.whl"),
    ],
)
def test_purls_of_distributions(more: dict[str, Any], purl: str | None) -> None:
    assert distribution_purl(distribution(**more)) == purl


@pytest.mark.parametrize(
    ("kind", "version", "arch", "system", "purl"),
    [
        ("deb", "1:2.0-1", "amd64", ("debian", "12"), "pkg:deb/debian/a@1:2.0-1?arch=amd64&distro=debian-12"),
        (
            *("rpm", "2:1.0-1.el9", "noarch", ("rhel", "9.4")),
            "pkg:rpm/rhel/a@1.0-1.el9?arch=noarch&distro=rhel-9.4&epoch=2",
        ),
        ("apk", "1-r0", "arm64", ("alpine", "3.23"), "pkg:apk/alpine/a@1-r0?arch=arm64&distro=alpine-3.23"),
        ("conda", "1.0", "linux-64", ("debian", "12"), "pkg:conda/a@1.0?subdir=linux-64"),
        ("deb", "1.0", None, None, "pkg:deb/debian/a@1.0"),
    ],
)  # fmt: skip
def test_purls_of_packages(
    kind: str, version: str, arch: str | None, system: tuple[str, str] | None, purl: str
) -> None:
    stated = dict(zip(("os.id", "os.version"), system or (), strict=False))
    environment = RuntimeEnvironment(facts={name: Fact(value=v, source="x") for name, v in stated.items()})
    package = SystemPackage(name="a", version=version, type=kind, arch=arch, where="/db")
    made = package_purl(package, environment)
    assert made == purl
    assert PackageURL.from_string(made).name == "a"


@pytest.mark.parametrize(
    ("reference", "purl"),
    [
        ("registry:h:5000/team/Web:1", "pkg:oci/web@sha256:00?repository_url=h:5000/team/Web&tag=1"),
        ("docker://a.example/web", "pkg:oci/web@sha256:00?repository_url=a.example/web"),
    ],
)  # fmt: skip
def test_purls_of_images(report: ImageReport, reference: str, purl: str) -> None:
    origin = ImageOrigin(kind="registry", reference=reference, manifest_digest="sha256:00")
    assert image_purl(msgspec.structs.replace(report, origin=origin)) == purl.replace(
        "sha256:00", "sha256:00"
    )
    assert image_purl(report) is None
