"""Registries over HTTP: asked for what is needed, believed in nothing, and told no secrets."""

from __future__ import annotations

import base64
import json
import os
import random
import ssl
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.images.image_cases import ARM64, IMAGE, LAYERS, facts, read_image
from fakes.images.image_files import FakeImage, write_oci_layout
from fakes.images.layer_reading import read_plainly, tar_of
from fakes.images.registry_server import (
    PASSWORD,
    REPOSITORY,
    TOKEN,
    USER,
    FakeRegistry,
    Fault,
    answer,
    cut_after,
    redirect,
    stall_after,
    trickle,
    without_length,
)
from images.errors import DamagedImageError, ImageError, ImageReferenceError, SourceUnavailableError
from images.sources.platform_choice import Wish, parse_platform
from images.sources.reference_texts import parse_reference
from images.sources.registry.patience import Patience
from images.sources.registry.registry_images import RegistryImage
from images.sources.source import Image

QUICK = Patience(connect_s=5, read_s=1.0, pause_s=0.01, attempts=3, progress_bytes=1 << 30)


DENSE = FakeImage(layers=[tar_of({"n": random.Random(seed).randbytes(5000)}) for seed in range(3)])


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_oci_layout(tmp_path_factory.mktemp("layout") / "image", IMAGE, ARM64, nesting=1)


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_oci_layout(tmp_path_factory.mktemp("single") / "image", DENSE)


@pytest.fixture
def registry(single: Path) -> Iterator[FakeRegistry]:
    with FakeRegistry(single) as running:
        yield running


def read_quickly(registry: FakeRegistry, environ: dict[str, str] | None = None) -> Image:
    platform = parse_platform("linux/amd64")
    source = RegistryImage(
        parse_reference(registry.reference),
        Wish(stated=platform, host=platform),
        insecure=False,
        environ=environ or {},
        patience=QUICK,
    )
    return source.read(read_plainly, lambda text: None)


def docker_config(directory: Path, content: object) -> dict[str, str]:
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(content))
    return {"DOCKER_CONFIG": str(directory), "PATH": os.environ["PATH"]}


def basic_config(directory: Path, host: str, password: str = PASSWORD) -> dict[str, str]:
    auth = base64.b64encode(f"{USER}:{password}".encode()).decode()
    return docker_config(directory, {"auths": {host: {"auth": auth}}})


def everything_said(error: BaseException) -> str:
    return " ".join([str(error), *getattr(error, "__notes__", ())])


def test_the_same_image(layout: Path) -> None:
    with FakeRegistry(layout) as registry:
        found = read_image(registry.reference)
        other = read_image(registry.reference, "linux/arm64")
    assert facts(found) == facts(read_image(layout))
    assert facts(other) == facts(read_image(layout, "linux/arm64"))
    assert (found.source, found.tags) == ("registry", (f"{registry.host}/{REPOSITORY}:latest",))
    assert found.manifest_digest == read_image(layout).manifest_digest


def test_nothing_is_asked_that_is_not_needed(registry: FakeRegistry) -> None:
    read_image(registry.reference)
    kinds = [asked.path.split("/")[4] for asked in registry.asked]
    assert kinds == ["manifests", "blobs", "blobs", "blobs", "blobs"]


def test_by_digest(registry: FakeRegistry) -> None:
    digest = read_image(registry.reference).manifest_digest
    name = f"registry:{registry.host}/{REPOSITORY}@{digest}"
    assert facts(read_image(name)) == facts(read_image(registry.reference))
    registry.at("manifests", answer(200, b'{"schemaVersion":2}'))
    with pytest.raises(DamagedImageError, match="the content has the digest"):
        read_image(name)
    with pytest.raises(ImageReferenceError, match="does not have it"):
        read_image(f"registry:{registry.host}/{REPOSITORY}@sha256:{'0' * 64}")


