"""``stackwright topics`` on what is there besides JSON Lines: wheels, environments, images, the store."""

from __future__ import annotations

import json
import os
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from fakes.about.documents import kind_documents
from fakes.commands import Commands
from fakes.images.image_files import FakeImage, write_docker_archive, write_oci_layout
from fakes.images.layers import file, layer
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel

SITE = "usr/lib/python3.11/site-packages"
SUMMARIES = {
    "httpish": "asynchronous http client for requests",
    "webbish": "http client with cookies and requests",
    "plotish": "draws charts and figures",
}


def metadata(name: str, summary: str, version: str = "1.0") -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {summary}\n\n{summary}.\n"


def wheel(name: str, summary: str, version: str = "1.0") -> bytes:
    return build_wheel(name, version, metadata=metadata(name, summary, version).encode())


def similar(commands: Commands, source: str | Path, *more: str) -> Any:
    ran = commands.main("topics", "similar", "httpish", "--documents", source, "--format", "json", *more)
    assert ran.code == 0, ran.err
    return ran.json


def first(report: Any) -> tuple[str, set[str]]:
    [package] = report["packages"]
    return package["similar"][0]["name"], set(package["similar"][0]["shares"])


def installed_layer() -> bytes:
    return layer(
        *(
            file(f"{SITE}/{name}-1.0.dist-info/METADATA", metadata(name, summary).encode())
            for name, summary in SUMMARIES.items()
        ),
        file(f"{SITE}/broken-1.0.dist-info/METADATA", b"Summary: nameless\n\n"),
    )


def test_a_directory_of_wheels(stackwright: Commands) -> None:
    for name, summary in SUMMARIES.items():
        stackwright.write(f"wheels/{name}-1.0-py3-none-any.whl", wheel(name, summary))
    stackwright.write("wheels/httpish-0.9-py3-none-any.whl", wheel("httpish", "draws charts", "0.9"))
    stackwright.write("wheels/broken-1.0-py3-none-any.whl", b"no archive")
    stackwright.write("wheels/plotish-10.0-py3-none-any.whl", b"PK\x03\x04")
    report = similar(stackwright, "wheels")
    assert report["indexed"] == 3
    assert first(report) == ("webbish", {"http", "client", "request"})
    assert sorted(Path(each["where"]).name for each in report["unknowns"]) == [
        "broken-1.0-py3-none-any.whl",
        "plotish-10.0-py3-none-any.whl",
    ]


def test_one_wheel_and_a_directory_are_classified(stackwright: Commands) -> None:
    stackwright.write("wheels/webbish-1.0-py3-none-any.whl", wheel("webbish", SUMMARIES["webbish"]))
    for subject in ("wheels/webbish-1.0-py3-none-any.whl", "./wheels"):
        ran = stackwright.main("topics", "classify", subject, "--format", "json", "--certainty", "0.01")
        assert [each["name"] for each in ran.json["packages"]] == ["webbish"]
        assert ran.json["packages"][0]["labels"]


def test_the_running_environment_and_its_site_packages(stackwright: Commands) -> None:
    site = sysconfig.get_path("purelib")
    found = [path.name for path in Path(site).glob("*.dist-info")]
    names = [name.partition("-")[0].lower().replace("_", "-") for name in found]
    ran = stackwright.main("topics", "classify", site, "--small", "--format", "json")
    assert {each["name"].lower().replace("_", "-").replace(".", "-") for each in ran.json["packages"]} == {
        name.replace(".", "-") for name in names
    }
    again = stackwright.main("topics", "similar", "pytest", "--documents", site, "--format", "json")
    assert again.json["indexed"] == len(found)
    assert again.json["packages"][0]["similar"][0]["shares"]


def test_a_virtual_environment(stackwright: Commands) -> None:
    for name, summary in SUMMARIES.items():
        stackwright.write(
            f".venv/lib/python3.11/site-packages/{name}-1.0.dist-info/METADATA", metadata(name, summary)
        )
    stackwright.write(".venv/lib/python3.11/site-packages/empty-1.0.dist-info/RECORD", "")
    report = similar(stackwright, ".venv")
    assert report["indexed"] == 3
    assert first(report)[0] == "webbish"
    assert [each["where"] for each in report["unknowns"]] == [
        "lib/python3.11/site-packages/empty-1.0.dist-info/METADATA"
    ]
    assert "webbish  " in stackwright.main("topics", "classify", ".venv").out


