"""Further indexes, links and kinds of files: as options and as lines of manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.index import FakeIndex
from fakes.indexes.sdists import SdistKind
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel
from knowledge.indexes.configuration import public_endpoint


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib"])
    index.add("lib", "1.0", sdist=True)
    index.add("lib", "2.0a1", sdist=True)
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def further() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("lib", "5.0", wheel=False, sdist=True)
    index.add("other", "1.0")
    with IndexServer(index) as running:
        yield running


def pins(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.err
    return re.findall(r"^[^ #].*", ran.out, re.MULTILINE)


def advised(stackwright: Commands, *arguments: str) -> list[str]:
    return pins(stackwright.advise(*arguments, "--format", "requirements", "--no-hashes"))


@pytest.mark.parametrize("option", ["--index", "--extra-index-url"])
def test_further_indexes_come_first(stackwright: Commands, further: IndexServer, option: str) -> None:
    assert advised(stackwright, "app", option, further.url) == ["app==1.0", "lib==5.0"]


def test_indexes_of_requirements_files(
    stackwright: Commands, server: IndexServer, further: IndexServer
) -> None:
    stackwright.write("some.in", f"--extra-index-url {further.url}\napp\n")
    assert advised(stackwright, "-r", "some.in") == ["app==1.0", "lib==5.0"]
    stackwright.write("some.in", f"-i {further.url}\nother\n")
    server.requests.clear()
    assert advised(stackwright, "-r", "some.in") == ["other==1.0"]
    assert server.requests == []
    assert stackwright.advise("-r", "some.in", "--index-url", server.url).code == 1


def test_the_public_index_in_a_file_means_the_configured_one(stackwright: Commands) -> None:
    stackwright.write(
        "Pipfile", f'[[source]]\nname = "pypi"\nurl = "{public_endpoint()}"\n[packages]\napp = "*"\n'
    )
    assert advised(stackwright, "-r", "Pipfile") == ["app==1.0", "lib==1.0"]


def test_an_explicit_source_serves_only_what_names_it(
    stackwright: Commands, server: IndexServer, further: IndexServer
) -> None:
    sources = "".join(
        f'[[source]]\nname = "{name}"\nurl = "{url}"\nverify_ssl = true\n'
        for name, url in (("main", server.url), ("second", further.url))
    )
    stackwright.write(
        "Pipfile", f'{sources}[packages]\napp = "*"\nother = {{version = "*", index = "second"}}\n'
    )
    assert advised(stackwright, "-r", "Pipfile") == ["app==1.0", "lib==1.0", "other==1.0"]
    stackwright.write(
        "Pipfile", f'{sources}[packages]\nlib = {{version = "*", index = "second"}}\napp = "*"\n'
    )
    assert advised(stackwright, "-r", "Pipfile") == ["app==1.0", "lib==5.0"]


def test_indexes_of_uv_by_name(stackwright: Commands, further: IndexServer) -> None:
    stackwright.write(
        "pyproject.toml",
        '[project]\nname = "x"\ndependencies = ["app", "lib"]\n'
        f'[[tool.uv.index]]\nname = "second"\nurl = "{further.url}"\nexplicit = true\n'
        '[tool.uv.sources]\nlib = {index = "second"}\n',
    )
    assert advised(stackwright, "-r", "pyproject.toml") == ["app==1.0", "lib==5.0"]


def test_an_index_that_is_not_named_is_a_mistake(stackwright: Commands, server: IndexServer) -> None:
    stackwright.write("Pipfile", '[packages]\nlib = {version = "*", index = "second"}\n')
    ran = stackwright.advise("-r", "Pipfile")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("stackwright: error: lib from Pipfile:2:1: there is no index named 'second'\n")
    assert server.requests == []


def test_an_index_line_that_is_no_address_is_told_with_its_place(stackwright: Commands) -> None:
    stackwright.write("some.in", "app\n-i ftp://me:secret@index.example/\n")
    ran = stackwright.advise("-r", "some.in")
    assert ran.code == 2
    assert ran.err.startswith("stackwright: error: index URL from some.in:2:1: is no web address")
    assert "secret" not in ran.err


def test_links_beside_the_file_that_names_them(stackwright: Commands) -> None:
    for name in ("sub", "sub/wheels"):
        stackwright.path(name).mkdir()
    stackwright.path("sub/wheels/lib-7.0-py3-none-any.whl").write_bytes(build_wheel("lib", "7.0"))
    stackwright.write("sub/some.in", "--find-links wheels\napp\n")
    assert advised(stackwright, "-r", "sub/some.in") == ["app==1.0", "lib==7.0"]
    assert advised(stackwright, "lib", "--no-index", "--find-links", "sub/wheels") == ["lib==7.0"]
    stackwright.write("sub/some.in", "--no-index\n-f wheels\napp\n")
    assert stackwright.advise("-r", "sub/some.in").code == 1


def test_kinds_of_files_and_prereleases_of_requirements_files(stackwright: Commands) -> None:
    def files(*lines: str) -> list[str]:
        stackwright.write("some.in", "\n".join((*lines, "lib")))
        (pin,) = stackwright.advise("-r", "some.in", "--format", "json").json["pins"]
        return [artifact["filename"] for artifact in pin["artifacts"]]

    wheel, sdist = "lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"
    assert files() == [wheel, sdist]
    assert files("--only-binary :all:") == [wheel]
    assert files("--no-binary lib") == [sdist]
    assert files("--only-binary :all:", "--no-binary lib") == [sdist]
    assert files("--only-binary lib", "--only-binary :none:") == [wheel, sdist]
    assert files("--pre") == ["lib-2.0a1-py3-none-any.whl", "lib-2.0a1.tar.gz"]


def test_an_option_counts_more_than_a_file_about_prereleases(stackwright: Commands) -> None:
    stackwright.write("some.in", "--pre\nlib\n")
    assert advised(stackwright, "-r", "some.in", "--prerelease", "if-necessary") == ["lib==1.0"]


def test_options_that_are_passed_over_are_told(stackwright: Commands) -> None:
    stackwright.write("some.in", "--prefer-binary\n--trusted-host index.example\nlib\n")
    ran = stackwright.advise("-r", "some.in")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "stackwright: some.in: the option --prefer-binary is passed over",
        "stackwright: some.in: the option --trusted-host is passed over",
    ]


@pytest.mark.slow
def test_builds_are_made_where_they_are_allowed(stackwright: Commands, server: IndexServer) -> None:
    assert isinstance(server.site, FakeIndex)
    server.site.add("built", "1.0", requires=["lib"], wheel=False, sdist=SdistKind.DYNAMIC)
    refused = stackwright.advise("built")
    assert refused.code == 1
    assert advised(stackwright, "built", "--allow-builds") == ["built==1.0", "lib==1.0"]


def test_refresh_asks_again(stackwright: Commands, server: IndexServer) -> None:
    assert advised(stackwright, "app") == ["app==1.0", "lib==1.0"]
    server.requests.clear()
    advised(stackwright, "app")
    assert server.requests == []
    advised(stackwright, "app", "--refresh")
    assert {request.path for request in server.requests} == {"/simple/app/", "/simple/lib/"}
