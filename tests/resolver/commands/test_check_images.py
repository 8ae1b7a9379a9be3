"""``check`` of an image as a user runs it: its own files are the truth, and no network is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.images import layers as tar
from fakes.images.image_files import FakeImage, write_docker25_archive, write_docker_archive, write_oci_layout
from fakes.images.image_servers import DockerServer, missing_programs
from fakes.images.python_roots import distribution_files
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

SITE = "usr/local/lib/python3.11/site-packages"
ASKS = "from lib.urls import quote\n"
HAS = "def quote(text):\n    return text\n"
FAILS = "error: app 1.0 fails with lib 2.0: cannot import name 'quote' from 'lib.urls'"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(FakeIndex()) as running:
        yield running


def installed(site: str, name: str, version: str, files: Mapping[str, str]) -> bytes:
    """A layer in which a distribution is installed."""
    record = "".join(f"{path},,\n" for path in files)
    found = distribution_files(site, name, version, {"RECORD": record.encode()})
    found |= {f"{site}/{path}".encode(): text.encode() for path, text in files.items()}
    return tar.layer(*(tar.file(path, content) for path, content in found.items()))


def image(urls: str, *more: bytes, site: str = SITE) -> FakeImage:
    app = installed(site, "app", "1.0", {"app/__init__.py": ASKS})
    lib = installed(site, "lib", "2.0", {"lib/__init__.py": "", "lib/urls.py": urls})
    return FakeImage(layers=(app, lib, *more))


def archive(path: Path, made: FakeImage) -> str:
    return write_docker_archive(path, made).name


def new_archive(path: Path, made: FakeImage) -> str:
    return write_docker25_archive(path, made).name


def layout(path: Path, made: FakeImage) -> str:
    return write_oci_layout(path.with_suffix(""), made).name


def prefixed_layout(path: Path, made: FakeImage) -> str:
    return f"oci:{layout(path, made)}"


@pytest.mark.parametrize("written", [archive, new_archive, layout, prefixed_layout])
def test_what_fails_is_told_with_its_line(
    stackwright: Commands, server: IndexServer, written: Callable[[Path, FakeImage], str]
) -> None:
    ran = stackwright.main("check", written(stackwright.path("web.tar"), image("")))
    told = " ".join(ran.out.split())
    assert (ran.code, ran.err, server.paths()) == (1, "", [])
    assert f"{FAILS} ({SITE}/app/__init__.py:1)" in told
    assert "1 failure that nothing catches" in told


@pytest.mark.parametrize("written", [archive, layout])
def test_what_runs_passes(stackwright: Commands, written: Callable[[Path, FakeImage], str]) -> None:
    subject = written(stackwright.path("web.tar"), image(HAS))
    ran = stackwright.main("check", subject)
    assert (ran.code, ran.out) == (0, f"2 releases of {subject}: nothing fails for certain\n")


def test_what_a_higher_layer_removes_or_replaces_does_not_count(stackwright: Commands) -> None:
    newer = installed(SITE, "lib", "3.0", {"lib/__init__.py": "", "lib/urls.py": HAS})
    gone = tar.layer(tar.whiteout(f"{SITE}/lib-2.0.dist-info"))
    write_docker_archive(stackwright.path("web.tar"), image("", gone, newer))
    ran = stackwright.main("check", "web.tar", "--format", "json")
    assert (ran.code, ran.json["releases"]) == (0, {"app": "1.0", "lib": "3.0"})
    write_docker_archive(
        stackwright.path("web.tar"), image(HAS, tar.layer(tar.whiteout(f"{SITE}/lib/urls.py")))
    )
    ran = stackwright.main("check", "web.tar")
    assert (ran.code, "No module named 'lib.urls'" in ran.out) == (1, True)


def test_each_environment_is_one_of_its_own(stackwright: Commands) -> None:
    venv = installed("opt/venv/lib/python3.11/site-packages", "lib", "2.0", {"lib/__init__.py": ""})
    other = installed("opt/other/lib/python3.8/site-packages", "app", "1.0", {"app/__init__.py": ASKS})
    write_docker_archive(stackwright.path("web.tar"), image(HAS, venv, other))
    ran = stackwright.main("check", "web.tar")
    assert ran.code == 0, ran.out
    assert ran.out.splitlines()[-1] == "2 releases of web.tar: nothing fails for certain"


DEBIAN, LOCAL = "usr/lib/python3/dist-packages", "usr/local/lib/python3.11/dist-packages"


def test_two_places_of_debian_are_one_environment(stackwright: Commands) -> None:
    lib = installed(DEBIAN, "lib", "2.0", {"lib/__init__.py": ""})
    app = installed(LOCAL, "app", "1.0", {"app/__init__.py": "from lib import gone\n"})
    write_docker_archive(stackwright.path("web.tar"), FakeImage(layers=[lib, app]))
    ran = stackwright.main("check", "web.tar")
    assert (ran.code, "app 1.0 fails with lib 2.0" in " ".join(ran.out.split())) == (1, True)


@pytest.mark.parametrize(("release", "code"), [("3.11", 0), ("3.12", 1)])
def test_the_python_is_that_beside_what_debian_installs(
    stackwright: Commands, release: str, code: int
) -> None:
    lib = installed(DEBIAN, "lib", "2.0", {"lib/__init__.py": "import asyncore\n"})
    library = tar.layer(tar.file(f"usr/lib/python{release}/os.py", ""))
    write_docker_archive(stackwright.path("web.tar"), FakeImage(layers=[lib, library]))
    ran = stackwright.main("check", "web.tar")
    told = "No module named 'asyncore' in Python 3.12" in " ".join(ran.out.split())
    assert (ran.code, told) == (code, bool(code))


def test_code_is_imported_beside_what_an_image_has(stackwright: Commands) -> None:
    write_docker_archive(stackwright.path("web.tar"), image(""))
    stackwright.write("main.py", "import lib\n")
    assert stackwright.main("check", "web.tar", "--source", "main.py").code == 0
    stackwright.write("main.py", "import lib.urls\n\nlib.urls.quote('x')\n")
    ran = stackwright.main("check", "web.tar", "--source", "main.py")
    assert (ran.code, "main.py:3" in ran.out) == (1, True)


def test_lines_fit_a_narrow_terminal(stackwright: Commands) -> None:
    write_docker_archive(stackwright.path("web.tar"), image(""))
    ran = stackwright.main("check", "web.tar", COLUMNS="80")
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("subject", "code", "told"),
    [
        ("gone.tar", 2, "gone.tar: there is no such file or directory"),
        ("oci:gone", 2, "no such directory: gone"),
        ("damaged.tar", 3, "damaged.tar"),
        ("bare.tar", 2, "bare.tar: no distribution is installed there"),
        ("docker:", 2, "names no image"),
    ],
)
def test_what_is_no_image_is_told_in_a_line_or_two(
    stackwright: Commands, subject: str, code: int, told: str
) -> None:
    whole = write_docker_archive(stackwright.path("whole.tar"), image(HAS)).read_bytes()
    stackwright.path("damaged.tar").write_bytes(whole[: len(whole) // 2])
    write_docker_archive(stackwright.path("bare.tar"), FakeImage(layers=(tar.layer(tar.file("etc/x")),)))
    ran = stackwright.main("check", subject)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) <= 3


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.xdist_group("image servers")
def test_an_image_of_a_running_daemon(tmp_path: Path) -> None:
    reason = missing_programs("dockerd", "containerd")
    if reason is not None:
        pytest.skip(reason)
    commands = Commands(tmp_path)
    write_docker_archive(commands.path("web.tar"), image(""))
    with DockerServer() as docker:
        docker.load(commands.path("web.tar"), tag="team/web:1")
        for subject in ("docker:team/web:1", "team/web:1"):
            ran = commands.main("check", subject, DOCKER_HOST=docker.url)
            assert (ran.code, FAILS in " ".join(ran.out.split())) == (1, True), ran.err
