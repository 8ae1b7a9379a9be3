"""The pip and the uv of this environment fail for a reason that we made, and their output tells it."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from analyzers.buildlogs import read_build_log
from analyzers.buildlogs.records import BuildLog, Cause, Step
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

pytestmark = pytest.mark.slow

UV = Path(sys.executable).with_name("uv")
PYPROJECT = b'[build-system]\nrequires = []\nbuild-backend = "back"\nbackend-path = ["."]\n'
BACKEND = """\
import subprocess
import sys


def prepare_metadata_for_build_wheel(folder, settings=None):
    import pathlib

    place = pathlib.Path(folder) / "{name}-1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
    return place.name


def build_wheel(folder, settings=None, metadata=None):
    {body}
"""
BODIES = {
    "header": 'subprocess.run(["cc", "-c", "x.c"], check=True)',
    "compiler": 'subprocess.run(["absent-gcc", "-c", "x.c"], check=True)',
    "program": 'subprocess.run(["absent_config", "--libs"], check=True)',
    "module": "import absent_module",
    "raising": 'raise ValueError("the backend gives up")',
    "leaving": 'sys.exit("it cannot be built here")',
    "killed": "import os; os.kill(os.getpid(), 9)",
    "full": 'raise OSError(28, "No space left on device")',
    "broken": 'compile("print x", "x.py", "exec")',
}


def sdist(name: str, body: str) -> bytes:
    backend = BACKEND.format(name=name, body=body)
    files: Mapping[str, bytes] = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        "pyproject.toml": PYPROJECT,
        "back.py": backend.encode(),
        "x.c": b"#include <absent_header.h>\n",
    }
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"{name}-1.0/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture(scope="module")
def index_url() -> Iterator[str]:
    index = FakeIndex()
    for name, body in BODIES.items():
        index.add_file(name, f"{name}-1.0.tar.gz", sdist(name, body))
    for name, requires in (("one", "shared<2"), ("two", "shared>=2"), ("needy", "header")):
        index.add(name, "1.0", requires=[requires])
    index.add("shared", "1.0")
    index.add("shared", "2.0")
    index.add("later", "1.0", requires_python=">=3.99")
    with IndexServer(index) as running:
        yield running.url


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_NO_CONFIG": "1",
        "UV_HTTP_RETRIES": "0",
        "NO_COLOR": "1",
    }


@pytest.fixture(scope="module")
def pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has pip: ours, or one of a new environment, with the pip that Python brings."""
    if importlib.util.find_spec("pip") is not None:
        return Path(sys.executable)
    place = tmp_path_factory.mktemp("pip") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, timeout=120)
    return place / "bin" / "python"


@pytest.fixture(params=["pip", "uv"])
def install(request: pytest.FixtureRequest, tmp_path: Path, index_url: str, pip: Path) -> Iterator[Install]:
    if request.param == "uv" and not UV.exists():
        pytest.skip("this environment has no uv")
    yield Install(request.param, tmp_path, index_url, pip)


class Install:
    """Installs from the fake index into a folder, and reads what was said."""

    def __init__(self, installer: str, folder: Path, index_url: str, python: Path) -> None:
        self.installer, self.folder = installer, folder
        self._index_url, self._python = index_url, str(python)

    def __call__(self, *requirements: str, index_url: str | None = None) -> BuildLog:
        target = str(self.folder / "target")
        if self.installer == "pip":
            command = [self._python, "-m", "pip", "install", "--no-cache-dir", "--retries", "1"]
        else:
            command = [str(UV), "pip", "install", "--no-cache", "--python", sys.executable]
        command += ["--index-url", index_url or self._index_url, "--target", target, *requirements]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        log = read_build_log(done.stdout)
        assert log.installer == self.installer, done.stdout
        assert bool(done.returncode) == bool(log.lasting), done.stdout
        return log


def told(log: BuildLog) -> tuple[str, str, Step, Cause, str]:
    (found,) = log.failures
    return found.package, found.version, found.step, found.cause, found.missing


CAUSES = [
    ("header", Cause.MISSING_HEADER, "absent_header.h"),
    ("compiler", Cause.MISSING_COMPILER, "absent-gcc"),
    ("program", Cause.MISSING_PROGRAM, "absent_config"),
    ("module", Cause.MISSING_MODULE, "absent_module"),
    ("raising", Cause.BUILD_BACKEND, ""),
    ("killed", Cause.OUT_OF_MEMORY, ""),
    ("full", Cause.DISK_FULL, ""),
    ("broken", Cause.SYNTAX_OF_SETUP, ""),
]


@pytest.mark.parametrize(("name", "cause", "missing"), CAUSES, ids=[row[0] for row in CAUSES])
def test_a_build_that_fails(install: Install, name: str, cause: Cause, missing: str) -> None:
    if name == "header" and shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    log = install(name)
    assert told(log) == (name, "1.0", Step.BUILD, cause, missing)
    assert log.failed == (name,)


def test_a_build_that_ends_without_a_word_of_any_tool(install: Install) -> None:
    (found,) = install("leaving").failures
    assert (found.package, found.step, found.cause) == ("leaving", Step.BUILD, Cause.UNKNOWN)
    assert found.message == "it cannot be built here"


def test_who_asked_for_it(install: Install) -> None:
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    log = install("needy")
    (found,) = (one for one in log.failures if one.package == "header")
    assert [one.partition("==")[0] for one in found.requested_by] == ["needy"]


def test_what_no_index_has(install: Install) -> None:
    expected = ("absent", "", Step.RESOLVE, Cause.NO_MATCHING_DISTRIBUTION, "absent>=2")
    assert told(install("absent>=2")) in (expected, (*expected[:4], "absent"))


def test_a_version_that_there_is_not(install: Install) -> None:
    assert told(install("shared==9")) == (
        "shared", "", Step.RESOLVE, Cause.NO_MATCHING_DISTRIBUTION, "shared==9",
    )  # fmt: skip


def test_another_python(install: Install) -> None:
    package, _, step, cause, missing = told(install("later"))
    assert (package, step, cause, missing) == ("later", Step.RESOLVE, Cause.WRONG_PYTHON, "Python >=3.99")


def test_a_conflict(install: Install) -> None:
    (found,) = install("one", "two").failures
    assert (found.step, found.cause) == (Step.RESOLVE, Cause.CONFLICT)
    assert {one[:3] for one in found.conflicting} == {"one", "two"}


def test_another_file_than_was_stated(install: Install) -> None:
    requirements = install.folder / "hashes.txt"
    requirements.write_text(f"shared==1.0 --hash=sha256:{'0' * 64}\n")
    package, version, step, cause, _ = told(install("--require-hashes", "-r", "hashes.txt"))
    assert (package, version, step, cause) == ("shared", "1.0", Step.DOWNLOAD, Cause.HASH_MISMATCH)


def test_an_index_that_does_not_answer(install: Install) -> None:
    package, _, _, cause, _ = told(install("shared", index_url="http://127.0.0.1:9/simple/"))
    assert (package, cause) == ("shared", Cause.NETWORK)


def test_what_goes_well(install: Install) -> None:
    log = install("shared")
    assert log.failures == ()
    assert [(one.package, one.version, one.is_successful) for one in log.installation] == [
        ("shared", "2.0", True)
    ]