@pytest.mark.parametrize("auth", ["basic", "token"])
def test_credentials_from_the_docker_config(single: Path, tmp_path: Path, auth: str) -> None:
    with FakeRegistry(single, auth=auth) as registry:
        environ = basic_config(tmp_path, registry.host)
        assert len(read_image(registry.reference, environ=environ).layers) == 3
        assert sum(asked.path == "/token" for asked in registry.asked) == (auth == "token")
        for wrong in ({}, basic_config(tmp_path, registry.host, "no")):
            with pytest.raises(SourceUnavailableError, match="credentials for") as caught:
                read_image(registry.reference, environ=wrong)
            assert f"docker login {registry.host}" in everything_said(caught.value)
            assert "sesame" not in everything_said(caught.value)


def test_credentials_from_a_helper(single: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    helper = tmp_path / "docker-credential-fake"
    secret = json.dumps({"ServerURL": "x", "Username": USER, "Secret": PASSWORD})
    helper.write_text(f"#!/bin/sh\ncat > /dev/null\necho '{secret}'\n")
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    with FakeRegistry(single, auth="token") as registry:
        environ = docker_config(tmp_path, {"credHelpers": {registry.host: "fake"}})
        assert len(read_image(registry.reference, environ=environ).layers) == 3
        environ = docker_config(tmp_path, {"credHelpers": {registry.host: "absent"}})
        with pytest.raises(SourceUnavailableError, match="a credential helper fails"):
            read_image(registry.reference, environ=environ)


def test_a_broken_configuration_does_not_stand_before_what_is_public(single: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with FakeRegistry(single) as registry:
        assert read_image(registry.reference, environ={"DOCKER_CONFIG": str(tmp_path)}).layers
    with (
        FakeRegistry(single, auth="basic") as registry,
        pytest.raises(SourceUnavailableError, match="no JSON"),
    ):
        read_image(registry.reference, environ={"DOCKER_CONFIG": str(tmp_path)})


def test_an_identity_token(single: Path, tmp_path: Path) -> None:
    with FakeRegistry(single, auth="token") as registry:
        environ = docker_config(tmp_path, {"auths": {registry.host: {"identitytoken": PASSWORD}}})
        assert len(read_image(registry.reference, environ=environ).layers) == 3
        token = next(asked for asked in registry.asked if asked.path == "/token")
    assert (token.method, token.query["grant_type"]) == ("POST", ["refresh_token"])


def test_credentials_of_podman(single: Path, tmp_path: Path) -> None:
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    with FakeRegistry(single, auth="basic") as registry:
        content = json.dumps({"auths": {f"{registry.host}/team": {"auth": auth}}})
        (tmp_path / "containers").mkdir()
        (tmp_path / "containers" / "auth.json").write_text(content)
        assert read_image(registry.reference, environ={"XDG_RUNTIME_DIR": str(tmp_path)}).layers
        file = tmp_path / "containers" / "auth.json"
        assert read_image(registry.reference, environ={"REGISTRY_AUTH_FILE": str(file)}).layers


def test_a_token_that_ends_is_renewed(single: Path, tmp_path: Path) -> None:
    with FakeRegistry(single, auth="token") as registry:
        last = registry.layer_digests()[-1]
        registry.at(last, answer(401, b"", {"WWW-Authenticate": registry.challenge()}))
        read_image(registry.reference, environ=basic_config(tmp_path, registry.host))
        assert len(registry.asked_of("/token")) == 2


def test_redirects_are_followed_without_credentials(single: Path, tmp_path: Path) -> None:
    with FakeRegistry(single) as storage, FakeRegistry(single, auth="basic") as registry:
        for digest in registry.layer_digests():
            path = f"/v2/{REPOSITORY}/blobs/{digest}"
            registry.at(digest, redirect(f"{storage.url}{path}"))
        # The first answer is a challenge: redirects are due for the requests that follow it.
        registry.at("manifests", answer(401, b"", {"WWW-Authenticate": registry.challenge()}))
        found = read_image(registry.reference, environ=basic_config(tmp_path, registry.host))
    assert [layer.diff_id for layer in found.layers] == [layer.diff_id for layer in read_image(single).layers]
    assert len(storage.asked) == 3
    assert all("authorization" not in asked.headers for asked in storage.asked)


def test_a_challenge_elsewhere_is_not_answered(single: Path, tmp_path: Path) -> None:
    with FakeRegistry(single, auth="basic") as other, FakeRegistry(single) as registry:
        registry.at("manifests", redirect(f"{other.url}/v2/{REPOSITORY}/manifests/latest"))
        environ = basic_config(tmp_path, other.host)
        with pytest.raises(SourceUnavailableError, match="asks for credentials"):
            read_image(registry.reference, environ=environ)
    assert all("authorization" not in asked.headers for asked in other.asked)


@pytest.mark.parametrize("target", ["http://user:secret@[::", "ftp://127.0.0.1/x", "file:///etc/passwd"])
def test_redirects_to_nowhere(registry: FakeRegistry, target: str) -> None:
    registry.at("manifests", redirect(target))
    with pytest.raises(SourceUnavailableError, match="redirects to") as caught:
        read_image(registry.reference)
    assert "secret" not in everything_said(caught.value)


def test_redirects_without_end(registry: FakeRegistry) -> None:
    registry.at("manifests", *[redirect(f"{registry.url}/v2/{REPOSITORY}/manifests/latest")] * 10)
    with pytest.raises(SourceUnavailableError, match="redirects without end"):
        read_image(registry.reference)


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_what_is_left_is_asked_for(single: Path, knows_ranges: bool) -> None:
    with FakeRegistry(single, knows_ranges=knows_ranges) as registry:
        digest = registry.layer_digests()[0]
        registry.at(digest, cut_after(100))
        if knows_ranges:
            registry.at(digest, cut_after(50))
        found = read_quickly(registry)
        ranges = [asked.headers.get("range") for asked in registry.asked_of(digest)]
    assert facts(found) == facts(read_image(single))
    assert ranges[:2] == [None, "bytes=100-"]
    assert not knows_ranges or ranges[2] == "bytes=150-"


def test_a_registry_that_always_breaks_off(registry: FakeRegistry) -> None:
    digest = registry.layer_digests()[1]
    registry.at(digest, *[cut_after(10)] * 10)
    with pytest.raises(SourceUnavailableError, match=r"connection breaks.*layer 2 of 3"):
        read_quickly(registry)
    assert len(registry.asked_of(digest)) == QUICK.attempts


@pytest.mark.parametrize("fault", [stall_after(10), trickle(0.05)], ids=["stalls", "trickles"])
def test_a_registry_that_is_not_waited_for(registry: FakeRegistry, fault: Fault) -> None:
    registry.at(registry.layer_digests()[0], *[fault] * 10)
    with pytest.raises(SourceUnavailableError, match=r"it sends (nothing|less)"):
        read_quickly(registry)
    registry.at("manifests", *[fault] * 10)
    with pytest.raises(SourceUnavailableError, match=r"it sends (nothing|less)"):
        read_quickly(registry)


def test_a_stall_that_ends(registry: FakeRegistry) -> None:
    registry.at(registry.layer_digests()[0], stall_after(10))
    assert len(read_quickly(registry).layers) == 3


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (answer(200, b"x" * 10), "states 10 bytes, and the manifest"),
        (without_length(b"x" * 100_000), "larger than the"),
        (answer(206, b"x"), "answers 206"),
        (answer(404), "does not have it"),
    ],
    ids=["short", "long", "partial", "absent"],
)
def test_lies_about_a_layer(registry: FakeRegistry, fault: Fault, message: str) -> None:
    registry.at(registry.layer_digests()[0], fault)
    with pytest.raises(ImageError, match=message):
        read_quickly(registry)


