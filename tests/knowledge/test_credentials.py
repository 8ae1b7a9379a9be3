"""Who is told which user name and password: nobody but the origin they are for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.errors import ConfigurationError, IndexStatusError
from knowledge.indexes.configuration import IndexConfiguration, configure_index
from knowledge.opening import open_knowledge
from knowledge.stores.store import MEMORY
from knowledge.transport.credentials import Credentials, may_carry, netrc_file, of_environment

KEYRING = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
  "get http://127.0.0.1:"*" someone") echo s3cret;;
  "--mode creds get 127.0.0.1") printf 'someone\\ns3cret\\n';;
  *) exit 1;;
esac
"""


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("foo", "1.0")
    with IndexServer(index, credentials=("someone", "s3cret")) as server:
        yield server


def read(configured: IndexConfiguration) -> None:
    with open_knowledge(configured, MEMORY, lambda: 1e9, user_agent="stackwright/test") as knowledge:
        listing = knowledge.listing("foo")
        assert listing is not None
        (file,) = listing.files(0)
        assert knowledge.metadata("foo", file).version == "1.0"
        assert "s3cret" not in file.url
        assert "s3cret" not in repr(knowledge.indexes)


def test_credentials_in_the_address_serve(server: IndexServer) -> None:
    url = server.url.replace("//", "//someone:s3cret@")
    configured = configure_index(option=url, environ={})
    assert "s3cret" not in repr(configured)
    read(configured)


def test_netrc_serves_where_the_address_says_nothing(server: IndexServer, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password s3cret\n")
    read(configure_index(option=server.url, environ={}, home=tmp_path))
    named = tmp_path / "named"
    named.write_text("machine 127.0.0.1\nlogin nobody\npassword wrong\n")
    wrong = configure_index(option=server.url, environ={"NETRC": str(named)}, home=tmp_path)
    with pytest.raises(IndexStatusError) as caught:
        read(wrong)
    assert any("does not accept" in note for note in caught.value.__notes__)
    assert "wrong" not in str(caught.value)
    url = server.url.replace("//", "//someone:s3cret@")
    read(configure_index(option=url, environ={"NETRC": str(named)}, home=tmp_path))


def test_variables_of_an_index_serve(server: IndexServer) -> None:
    environ = {"UV_INDEX_MY_OWN_USERNAME": "someone", "UV_INDEX_MY_OWN_PASSWORD": "s3cret"}
    with IndexServer(FakeIndex()) as public:
        configured = configure_index(option=public.url, further=[f"my-own={server.url}"], environ=environ)
        read(configured)
        assert of_environment(environ, "other") is None


def test_without_credentials_the_remedy_is_told(server: IndexServer, tmp_path: Path) -> None:
    with pytest.raises(IndexStatusError, match="401") as caught:
        read(configure_index(option=server.url, environ={}, home=tmp_path))
    assert any("netrc" in note for note in caught.value.__notes__)
    assert len(server.requests) == 1


@pytest.mark.parametrize("user", ["someone@", ""])
def test_the_keyring_is_asked_only_when_the_user_says_so(
    server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    log = tmp_path / "log"
    command = tmp_path / "keyring"
    command.write_text(KEYRING.format(log=log))
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    url = server.url.replace("//", f"//{user}")
    with pytest.raises(IndexStatusError, match="401"):
        read(configure_index(option=url, environ={}))
    assert not log.exists()
    read(configure_index(option=url, keyring=True, environ={}))
    assert 1 <= len(log.read_text().splitlines()) <= 2


def test_a_keyring_that_does_not_exist_changes_nothing(
    server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(IndexStatusError, match="401"):
        read(configure_index(option=server.url, keyring=True, environ={}))


@pytest.mark.parametrize(
    ("url", "carries"),
    [
        ("https://h.example/", True),
        ("http://127.0.0.1:8080/", True),
        ("http://[::1]/", True),
        ("http://localhost/", True),
        ("http://h.example/", False),
        ("http://127.0.0.1.example/", False),
        ("http://10.0.0.1/", False),
    ],
)
def test_nobody_on_the_way_can_read_them(url: str, carries: bool) -> None:
    assert may_carry(url) is carries


def test_credentials_stay_with_their_origin(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(
        "default login d password d\n"
        "machine Files.example login f password p\n"
        "machine plain.example login x password y\n"
    )
    credentials = Credentials(
        {"https://one.example:443": ("u", "p"), "http://plain.example:80": ("u", "p")},
        netrc_file({}, tmp_path),
    )
    assert credentials.of("https://one.example/simple/foo/") == ("u", "p")
    assert credentials.of("https://files.example:8443/x.whl") == ("f", "p")
    for url in (
        "https://one.example:8443/x",
        "http://one.example/x",
        "https://other.example/",
        "http://plain.example/",
    ):
        assert credentials.of(url) is None


def test_a_malformed_netrc_is_told_without_its_content(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine one.example login u password s3cret extra s3cret\n")
    credentials = Credentials({}, netrc_file({}, tmp_path))
    with pytest.raises(ConfigurationError, match="netrc") as caught:
        credentials.of("https://one.example/")
    assert "s3cret" not in str(caught.value)
