"""The same image through the real Docker, podman and registry; all are started and ended here."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.images.image_cases import ARM64, IMAGE, MIXED, facts, read_image
from fakes.images.image_files import Compression, FakeImage, write_docker_archive, write_oci_layout
from fakes.images.image_servers import (
    DockerServer,
    PodmanServer,
    RegistryServer,
    missing_programs,
    push_layout,
)
from fakes.images.registry_server import PASSWORD, USER
from fakes.images.token_server import TokenServer
from images.errors import ImageReferenceError, SourceUnavailableError
from images.sources.source import Image

pytestmark = pytest.mark.system
TAG = "registry.example:5000/team/example:1"
NOWHERE = "unix:///nonexistent/docker.sock"


def needs(*programs: str) -> None:
    reason = missing_programs(*programs)
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_docker_archive(tmp_path_factory.mktemp("archive") / "image.tar", IMAGE)


@pytest.fixture(scope="module")
def arm_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_docker_archive(tmp_path_factory.mktemp("arm") / "image.tar", ARM64)


@pytest.fixture(scope="module")
def docker(archive: Path, arm_archive: Path) -> Iterator[DockerServer]:
    needs("dockerd", "containerd")
    with DockerServer() as server:
        server.load(archive, tag=TAG)
        server.load(arm_archive, tag="arm:1")
        yield server


@pytest.fixture(scope="module")
def podman(archive: Path, arm_archive: Path) -> Iterator[PodmanServer]:
    needs("podman")
    with PodmanServer() as server:
        server.load(archive, tag=TAG)
        server.load(arm_archive, tag="localhost/arm:1")
        yield server


@pytest.fixture(scope="module")
def registry() -> Iterator[RegistryServer]:
    needs("docker-registry")
    with RegistryServer() as server:
        yield server


@pytest.fixture(scope="module")
def expected(archive: Path) -> tuple[object, ...]:
    return facts(read_image(archive))


def environment(docker: DockerServer | None = None, podman: PodmanServer | None = None) -> dict[str, str]:
    return {
        "DOCKER_HOST": docker.url if docker is not None else NOWHERE,
        "CONTAINER_HOST": podman.url if podman is not None else NOWHERE,
    }


def test_docker(docker: DockerServer, expected: object) -> None:
    found = read_image(f"docker:{TAG}", environ=environment(docker))
    assert facts(found) == expected
    assert (found.source, found.tags[-1]) == ("docker", TAG)
    again = read_image(f"docker-daemon:{TAG}", environ=environment(docker))
    assert facts(again) == expected


def test_podman(podman: PodmanServer, expected: object) -> None:
    found = read_image(f"podman:{TAG}", environ=environment(podman=podman))
    assert facts(found) == expected
    assert found.source == "podman"
    assert TAG in found.tags


def test_an_image_by_its_identifier(docker: DockerServer, podman: PodmanServer, expected: object) -> None:
    identifier = f"sha256:{hashlib.sha256(IMAGE.config_bytes).hexdigest()}"
    for name in (identifier, identifier[7:19]):
        assert facts(read_image(f"docker:{name}", environ=environment(docker))) == expected
        assert facts(read_image(f"podman:{name}", environ=environment(podman=podman))) == expected


def test_the_platform_that_a_daemon_has(docker: DockerServer, podman: PodmanServer) -> None:
    said: list[str] = []
    found = read_image("docker:arm:1", None, environ=environment(docker), said=said)
    assert str(found.platform) == "linux/arm64"
    assert any("linux/arm64 only" in text for text in said)
    assert len(read_image("podman:arm:1", "linux/arm64", environ=environment(podman=podman)).layers) == 1
    with pytest.raises(ImageReferenceError, match="not there for linux/amd64"):
        read_image("docker:arm:1", environ=environment(docker))


def test_where_a_bare_name_is_found(docker: DockerServer, podman: PodmanServer, expected: object) -> None:
    found = [
        read_image(TAG, environ=environment(*servers))
        for servers in ((docker, podman), (None, podman), (docker, None))
    ]
    assert [image.source for image in found] == ["docker", "podman", "docker"]
    assert all(facts(image) == expected for image in found)
    both = read_image(TAG, environ={"DOCKER_HOST": podman.url, "CONTAINER_HOST": NOWHERE})
    assert both.source == "podman"


def test_the_socket_of_the_session(podman: PodmanServer, tmp_path: Path, expected: object) -> None:
    (tmp_path / "podman").mkdir()
    (tmp_path / "podman" / "podman.sock").symlink_to(podman.url.removeprefix("unix://"))
    environ = {"DOCKER_HOST": NOWHERE, "XDG_RUNTIME_DIR": str(tmp_path)}
    assert facts(read_image(TAG, environ=environ)) == expected


def test_the_context_of_docker(docker: DockerServer, tmp_path: Path, expected: object) -> None:
    meta = tmp_path / "contexts" / "meta" / hashlib.sha256(b"other").hexdigest()
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(
        json.dumps({"Name": "other", "Endpoints": {"docker": {"Host": docker.url}}})
    )
    environ = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "other"}
    assert facts(read_image(f"docker:{TAG}", environ=environ)) == expected
    (tmp_path / "config.json").write_text('{"currentContext":"other"}')
    assert facts(read_image(f"docker:{TAG}", environ={"DOCKER_CONFIG": str(tmp_path)})) == expected


def test_what_a_daemon_does_not_have(docker: DockerServer, podman: PodmanServer) -> None:
    with pytest.raises(ImageReferenceError, match="Docker has no such image"):
        read_image("docker:none:1", environ=environment(docker))
    with pytest.raises(ImageReferenceError, match="podman has no such image"):
        read_image("podman:none:1", environ=environment(podman=podman))


def test_what_docker_and_podman_save(
    docker: DockerServer, podman: PodmanServer, tmp_path: Path, expected: object
) -> None:
    import docker as sdk

    for number, server in enumerate((docker, podman)):
        path = tmp_path / f"{number}.tar"
        client = sdk.DockerClient(base_url=server.url, version="auto")
        path.write_bytes(b"".join(client.images.get(TAG).save(named=True)))
        client.close()
        found = read_image(path)
        assert facts(found) == expected
        assert found.source == "docker-archive"
        assert any(TAG in tag for tag in found.tags)


@pytest.mark.parametrize("image", [IMAGE, MIXED], ids=["gzip", "mixed"])
@pytest.mark.parametrize("docker_types", [False, True], ids=["oci", "docker"])
def test_the_registry(
    registry: RegistryServer, tmp_path: Path, expected: object, image: FakeImage, docker_types: bool
) -> None:
    pushed = FakeImage(
        layers=image.layers, config=image.config, compressions=image.compressions, docker=docker_types
    )
    name = f"team/{tmp_path.name.replace('_', '-').lower()}"
    layout = write_oci_layout(tmp_path / "layout", pushed, ARM64, nesting=0)
    push_layout(layout, registry.host, name)
    found = read_image(f"registry:{registry.host}/{name}")
    assert facts(found) == expected
    assert (found.source, found.manifest_digest) == ("registry", read_image(layout).manifest_digest)
    bare = read_image(f"{registry.host}/{name}", environ=environment())
    assert (facts(bare), bare.source) == (expected, "registry")
    other = read_image(f"docker://{registry.host}/{name}", "linux/arm64")
    assert facts(other) == facts(read_image(layout, "linux/arm64"))
    with pytest.raises(ImageReferenceError, match="does not have it") as caught:
        read_image(f"{registry.host}/{name}:none", environ=environment())
    assert "Docker" in caught.value.__notes__[-1] and "podman" in caught.value.__notes__[-1]


def test_the_registry_with_passwords(tmp_path: Path, expected: object) -> None:
    needs("docker-registry", "htpasswd")
    password_file = tmp_path / "htpasswd"
    line = subprocess.run(
        ["htpasswd", "-nbBC", "4", USER, PASSWORD], capture_output=True, check=True, text=True
    )
    password_file.write_text(line.stdout)
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    layout = write_oci_layout(tmp_path / "layout", IMAGE)
    with RegistryServer({"auth": {"htpasswd": {"realm": "here", "path": str(password_file)}}}) as server:
        push_layout(layout, server.host, "team/example", {"Authorization": f"Basic {auth}"})
        (tmp_path / "config.json").write_text(json.dumps({"auths": {server.host: {"auth": auth}}}))
        reference = f"registry:{server.host}/team/example"
        assert facts(read_image(reference, environ={"DOCKER_CONFIG": str(tmp_path)})) == expected
        with pytest.raises(SourceUnavailableError, match="asks for credentials"):
            read_image(reference)


def test_the_registry_with_tokens(tmp_path: Path, expected: object) -> None:
    needs("docker-registry", "openssl")
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    layout = write_oci_layout(tmp_path / "layout", IMAGE)
    with TokenServer(tmp_path) as tokens, RegistryServer({"auth": tokens.settings}) as server:
        pushing = tokens.token("repository:team/example:pull,push")
        push_layout(layout, server.host, "team/example", {"Authorization": f"Bearer {pushing}"})
        (tmp_path / "config.json").write_text(json.dumps({"auths": {server.host: {"auth": auth}}}))
        reference = f"registry:{server.host}/team/example"
        assert facts(read_image(reference, environ={"DOCKER_CONFIG": str(tmp_path)})) == expected
        assert tokens.scopes == ["repository:team/example:pull"]
        with pytest.raises(SourceUnavailableError, match="asks for credentials"):
            read_image(reference)


def test_what_skopeo_writes(tmp_path: Path, expected: object) -> None:
    needs("skopeo")
    layout = write_oci_layout(tmp_path / "layout", IMAGE)
    environ = {**os.environ, "HOME": str(tmp_path)}
    found: dict[str, Image] = {}
    for kind, target in (
        ("docker-archive", f"docker-archive:{tmp_path}/docker.tar:{TAG}"),
        ("oci-archive", f"oci-archive:{tmp_path}/oci.tar:one"),
        ("oci", f"oci:{tmp_path}/oci:one"),
    ):
        command = ["skopeo", "--insecure-policy", "copy", "--quiet", f"oci:{layout}:latest", target]
        subprocess.run(command, check=True, capture_output=True, env=environ)
        found[kind] = read_image(target)
    assert all(facts(image) == expected for image in found.values())
    assert found["docker-archive"].tags == (TAG,)


def test_what_skopeo_keeps_of_several_platforms(tmp_path: Path) -> None:
    needs("skopeo")
    layout = write_oci_layout(tmp_path / "layout", IMAGE, ARM64)
    command = ["skopeo", "--insecure-policy", "copy", "--quiet", "--all", f"oci:{layout}:latest"]
    subprocess.run([*command, f"oci:{tmp_path}/copy:latest"], check=True, capture_output=True)
    for platform in ("linux/amd64", "linux/arm64"):
        assert facts(read_image(tmp_path / "copy", platform)) == facts(read_image(layout, platform))


def test_what_skopeo_compresses(tmp_path: Path, expected: object) -> None:
    needs("skopeo")
    layout = write_oci_layout(
        tmp_path / "layout",
        FakeImage(layers=IMAGE.layers, config=IMAGE.config, compressions=(Compression.PLAIN,)),
    )
    command = [
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "--dest-compress",
        "--dest-compress-format",
        "zstd",
    ]
    subprocess.run(
        [*command, f"oci:{layout}:latest", f"oci:{tmp_path}/copy:latest"], check=True, capture_output=True
    )
    assert facts(read_image(tmp_path / "copy")) == expected


@pytest.mark.parametrize(
    ("kind", "variable", "named"),
    [("docker", "DOCKER_HOST", "Docker"), ("podman", "CONTAINER_HOST", "podman")],
)
def test_daemons_that_do_not_run(tmp_path: Path, kind: str, variable: str, named: str) -> None:
    with pytest.raises(
        SourceUnavailableError, match=f"^{named}: does not run: there is no unix:///none"
    ) as caught:
        read_image(f"{kind}:python:3.11", environ={variable: "unix:///none"})
    assert variable in caught.value.__notes__[0]
    (tmp_path / "socket").touch()
    with pytest.raises(SourceUnavailableError, match=f"^{named}: does not answer at"):
        read_image(f"{kind}:python:3.11", environ={variable: f"unix://{tmp_path}/socket"})
    with pytest.raises(SourceUnavailableError, match=f"^{named}: does not answer at"):
        read_image(f"{kind}:python:3.11", environ={variable: "tcp://127.0.0.1:1"})