def test_another_part_than_was_asked_for(registry: FakeRegistry) -> None:
    digest = registry.layer_digests()[0]
    registry.at(digest, cut_after(100), answer(206, b"x", {"Content-Range": "bytes 5-5/6"}))
    with pytest.raises(DamagedImageError, match="another part"):
        read_quickly(registry)


def test_a_layer_that_was_exchanged(registry: FakeRegistry) -> None:
    digest = registry.layer_digests()[0]
    size = len(registry.content(f"/v2/{REPOSITORY}/blobs/{digest}")[1] or b"")
    registry.at(digest, answer(200, bytes(size)))
    with pytest.raises(DamagedImageError, match=r"layer 1 of 3.*digest"):
        read_quickly(registry)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (answer(200, b"<html>hello</html>"), "not readable"),
        (answer(200, b"x" * (5 << 20)), "more than 4,194,304"),
        (answer(200, b"{}", {"Docker-Content-Digest": f"sha256:{'0' * 64}"}), "states the digest"),
        (answer(404), "does not have it"),
        (answer(403), "denies"),
        (answer(418), "answers 418"),
        (answer(401, b"", {"WWW-Authenticate": "Negotiate x"}), "asks for credentials"),
        (answer(429, b"", {"Retry-After": "3600"}), "more often than it allows"),
    ],
    ids=["html", "huge", "digest", "absent", "denied", "odd", "negotiate", "limit"],
)
def test_manifests_that_are_refused(registry: FakeRegistry, fault: Fault, message: str) -> None:
    registry.at("manifests", fault)
    with pytest.raises(ImageError, match=message):
        read_quickly(registry)


