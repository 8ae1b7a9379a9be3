"""From a reference to a report: the same from every source, and the same each time."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from pathlib import Path

import msgspec
import pytest

from analyzers.evidence import Confidence
from fakes.images.image_files import (
    Compression,
    write_docker25_archive,
    write_docker_archive,
    write_oci_archive,
    write_oci_layout,
    write_podman_archive,
)
from fakes.images.web_images import PACKAGES, second_web_image, web_image, write_root
from images.catalogers.catalog import Catalog
from images.cataloging import merged
from images.errors import ImageReferenceError
from images.facts.environment import Fact
from images.inspecting import inspect_reference
from images.reports.chain_id import chain_id
from images.reports.report import ImageOrigin, ImageReport

TODAY = datetime.date(2026, 11, 26)


def inspected(reference: Path | str) -> ImageReport:
    return inspect_reference(str(reference), environ={}, today=TODAY)


def same(report: ImageReport) -> bytes:
    """All of a report that must not depend on the source."""
    return msgspec.json.encode(msgspec.structs.replace(report, origin=ImageOrigin(kind="", reference="")))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_docker_archive(tmp_path / "web.tar", web_image())


def test_a_report_is_the_same_from_every_source(tmp_path: Path, archive: Path) -> None:
    image = web_image()
    compressed = dataclasses.replace(image, compressions=tuple(Compression))
    places = [
        archive,
        write_podman_archive(tmp_path / "podman.tar", image),
        write_docker25_archive(tmp_path / "docker25.tar", image),
        write_oci_archive(tmp_path / "oci.tar", compressed),
        write_oci_layout(tmp_path / "layout", compressed),
    ]
    reports = [inspected(place) for place in places]
    assert len({same(report) for report in reports}) == 1
    assert {report.origin.kind for report in reports} == {"docker-archive", "oci-archive", "oci-layout"}
    assert len({report.origin.blobs for report in reports}) == 3


def test_a_report_is_the_same_each_time(archive: Path) -> None:
    assert msgspec.json.encode(inspected(archive)) == msgspec.json.encode(inspected(archive))


def test_a_report_tells_what_is_in_an_image(archive: Path) -> None:
    report = inspected(archive)
    assert report.platform == "linux/amd64"
    assert report.environment.text("os.id") == "debian"
    assert report.environment.text("python.version") == "3.8.20"
    assert report.environment.text("os.kernel") == "linux"
    assert [(one.path, one.version, one.is_default, one.layer) for one in report.interpreters] == [
        ("/usr/local/bin/python3.8", "3.8.20", True, 1)
    ]
    assert [(one.name, one.version, one.layer) for one in report.distributions] == [
        ("click", "8.1.7", 2),
        ("flask", "3.0.3", 2),
        ("werkzeug", "3.0.6", 2),
    ]
    assert {one.name: one.version for one in report.packages} == PACKAGES
    assert [layer.created_by for layer in report.layers] == [
        "ADD file:9fb9 in /",
        "RUN set -eux; make -j; make install",
        "RUN pip install -r requirements.txt # with INDEX_TOKEN=[left out]",
        "COPY app.py /srv/",
    ]
    assert report.configuration.base == "debian:10"
    assert [finding.id for finding in report.findings] == [
        "end-of-life-os",
        "end-of-life-python",
        "secret-in-environment",
        "secret-in-history",
        "runs-as-root",
    ]
    assert b"hunter2" not in msgspec.json.encode(report)


def test_the_digest_is_that_of_the_layers(archive: Path, tmp_path: Path) -> None:
    report = inspected(archive)
    assert report.input.digest == chain_id([layer.diff_id for layer in report.layers])
    other = inspected(write_docker_archive(tmp_path / "other.tar", second_web_image()))
    assert report.input.digest != other.input.digest


def test_chain_ids_as_the_specification_has_them() -> None:
    one, two = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
    assert chain_id([one]) == one
    assert chain_id([one, two]) == f"sha256:{hashlib.sha256(f'{one} {two}'.encode()).hexdigest()}"
    assert chain_id([]) == f"sha256:{hashlib.sha256(b'').hexdigest()}"


def test_a_directory_is_a_root_without_layers(tmp_path: Path) -> None:
    root = write_root(tmp_path / "root")
    report = inspected(f"dir:{root}")
    assert (report.origin.kind, report.platform, report.layers) == ("directory", None, ())
    assert [(one.path, one.layer) for one in report.interpreters] == [("/usr/local/bin/python3.8", None)]
    assert "runs-as-root" not in {finding.id for finding in report.findings}
    copy = write_root(tmp_path / "copy")
    assert inspected(f"dir:{copy}").input == report.input
    (copy / "etc/os-release").write_text("ID=alpine\nVERSION_ID=3.23.0\n")
    assert inspected(f"dir:{copy}").input.digest != report.input.digest


def test_a_directory_that_is_hardly_a_root_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.tar").touch()
    assert "hardly a root file system" in inspected(f"dir:{tmp_path}/files").unknowns[0].reason
    (tmp_path / "files" / "etc").mkdir()
    assert not inspected(f"dir:{tmp_path}/files").unknowns


def test_a_name_in_other_bytes_than_unicode_is_told(tmp_path: Path) -> None:
    root = write_root(tmp_path / "r\udcff")
    assert inspected(f"dir:{root}").origin.reference == f"dir:{tmp_path}/r\\xff"


def test_progress_is_told(archive: Path) -> None:
    told: list[str] = []
    inspect_reference(str(archive), environ={}, today=TODAY, progress=told.append)
    assert any("MB read" in text for text in told)
    assert told[-1] == "looking at what is installed"


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageReferenceError, match="no such"):
        inspected(f"dir:{tmp_path}/missing")


def test_of_two_facts_the_surer_one_stays() -> None:
    sure = Fact(value="1", source="a")
    likely = Fact(value="2", source="b", confidence=Confidence.LIKELY)
    later = Fact(value="3", source="c")
    assert merged((Catalog(facts={"x": sure}), Catalog(facts={"x": likely}))).facts == {"x": sure}
    assert merged((Catalog(facts={"x": likely}), Catalog(facts={"x": sure}))).facts == {"x": sure}
    assert merged((Catalog(facts={"x": sure}), Catalog(facts={"x": later}))).facts == {"x": later}
