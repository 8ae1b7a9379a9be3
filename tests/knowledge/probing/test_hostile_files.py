"""Files that are meant to mislead whoever probes them, by their names, their content or their addresses."""

from __future__ import annotations

import hashlib
import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fakes.indexes.sdists import build_sdist
from fakes.indexes.wheels import build_wheel
from fakes.probing.probed_stacks import USUAL, kept, pinned, probed, prober
from knowledge.confinement.limits import Limits
from knowledge.probing.errors import ProbingError
from knowledge.probing.interpreters import interpreter_at
from knowledge.probing.records import PinnedFile, ProbeTask, Verdict

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="probes are confined on Linux alone")


@pytest.mark.parametrize(
    "filename", ["app-2-py3-none-any.whl", "other-1-py3-none-any.whl", "../app-1.tar.gz"]
)
def test_a_file_of_another_release_is_not_taken_for_the_one_that_is_pinned(
    tmp_path: Path, filename: str
) -> None:
    name, version = filename.split("-")[:2] if filename.endswith(".whl") else ("app", "1")
    content = build_wheel(name, version, files={"app/__init__.py": b""})
    place = tmp_path / Path(filename).name
    place.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    pin = PinnedFile(project="app", version="1", filename=filename, url=str(place), sha256=digest)
    result = prober(tmp_path, USUAL, build_limits=USUAL).probe(ProbeTask(pins=(pin,), roots=("app",)))
    assert result.failure is not None
    assert result.verdict is Verdict.NOT_KNOWN
    assert "it is no file of app==1" in result.failure.message


BACKEND = """
import os, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "app-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        for path, text in {{
            "app.py": "", "app-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\\nTag: py3-none-any\\n",
            "app-{version}.dist-info/METADATA": "Metadata-Version: 2.1\\nName: app\\nVersion: {version}\\n",
            "app-{version}.dist-info/RECORD": "app.py,,\\n",
        }}.items():
            wheel.writestr(path, text)
    return name
"""
PYPROJECT = b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BUILD = Limits(time_s=30.0, memory_bytes=1 << 30, processes=128, disk_bytes=64 << 20, output_bytes=8 << 20)


@pytest.mark.parametrize(("version", "verdict"), [("1", "passed"), ("2", "failed"), ("1+label", "failed")])
def test_a_build_that_makes_another_version_is_not_that_release(
    tmp_path: Path, version: str, verdict: str
) -> None:
    files = {"pyproject.toml": PYPROJECT, "backend.py": BACKEND.format(version=version).encode()}
    pin = kept(tmp_path, "app", "app-1.tar.gz", build_sdist("app", "1", files=files))
    result = prober(tmp_path, USUAL, build_limits=BUILD).probe(ProbeTask(pins=(pin,), roots=("app",)))
    assert result.verdict == verdict


def test_directories_without_end_leave_nothing(tmp_path: Path) -> None:
    deep = {"app/__init__.py": "", f"app/{'a/' * 1_800}x.py": ""}
    assert probed(tmp_path, {"app": deep}).verdict is Verdict.PASSED
    assert list((tmp_path / "probes").iterdir()) == []


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """An address of this machine, and the paths that were asked for there."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()
        thread.join()


def test_an_address_gets_no_variable_of_the_installer(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    origin, paths = asked
    filename = "app-1-py3-none-any.whl"
    pin = PinnedFile(project="app", version="1", filename=filename, url=f"{origin}/${{HOME}}/{filename}")
    assert prober(tmp_path).probe(ProbeTask(pins=(pin,))).verdict is Verdict.NOT_KNOWN
    assert paths
    assert all("HOME" in path for path in paths)


def test_a_hash_is_no_place_for_options(tmp_path: Path) -> None:
    pin = pinned(tmp_path, "app", {"app/__init__.py": ""})
    pin = msgspec.structs.replace(pin, sha256=f"{pin.sha256}\n--find-links /")
    result = prober(tmp_path).probe(ProbeTask(pins=(pin,)))
    assert result.failure is not None
    assert (result.verdict, "its hash is none" in result.failure.message) == (Verdict.NOT_KNOWN, True)


def test_a_release_may_have_a_module_called_like_what_imports_it(tmp_path: Path) -> None:
    projects = {"app": {"app.py": ""}, "worker": {"worker/__init__.py": "mark = 1"}}
    assert probed(tmp_path, projects, script="import worker; worker.mark").verdict is Verdict.PASSED


def test_what_an_exception_says_steers_no_terminal_and_is_told_whatever_it_holds(tmp_path: Path) -> None:
    code = "raise ValueError('\\x1b[2J\\x9b31m \\u202e \\udc80 end')"
    result = probed(tmp_path, {"app": {"app/__init__.py": code}})
    assert result.failure is not None
    assert (result.failure.error, result.failure.message) == ("ValueError", "?[2J?31m ? ? end")
    assert all(line.isprintable() for line in result.trace)


@pytest.mark.parametrize(
    ("name", "value"),
    [("libc", "glibc evil"), ("machine", "x86_64 --index-url"), ("version", "3.\N{FULLWIDTH DIGIT ONE}.7")],
)
def test_what_an_interpreter_says_of_itself_is_not_believed_blindly(
    tmp_path: Path, name: str, value: str
) -> None:
    told: dict[str, str | bool] = {
        "implementation": "cpython", "version": "3.11.7", "prefix": "/usr", "libc": "glibc 2.36",
        "machine": "x86_64", "is_free_threaded": False,
    }  # fmt: skip
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{msgspec.json.encode(told | {name: value}).decode()}\nEND\n")
    program.chmod(0o755)
    with pytest.raises(ProbingError):
        interpreter_at(program, tmp_path)
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{msgspec.json.encode(told).decode()}\nEND\n")
    assert interpreter_at(program, tmp_path).libc == "glibc 2.36"