def test_an_archive_a_layout_and_a_saved_report(stackwright: Commands) -> None:
    image = FakeImage(layers=(installed_layer(),))
    write_docker_archive(stackwright.path("image.tar"), image)
    stackwright.path("unnamed").write_bytes(stackwright.path("image.tar").read_bytes())
    write_oci_layout(stackwright.path("layout"), image)
    for source in ("image.tar", "unnamed", "layout", "docker-archive:image.tar"):
        report = similar(stackwright, source)
        assert report["indexed"] == 3
        assert first(report) == ("webbish", {"http", "client", "request"})
        assert [each["where"] for each in report["unknowns"]] == [f"{SITE}/broken-1.0.dist-info/METADATA"]
    inspected = stackwright.main("inspect", "image.tar", "--format", "json")
    stackwright.write("report.json", inspected.out)
    ran = stackwright.main("topics", "similar", "--documents", "report.json", "--format", "json")
    assert ran.code == 0, ran.err
    assert ran.json["indexed"] == len({each["name"] for each in inspected.json["distributions"]}) > 0


def test_the_store_that_advise_filled(stackwright: Commands) -> None:
    index = FakeIndex()
    for name, summary in SUMMARIES.items():
        index.add_file(name, f"{name}-1.0-py3-none-any.whl", wheel(name, summary))
    with IndexServer(index) as server:
        requirements = list(SUMMARIES)
        advised = stackwright.advise(*requirements, PIP_INDEX_URL=server.url)
        assert advised.code == 0, advised.err
        index.add_file("httpish", "httpish-2.0-py3-none-any.whl", wheel("httpish", "talks http", "2.0"))
        assert stackwright.advise("httpish", "--refresh", PIP_INDEX_URL=server.url).code == 0
    report = similar(stackwright, "store:")
    assert report["indexed"] == 3
    assert first(report) == ("webbish", {"http"})  # of the newest release, which says less
    stored = json.loads(
        (stackwright.home / ".local/share/stackwright/similar-index/manifest.json").read_text()
    )
    assert stored["data_digest"].startswith("sha256:")
    ran = stackwright.main("topics", "classify", "store:", "--format", "json")
    assert [each["name"] for each in ran.json["packages"]] == sorted(SUMMARIES)
    elsewhere = stackwright.main("topics", "similar", "--documents", "store:", "--store", "none.sqlite3")
    assert (elsewhere.code, stackwright.path("none.sqlite3").exists()) == (2, False)
    assert "there is no store" in elsewhere.err


def test_a_topic_model_is_learnt_from_an_image_and_updated_from_wheels(stackwright: Commands) -> None:
    pytest.importorskip("sklearn")
    files = [
        file(f"{SITE}/{each.name}-1.0.dist-info/METADATA", metadata(each.name, each.summary).encode())
        for each in kind_documents()
    ]
    write_docker_archive(stackwright.path("image.tar"), FakeImage(layers=(layer(*files),)))
    shown = stackwright.main(
        "topics", "show", "--documents", "image.tar", "--topics", "4", "--format", "json"
    )
    assert shown.code == 0, shown.err
    assert shown.json["documents"] == 120
    stackwright.write("wheels/p1-1.0-py3-none-any.whl", wheel("p1", "http client request"))
    updated = stackwright.main("topics", "update", "wheels", "--format", "json")
    assert updated.code == 0, updated.err
    assert updated.json["documents"] == 121


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["similar", "x"], 2, "--documents store:"),
        (["similar", "--documents", "store:"], 2, "there is no store"),
        (["similar", "--documents", "empty"], 2, "neither wheels nor what is installed"),
        (["similar", "--documents", "absent.whl"], 2, "absent.whl: No such file"),
        (["similar", "--documents", "pipe.whl"], 2, "pipe.whl: is no regular file"),
        (["similar", "--documents", "absent"], 2, "absent: No such file"),
        (["similar", "--documents", "oci:absent"], 2, "absent"),
        (["classify", "./empty"], 2, "neither wheels nor what is installed"),
    ],
)
def test_mistakes_are_told_in_few_lines(
    stackwright: Commands, arguments: list[str], code: int, told: str
) -> None:
    stackwright.path("empty").mkdir()
    os.mkfifo(stackwright.path("pipe.whl"))
    ran = stackwright.main("topics", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert len(ran.err.splitlines()) <= 2


def test_standard_input_is_not_read_twice(stackwright: Commands) -> None:
    pytest.importorskip("gensim")
    lines = b"".join(
        json.dumps({"name": name, "summary": text}).encode() + b"\n" for name, text in SUMMARIES.items()
    )
    assert stackwright.main("topics", "similar", "--documents", "-", stdin=lines).out.startswith("3 packages")
    ran = stackwright.main("topics", "similar", "--documents", "-", "--vectors", stdin=lines)
    assert ran.code == 2
    assert "needed more than once" in ran.err
