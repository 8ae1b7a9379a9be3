"""``stackwright inspect`` of one image in the real Docker, podman and registry, and in archives of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.images.image_files import (
    write_docker25_archive,
    write_docker_archive,
    write_oci_archive,
    write_oci_layout,
)
from fakes.images.image_servers import (
    DockerServer,
    PodmanServer,
    RegistryServer,
    missing_programs,
    push_layout,
)
from fakes.images.web_images import web_image

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.xdist_group("image servers")]
TAG = "registry.example:5000/team/web:1"


def needs(*programs: str) -> None:
    reason = missing_programs(*programs)
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    made = Commands(tmp_path)
    write_docker_archive(made.path("web.tar"), web_image())
    return made


def report(commands: Commands, reference: str, **environ: str) -> Any:
    ran = commands.main(
        "inspect", reference, "--format", "json", stdin=b"", SOURCE_DATE_EPOCH="1700000000", **environ
    )
    assert ran.code == 0, ran.err
    return ran.json


def assert_differs_in_origin_alone(commands: Commands, told: Any, kind: str) -> None:
    expected = report(commands, "web.tar")
    assert told["origin"]["kind"] == kind
    assert {**told, "origin": None} == {**expected, "origin": None}


def test_of_docker(commands: Commands) -> None:
    needs("dockerd", "containerd")
    with DockerServer() as docker:
        docker.load(commands.path("web.tar"), tag=TAG)
        told = report(commands, f"docker:{TAG}", DOCKER_HOST=docker.url)
    assert_differs_in_origin_alone(commands, told, "docker")


def test_of_podman(commands: Commands) -> None:
    needs("podman")
    with PodmanServer() as podman:
        podman.load(commands.path("web.tar"), tag=TAG)
        told = report(commands, f"podman:{TAG}", CONTAINER_HOST=podman.url)
    assert_differs_in_origin_alone(commands, told, "podman")


def test_of_a_registry(commands: Commands) -> None:
    needs("docker-registry")
    with RegistryServer() as registry:
        push_layout(write_oci_layout(commands.path("pushed"), web_image()), registry.host, "team/web")
        told = report(commands, f"registry:{registry.host}/team/web:latest")
        purls = commands.main(
            "inspect", f"registry:{registry.host}/team/web:latest", "--format", "cyclonedx"
        ).json
    assert_differs_in_origin_alone(commands, told, "registry")
    digest = told["origin"]["manifest_digest"]
    assert purls["metadata"]["component"]["purl"].startswith(f"pkg:oci/web@{digest}?")


def test_of_files(commands: Commands) -> None:
    image = web_image()
    write_docker25_archive(commands.path("docker25.tar"), image)
    write_oci_archive(commands.path("oci.tar"), image)
    write_oci_layout(commands.path("layout"), image)
    assert_differs_in_origin_alone(commands, report(commands, "docker25.tar"), "docker-archive")
    assert_differs_in_origin_alone(commands, report(commands, "oci.tar"), "oci-archive")
    assert_differs_in_origin_alone(commands, report(commands, "layout"), "oci-layout")
