"""``stackwright advise`` in a repository, without arguments: what it finds, says, assumes and writes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.commands import SCRIPT, Commands
from fakes.indexes.faults import Fault
from fakes.indexes.server import IndexServer
from fakes.repositories import ENVIRONMENTS, PROJECT, repository_index, told


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(repository_index()) as running:
        yield running


def pins(path: Path) -> dict[str, str]:
    packages = tomllib.loads(path.read_text()).get("packages", [])
    return {package["name"]: package["version"] for package in packages}


def test_a_repository_is_all_that_is_needed(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", PROJECT)
    stackwright.write("requirements.txt", "checker\n")
    stackwright.write("shop/app.py", "import six\n")
    ran = stackwright.advise()
    assert ran.code == 0, ran.err
    said = told(ran)
    assert said["Code"] == "1 file of Python; releases must have what the code uses"
    assert said["Lock"] == "pylock.toml is made; there is no lockfile yet"
    assert said["Assumes"] == "it will run on this machine; see --image and --platform"
    assert told(ran)["Found"].startswith("pyproject.toml, 1 requirement, without ")
    assert told(ran)["Target"].startswith("this machine, Python 3.")
    assert pins(stackwright.path("pylock.toml")) == {"lib": "2.0", "six": "1.16.0"}
    assert ran.out.endswith("Wrote pylock.toml\n")


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_five_lines_fit_the_terminal(stackwright: Commands, columns: int) -> None:
    stackwright.write("pyproject.toml", PROJECT)
    for number in range(300):
        stackwright.write(f"requirements-{number}.txt", "lib\n")
    ran = stackwright.advise(COLUMNS=str(columns))
    lines = ran.err.splitlines()[:5]
    assert max(map(len, lines)) <= columns
    assert columns == 40 or "300 others" in lines[0] or "and 295 more" in lines[0]


@pytest.mark.slow
def test_they_are_not_said_when_quiet_and_the_lock_is_written_all_the_same(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib\n")
    ran = stackwright.run("advise", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert pins(stackwright.path("pylock.toml")) == {"lib": "2.0"}


def test_the_same_repository_gives_the_same_words_and_bytes(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib\n")
    first = stackwright.advise()
    content = stackwright.path("pylock.toml").read_bytes()
    stackwright.path("pylock.toml").unlink()
    second = stackwright.advise()
    assert told(first) == told(second)
    assert stackwright.path("pylock.toml").read_bytes() == content


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({"setup.cfg": "[options]\ninstall_requires =\n    lib\n"}, "setup.cfg"),
        ({"setup.py": "from setuptools import setup\nsetup(install_requires=['lib'])\n"}, "setup.py"),
        ({"environment.yml": "dependencies:\n- python\n- pip:\n  - lib\n"}, "environment.yml"),
        ({"requirements/base.txt": "lib\n", "requirements/dev.txt": "checker\n"}, "requirements/base.txt"),
        ({"requirements-dev.txt": "checker\n", "prod-requirements.txt": "lib\n"}, "prod-requirements.txt"),
        ({"requirements.txt": "# none\n", "setup.cfg": "[options]\ninstall_requires = lib\n"}, "setup.cfg"),
        ({"requirements-test.txt": "lib\n"}, "requirements-test.txt"),
    ],
)
def test_the_first_manifest_that_states_requirements_counts(
    stackwright: Commands, files: dict[str, str], chosen: str
) -> None:
    for name, content in files.items():
        stackwright.write(name, content)
    ran = stackwright.advise("--format", "requirements", "--no-hashes")
    assert ran.code == 0, ran.err
    assert told(ran)["Found"].startswith(f"{chosen}, 1 requirement")
    assert "lib==2.0" in ran.out
    assert not stackwright.path("pylock.toml").exists()


def test_code_without_a_manifest_is_asked_what_it_imports(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    stackwright.write("job.py", "import six\n")
    ran = stackwright.advise()
    assert ran.code == 0, ran.err
    assert told(ran)["Found"] == "no manifest; what the code imports is asked for"
    assert pins(stackwright.path("pylock.toml")) == {"six": "1.16.0"}


def test_an_empty_directory_is_told_what_to_do(stackwright: Commands) -> None:
    ran = stackwright.advise()
    assert ran.code == 2
    assert ran.err.startswith("stackwright: error: there is nothing to advise on\n  name requirements")


def test_manifests_of_folders_are_named_where_none_is_here(stackwright: Commands) -> None:
    stackwright.write("services/web/pyproject.toml", PROJECT)
    stackwright.write("services/web/app.py", "import lib\n")
    stackwright.write("services/jobs/requirements.txt", "six\n")
    ran = stackwright.advise()
    assert ran.code == 2
    assert told(ran)["Found"].startswith("no manifest here, but 2 in folders")
    named = "-r services/jobs/requirements.txt -r services/web/pyproject.toml"
    assert ran.err.endswith(f"folders below have manifests; name those that count: {named}\n")
    assert stackwright.advise("-r", "services/jobs/requirements.txt").code == 0


def test_groups_that_are_all_there_is_are_named(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", '[dependency-groups]\ntest = ["lib"]\n')
    ran = stackwright.advise()
    assert ran.code == 2
    assert ran.err.endswith("only groups state requirements here; name one: --group test\n")
    assert stackwright.advise("--group", "test").code == 0


def test_the_base_image_of_the_last_stage_is_the_target(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib\nwheels\n")
    dockerfile = "ARG TAG=3.12-alpine3.19\nFROM python:${TAG} AS base\nFROM node:20\nFROM base\nCMD x\n"
    stackwright.write("Dockerfile", dockerfile)
    ran = stackwright.advise(DOCKER_HOST="tcp://192.0.2.1:1", CONTAINER_HOST="tcp://192.0.2.1:1")
    assert ran.code == 0, ran.err
    assert told(ran)["Target"] == "python:3.12-alpine3.19 (Dockerfile:2), not on this machine"
    assert told(ran)["Assumes"].startswith("Python 3.12, alpine 3.19 with musl 1.2, ")
    assert told(ran)["Assumes"].endswith(", by the tag; exact with --image python:3.12-alpine3.19")
    assert pins(stackwright.path("pylock.toml")) == {"lib": "2.0", "wheels": "1.0"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("FROM scratch\n", "Dockerfile:1: it is built on nothing (scratch)"),
        ("ARG BASE\nFROM ${BASE}\n", "Dockerfile:2: ${BASE} has no value for its argument"),
        ("FROM example.com/ours:7\n", "Dockerfile:1: example.com/ours:7 is not here, its tag says nothing"),
        ("RUN true\n", "no Dockerfile"),
    ],
)
def test_what_a_dockerfile_does_not_tell_is_said(stackwright: Commands, content: str, said: str) -> None:
    stackwright.write("requirements.txt", "lib\n")
    stackwright.write("Dockerfile", content)
    ran = stackwright.advise(
        DOCKER_HOST="tcp://192.0.2.1:1", CONTAINER_HOST="tcp://192.0.2.1:1", COLUMNS="120"
    )
    assert ran.code == 0, ran.err
    assert told(ran)["Target"].startswith("this machine, ")
    assert said in told(ran)["Target"]


def test_a_platform_that_nothing_has_is_passed_over(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib\n")
    stackwright.write("Dockerfile", "FROM --platform=abacus python:3.12-bookworm\n")
    ran = stackwright.advise(DOCKER_HOST="tcp://192.0.2.1:1", CONTAINER_HOST="tcp://192.0.2.1:1")
    assert ran.code == 0, ran.err
    assert told(ran)["Assumes"].startswith("Python 3.12, debian 12 with glibc 2.36, ")


def test_pipes_in_the_place_of_files_block_nothing(stackwright: Commands) -> None:
    stackwright.write("setup.cfg", "[options]\ninstall_requires = lib\n")
    for name in ("requirements.txt", "Dockerfile", "uv.lock"):
        os.mkfifo(stackwright.path(name))
    ran = stackwright.advise()
    assert ran.code == 0, ran.err
    assert told(ran)["Found"] == "setup.cfg, 1 requirement"
    os.mkfifo(stackwright.path("pyproject.toml"))
    assert "pyproject.toml: it is a pipe" in stackwright.advise().err


def test_options_count_more_than_the_dockerfile(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib\n")
    stackwright.write("Dockerfile", "FROM python:3.12\n")
    ran = stackwright.advise("--python-version", "3.13", "--platform", "linux/arm64", "--format", "json")
    assert told(ran)["Target"] == "3.13 on linux/arm64 (options)"
    assert ran.json["environment"]["facts"]["arch"]["value"] == "aarch64"


def test_every_declared_environment_gets_its_lockfile(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", PROJECT + ENVIRONMENTS)
    stackwright.write("Dockerfile", "FROM python:3.12\n")
    ran = stackwright.advise()
    assert ran.code == 0, ran.err
    assert told(ran)["Target"] == "environments server, board (pyproject.toml)"
    assert told(ran)["Lock"] == "pylock.NAME.toml for each environment"
    assert pins(stackwright.path("pylock.server.toml")) == pins(stackwright.path("pylock.board.toml"))
    assert not stackwright.path("pylock.toml").exists()


def test_one_declared_environment_gets_its_own(stackwright: Commands) -> None:
    stackwright.write(
        "pyproject.toml", PROJECT + ENVIRONMENTS.partition("[tool.stackwright.environments.board]")[0]
    )
    ran = stackwright.advise()
    assert told(ran)["Lock"] == "pylock.server.toml, of the environment"
    assert pins(stackwright.path("pylock.server.toml")) == {"lib": "2.0"}


def test_the_lockfile_that_is_there_decides_which_is_written(stackwright: Commands) -> None:
    stackwright.write("Pipfile", '[packages]\nlib = "*"\n')
    stackwright.write("Pipfile.lock", "{}")
    ran = stackwright.advise()
    assert told(ran)["Lock"] == "Pipfile.lock, which is there and is replaced"
    assert '"lib"' in stackwright.path("Pipfile.lock").read_text()


def test_what_was_compiled_is_compiled_again(stackwright: Commands) -> None:
    stackwright.write("requirements.in", "lib\n")
    stackwright.write("requirements.txt", "lib==1.0\n")
    ran = stackwright.advise("--upgrade")
    assert told(ran)["Lock"] == "requirements.txt, compiled from requirements.in, is replaced"
    assert "lib==2.0" in stackwright.path("requirements.txt").read_text()


def test_a_manifest_is_never_replaced(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib==1.0\n")
    stackwright.advise()
    assert stackwright.path("requirements.txt").read_text() == "lib==1.0\n"
    assert pins(stackwright.path("pylock.toml")) == {"lib": "1.0"}


def test_pins_of_a_lock_that_cannot_be_written_are_kept(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib\n")
    stackwright.write(
        "uv.lock",
        'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "lib"\nversion = "1.0"\n'
        'source = { registry = "https://index.example/simple" }\n',
    )
    ran = stackwright.advise()
    assert told(ran)["Lock"] == "pylock.toml is made; what uv.lock pins is kept while it fits"
    assert pins(stackwright.path("pylock.toml")) == {"lib": "1.0"}


def test_links_of_a_repository_lead_nowhere_else(stackwright: Commands, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("checker\n")
    (outside / "victim").write_text("precious\n")
    stackwright.write("requirements.txt", "lib\n")
    stackwright.path("requirements.in").symlink_to(outside / "secret.txt")
    stackwright.path("setup.cfg").symlink_to("setup.cfg")
    stackwright.path("Dockerfile").symlink_to(outside / "victim")
    stackwright.path("pylock.toml").symlink_to(outside / "victim")
    ran = stackwright.advise("-q")
    assert ran.code == 2
    assert ran.err == (
        "stackwright: error: pylock.toml is a link that leads out of the directory\n"
        "  remove the link, or name a file with -o\n"
    )
    assert (outside / "victim").read_text() == "precious\n"


@pytest.mark.slow
def test_ten_thousand_manifests_are_no_trouble(stackwright: Commands) -> None:
    stackwright.write("requirements/base.txt", "lib\n")
    for number in range(10_000):
        stackwright.path(f"requirements/part-{number:05}.txt").touch()
    started = time.monotonic()
    ran = stackwright.advise()
    assert ran.code == 0, ran.err
    assert told(ran)["Found"].startswith("requirements/base.txt, 1 requirement; not ")
    assert "10,000 others" in told(ran)["Found"] or "more" in told(ran)["Found"]
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pylock.toml", "pylock.toml is no file\n  remove it, or name a file with -o\n"),
        (".thoth.yaml", ".thoth.yaml: it is a pipe"),
    ],
)
def test_pipes_in_the_place_of_what_must_be_a_file_are_refused(
    stackwright: Commands, name: str, said: str
) -> None:
    stackwright.write("requirements.txt", "lib\n")
    os.mkfifo(stackwright.path(name))
    ran = stackwright.advise()
    assert (ran.code, ran.err.startswith(f"stackwright: error: {said}")) == (2, True), ran.err


def test_a_directory_that_cannot_be_written_is_no_bug(stackwright: Commands) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes anywhere")
    stackwright.write("requirements.txt", "lib\n")
    stackwright.folder.chmod(0o555)
    try:
        ran = stackwright.advise()
    finally:
        stackwright.folder.chmod(0o755)
    assert ran.code == 3
    assert "pylock.toml" in ran.err.splitlines()[-1]


@pytest.mark.slow
def test_an_interrupt_leaves_no_lockfile_behind(stackwright: Commands, server: IndexServer) -> None:
    stackwright.write("requirements.txt", "lib\n")
    server.fault("/simple/lib/", Fault.stall())
    with stackwright.started("advise") as process:
        deadline = time.monotonic() + 60
        while not any("lib" in path for path in server.paths()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert sorted(path.name for path in stackwright.folder.iterdir()) == ["requirements.txt"]


@pytest.mark.slow
def test_closed_streams_are_no_error(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "lib\n")
    command = f"exec {SCRIPT} advise >&- 2>&-"
    done = subprocess.run(
        ["sh", "-c", command], cwd=stackwright.folder, env=stackwright.environ, timeout=60, check=False
    )
    assert done.returncode == 0
    assert pins(stackwright.path("pylock.toml")) == {"lib": "2.0"}


def test_a_check_says_that_nothing_is_written(stackwright: Commands) -> None:
    stackwright.write("requirements.in", "lib\n")
    assert stackwright.advise("-q").code == 0
    checked = stackwright.advise("--check")
    assert (checked.code, told(checked)["Lock"]) == (
        0,
        "pylock.toml is compared with what is advised, and nothing is written (--check)",
    )
