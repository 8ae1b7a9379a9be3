"""``stackwright advise`` and ``explain`` without requirements: base images that are read, and questions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.images.image_files import write_docker_archive, write_oci_layout
from fakes.images.image_servers import DockerServer, RegistryServer, missing_programs, push_layout
from fakes.images.web_images import web_image
from fakes.indexes.server import IndexServer
from fakes.repositories import ENVIRONMENTS, PROJECT, repository_index, told


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(repository_index()) as running:
        yield running


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.xdist_group("image servers")
def test_a_base_image_that_docker_has_is_read(stackwright: Commands) -> None:
    if (reason := missing_programs("dockerd", "containerd")) is not None:
        pytest.skip(reason)
    write_docker_archive(stackwright.path("web.tar"), web_image())
    stackwright.write("requirements.txt", "lib\n")
    stackwright.write("Dockerfile", "FROM team/web:1\n")
    with DockerServer() as docker:
        docker.load(stackwright.path("web.tar"), tag="team/web:1")
        ran = stackwright.advise(DOCKER_HOST=docker.url, CONTAINER_HOST="tcp://192.0.2.1:1")
    assert ran.code == 0, ran.err
    assert told(ran)["Target"] == "team/web:1 (Dockerfile:1), read from docker-daemon"
    assert told(ran)["Assumes"] == "nothing beyond what is stated and read"


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.xdist_group("image servers")
def test_a_base_image_of_a_registry_is_read_when_asked_for(stackwright: Commands) -> None:
    if (reason := missing_programs("docker-registry")) is not None:
        pytest.skip(reason)
    stackwright.environ.update(DOCKER_HOST="tcp://192.0.2.1:1", CONTAINER_HOST="tcp://192.0.2.1:1")
    stackwright.write("requirements.txt", "lib\n")
    with RegistryServer() as registry:
        push_layout(write_oci_layout(stackwright.path("pushed"), web_image()), registry.host, "team/web")
        reference = f"{registry.host}/team/web:latest"
        stackwright.write("Dockerfile", f"FROM {reference}\n")
        unasked = stackwright.advise()
        asked = stackwright.advise("--image", reference)
        stackwright.write("pyproject.toml", f'[tool.stackwright]\nimage = "{reference}"\n')
        stated = stackwright.advise()
    assert (unasked.code, asked.code, stated.code) == (0, 0, 0)
    assert told(unasked)["Target"].endswith(f"{reference} is not here, its tag says nothing)")
    assert told(unasked)["Assumes"].endswith(f"; exact with --image {reference}")
    assert told(asked)["Target"] == f"image {reference} (--image)"
    assert told(stated)["Target"] == f"image {reference} (pyproject.toml: [tool.stackwright])"
    assert "Advised for cpython 3.8.20 on linux x86_64 with glibc 2.28" in asked.out
    assert asked.out.splitlines()[0] == stated.out.splitlines()[0]


def test_a_question_is_about_the_stack_that_is_advised_here(stackwright: Commands) -> None:
    """The code counts, too, the lockfile where it is named; nothing is written."""
    stackwright.write("requirements.in", "lib\nsix\n")
    stackwright.write("app.py", "from six import PY3\n")
    asked = stackwright.main("explain", "lib==1.0")
    assert list(told(asked).values())[:2] == [
        "requirements.in, 2 requirements",
        "1 file of Python; releases must have what the code uses",
    ]
    assert told(asked)["Lock"] == "none is there"
    assert "lib 2.0 is in the stack" in asked.out
    assert stackwright.advise("lib<2", "-o", "pylock.toml", "-q").code == 0
    anew = stackwright.main("explain", "lib")
    assert told(anew)["Lock"].startswith("pylock.toml does not count here; --prefer pylock.toml")
    assert "lib 2.0 is in the stack" in anew.out
    kept = stackwright.main("explain", "lib", "--prefer", "pylock.toml")
    assert "lib 1.0 is in the stack" in kept.out
    assert sorted(path.name for path in stackwright.folder.iterdir()) == [
        "app.py",
        "pylock.toml",
        "requirements.in",
    ]


def test_a_question_with_several_environments_is_about_the_first(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", PROJECT + ENVIRONMENTS)
    asked = stackwright.main("explain", "lib")
    assert told(asked)["Target"].startswith("environment server, the first of several")
    assert "for cpython 3.13.0 on linux x86_64" in asked.out
    named = stackwright.main("explain", "lib", "--environment", "board")
    assert "for cpython 3.11.0 on linux aarch64" in named.out
    stackwright.path("pyproject.toml").unlink()
    assert stackwright.main("explain", "lib").code == 2
