"""References as users type them, told apart; mistakes name the input and the remedy."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.images.image_cases import IMAGE
from fakes.images.image_files import write_docker_archive, write_oci_archive, write_oci_layout
from images.errors import ImageReferenceError
from images.sources.default_registry import DEFAULT_REGISTRY
from images.sources.image_names import parse_image_name, same_image
from images.sources.reference_texts import ReferenceKind, parse_reference
from images.sources.references import image_source

KIND = ReferenceKind
D = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("python", f"{DEFAULT_REGISTRY.name}/library/python:latest"),
        ("python:3.11-slim", f"{DEFAULT_REGISTRY.name}/library/python:3.11-slim"),
        ("team/app", f"{DEFAULT_REGISTRY.name}/team/app:latest"),
        (f"python@sha256:{D}", f"{DEFAULT_REGISTRY.name}/library/python@sha256:{D}"),
        (f"python:3@sha256:{D}", f"{DEFAULT_REGISTRY.name}/library/python:3@sha256:{D}"),
        (f"{DEFAULT_REGISTRY.aliases[0]}/python", f"{DEFAULT_REGISTRY.name}/library/python:latest"),
        ("localhost/a", "localhost/a:latest"),
        ("localhost:5000/a:b", "localhost:5000/a:b"),
        ("registry.example:5000/a/b:1", "registry.example:5000/a/b:1"),
        ("[::1]:5000/a", "[::1]:5000/a:latest"),
        ("ghcr.example/Team".lower(), "ghcr.example/team:latest"),
        ("a__b/c.d-e/f--g:V1_2.3-x", f"{DEFAULT_REGISTRY.name}/a__b/c.d-e/f--g:V1_2.3-x"),
    ],
)
def test_names_made_whole(text: str, whole: str) -> None:
    name = parse_image_name(text)
    assert str(name) == whole
    assert str(parse_image_name(str(name))) == whole


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no name of an image"),
        ("Python:3", "no name of a repository"),
        ("team/App", "no name of a repository"),
        ("a//b", "no name of a repository"),
        ("-a", "no name of a repository"),
        ("a:", "is no tag"),
        ("a:b:c", "is no tag"),
        ("a: b", "is no tag"),
        ("a@sha256:12", "is no digest"),
        ("a@", "is no digest"),
        ("reg_istry.example/a", "no name of a registry"),
        ("a" * 2000, "is no name of an image"),
        ("a\nb", "is no name of an image"),
        ("https://registry.example/a", "no name of a re"),
        ("https://me:hunter2@registry.example/a", "registry.example/a: is no name of an image"),
    ],
)
def test_names_that_are_none(text: str, message: str) -> None:
    with pytest.raises(ImageReferenceError, match=message) as caught:
        parse_image_name(text)
    assert "hunter2" not in str(caught.value)


def test_upper_case_is_explained() -> None:
    with pytest.raises(ImageReferenceError) as caught:
        parse_image_name("Team/App:V1")
    assert caught.value.__notes__ == ["names of images are in lower case: team/app:V1"]


def test_names_that_mean_the_same() -> None:
    assert same_image("python:3", f"{DEFAULT_REGISTRY.name}/library/python:3")
    assert not same_image("python:3", "localhost/python:3")
    assert same_image("Odd", "Odd")


@given(st.text(alphabet=string.printable + "é\0", max_size=40))
def test_every_text_is_understood_or_refused(text: str) -> None:
    try:
        parsed = parse_reference(text)
    except ImageReferenceError:
        return
    assert parsed.text == text
    if parsed.kind is ReferenceKind.ANYWHERE:
        assert str(parse_image_name(parsed.name or "")) == parsed.name


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("python:3.11", KIND.ANYWHERE, f"{DEFAULT_REGISTRY.name}/library/python:3.11"),
        ("docker:python:3.11", KIND.DOCKER, "python:3.11"),
        ("docker-daemon:python:3.11", KIND.DOCKER, "python:3.11"),
        ("podman:0123456789ab", KIND.PODMAN, "0123456789ab"),
        ("registry:a.example/b", KIND.REGISTRY, "a.example/b:latest"),
        ("docker://a.example/b:c", KIND.REGISTRY, "a.example/b:c"),
        ("host", KIND.HOST, None),
        ("-", KIND.ARCHIVE, None),
    ],
)
def test_what_names_no_file(text: str, kind: ReferenceKind, name: str | None) -> None:
    parsed = parse_reference(text)
    assert (parsed.kind, parsed.name) == (kind, name)


def test_what_exists_is_told_by_what_it_is(directory: Path) -> None:
    write_docker_archive(directory / "image.tar", IMAGE)
    write_oci_archive(directory / "python", IMAGE)
    write_oci_layout(directory / "layout", IMAGE)
    (directory / "root" / "usr").mkdir(parents=True)
    (directory / "debian" / "src").mkdir(parents=True)
    kinds = {
        "image.tar": KIND.ARCHIVE,
        "python": KIND.ARCHIVE,
        "layout": KIND.OCI_LAYOUT,
        "root": KIND.DIRECTORY,
        "debian": KIND.ANYWHERE,
        "./debian": KIND.DIRECTORY,
        "debian/": KIND.DIRECTORY,
        "dir:debian": KIND.DIRECTORY,
        ".": KIND.DIRECTORY,
        "docker:python": KIND.DOCKER,
    }
    assert {text: parse_reference(text).kind for text in kinds} == kinds


def test_paths_with_names_behind_them(directory: Path) -> None:
    write_docker_archive(directory / "a:b.tar", IMAGE)
    write_oci_layout(directory / "layout", IMAGE)
    found = [
        parse_reference(text)
        for text in (
            "docker-archive:a:b.tar",
            "docker-archive:a:b.tar:localhost:5000/x:1",
            "oci:layout:1.0",
            f"oci:layout:@sha256:{D}",
            "oci-archive:-:tag",
            "./a:b.tar:x:1",
            "a:b.tar:@0",
            "./layout:1.0",
        )
    ]
    assert [(str(one.path), one.name) for one in found] == [
        ("a:b.tar", None),
        ("a:b.tar", "localhost:5000/x:1"),
        ("layout", "1.0"),
        ("layout", f"@sha256:{D}"),
        ("-", "tag"),
        ("a:b.tar", "x:1"),
        ("a:b.tar", "@0"),
        ("layout", "1.0"),
    ]


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("", "is no reference", "write for example python:3.11"),
        ("./none", "no such file or directory", None),
        ("/none/there", "no such file or directory", None),
        ("image.tar", "no such file or directory", "if it is an image's name, write docker:image.tar"),
        ("docker-archive:none.tar", "no such file: none.tar", None),
        ("docker-archive:none.tar:python:3", "no such file: none.tar", None),
        ("oci:none", "no such directory: none", None),
        ("oci:file", "file is no directory", "write oci-archive:file"),
        ("oci-archive:directory", "directory is a directory", "write oci:directory"),
        ("dir:none", "no such directory: none", None),
        ("dir:file", "file is no directory", None),
        ("docker:", "names no image", "write for example docker:python:3.11"),
        ("docker://UPPER", "no name of a repository", None),
    ],
)
def test_mistakes(directory: Path, text: str, message: str, remedy: str | None) -> None:
    (directory / "file").touch()
    (directory / "directory").mkdir()
    with pytest.raises(ImageReferenceError, match=message) as caught:
        parse_reference(text)
    notes = getattr(caught.value, "__notes__", [])
    assert remedy is None or remedy in notes


@pytest.mark.parametrize("text", ["host", "dir:."])
def test_roots_are_no_images(text: str) -> None:
    with pytest.raises(ImageReferenceError, match="no image but a root directory"):
        image_source(text, environ={})


def test_a_link_to_an_archive(directory: Path) -> None:
    (directory / "link").symlink_to(write_docker_archive(directory / "image.tar", IMAGE))
    assert parse_reference("link").kind is KIND.ARCHIVE