def test_busy_registries_are_asked_again(registry: FakeRegistry) -> None:
    registry.at("manifests", answer(503), answer(429, b"", {"Retry-After": "0"}))
    assert len(read_quickly(registry).layers) == 3
    registry.at("manifests", *[answer(503)] * 10)
    with pytest.raises(SourceUnavailableError, match="answers 503"):
        read_quickly(registry)


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (answer(200, b"not json"), "not readable"),
        (answer(200, b"{}"), "there is none"),
        (answer(200, json.dumps({"token": "a\r\nX-Evil: 1"}).encode()), "there is none"),
        (answer(500), "answers 500"),
        (answer(403), "does not accept the credentials"),
    ],
    ids=["text", "empty", "header", "error", "denied"],
)
def test_tokens_that_are_none(single: Path, tmp_path: Path, token: Fault, message: str) -> None:
    with FakeRegistry(single, auth="token") as registry:
        registry.at("/token", token)
        with pytest.raises(SourceUnavailableError, match=message) as caught:
            read_quickly(registry, basic_config(tmp_path, registry.host))
        assert PASSWORD not in everything_said(caught.value)
        assert TOKEN not in everything_said(caught.value)


def test_nobody_there(single: Path) -> None:
    with FakeRegistry(single) as registry:
        reference = registry.reference
    with pytest.raises(SourceUnavailableError, match=f"registry {registry.host}: cannot be reached"):
        read_image(reference)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 that nobody knows."""
    directory = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*command, *names], cwd=directory, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "cert.pem", directory / "key.pem")
    return context, directory / "cert.pem"


def test_certificates(single: Path, certificate: tuple[ssl.SSLContext, Path]) -> None:
    context, path = certificate
    with FakeRegistry(single, context=context) as registry:
        with pytest.raises(SourceUnavailableError, match="certificate that is not trusted") as caught:
            read_image(registry.reference)
        assert "--insecure" in everything_said(caught.value)
        assert registry.asked == []
        known = read_image(registry.reference, environ={"SSL_CERT_FILE": str(path)})
        assert facts(known) == facts(read_image(registry.reference, insecure=True))


def test_https_is_not_left_for_http(single: Path, certificate: tuple[ssl.SSLContext, Path]) -> None:
    context, path = certificate
    with FakeRegistry(single) as plain, FakeRegistry(single, context=context) as registry:
        registry.at("manifests", redirect(f"{plain.url}/v2/{REPOSITORY}/manifests/latest"))
        with pytest.raises(SourceUnavailableError, match="no encryption protects"):
            read_image(registry.reference, environ={"SSL_CERT_FILE": str(path)})
    assert plain.asked == []


def test_a_large_image_in_parts(tmp_path: Path) -> None:
    content = os.urandom(3 << 20)
    layout = write_oci_layout(tmp_path / "image", FakeImage(layers=[*LAYERS, tar_of({"random": content})]))
    with FakeRegistry(layout) as registry:
        registry.at(registry.layer_digests()[3], cut_after(2 << 20))
        found = read_quickly(registry)
    assert found.layers[3].contents == {b"random": content}
