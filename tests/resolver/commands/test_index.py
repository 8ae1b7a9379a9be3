"""Which index is asked, and what is told when it cannot be asked or answers nonsense."""

from __future__ import annotations

import http.server
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from fakes.commands import SCRIPT, Commands
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

PLACES = ("pip.conf", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_INDEX_URL", "pyproject.toml", "--index-url")
"""The weakest first."""


def test_each_place_counts_more_than_those_before_it(tmp_path: Path, small_index: FakeIndex) -> None:
    commands, options = Commands(tmp_path), ["--index-url"]
    with ExitStack() as running:
        servers = {place: running.enter_context(IndexServer(small_index)) for place in PLACES}
        for place, server in servers.items():
            match place:
                case "pip.conf":
                    configured = commands.write("pip.conf", f"[global]\nindex-url = {server.url}\n")
                    commands.environ["PIP_CONFIG_FILE"] = str(configured)
                case "pyproject.toml":
                    commands.write(place, f'[tool.stackwright]\nindex-url = "{server.url}"\n')
                case "--index-url":
                    options.append(server.url)
                case _:
                    commands.environ[place] = server.url
            given = options if len(options) > 1 else []
            ran = commands.advise("flask", *given, "--store", tmp_path / f"store of {place}")
            assert ran.code == 0
            asked = [name for name, other in servers.items() if other.requests]
            assert asked == [place]
            server.requests.clear()


def test_index_may_be_named_without_closing_slash_and_with_credentials(
    tmp_path: Path, small_index: FakeIndex
) -> None:
    with IndexServer(small_index, credentials=("ann", "s3cret")) as server:
        commands = Commands(tmp_path, server.url.rstrip("/"))
        refused = commands.advise("flask")
        url = server.url.rstrip("/").replace("//", "//ann:s3cret@")
        found = commands.advise("flask", "--index-url", url, "-o", "pylock.toml")
    assert refused.code == 3
    assert refused.err == (
        f"stackwright: error: {server.url}flask/: HTTP status 401 (Unauthorized)\n"
        "  check the user name and password in the index URL, or ~/.netrc\n"
    )
    assert found.code == 0
    assert "s3cret" not in found.out + found.err + commands.path("pylock.toml").read_text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tool.stackwright]\nindex_url = 'x'\n", "[tool.stackwright] has no setting named index_url"),
        ("[tool.stackwright\n", "Expected ']' at the end of a table declaration (at line 1, column 18)"),
    ],
)
def test_mistakes_in_pyproject(stackwright: Commands, server: IndexServer, text: str, told: str) -> None:
    stackwright.write("pyproject.toml", text)
    ran = stackwright.advise("flask")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"stackwright: error: pyproject.toml: {told}"
    assert server.requests == []


def test_unknown_setting_names_those_that_are_known(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", "[tool.stackwright]\nindex = 'x'\n")
    told = stackwright.advise("flask").err.splitlines()[1]
    names = "environments, find-links, image, index-url, indexes, overrides, predictor, rules, scan"
    assert told == f"  known settings: {names}, sources, units, vendor-indexes"


@pytest.mark.parametrize("text", ["[tool]\nstackwright = 3\n", "tool = 'stackwright'\n"])
def test_table_of_pyproject_that_is_none(stackwright: Commands, text: str) -> None:
    stackwright.write("pyproject.toml", text)
    ran = stackwright.advise("flask")
    assert ran.code == 2
    assert ran.err == "stackwright: error: pyproject.toml: [tool.stackwright] is no table\n"


def test_pyproject_of_other_tools_is_no_matter(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", "[tool.other\n")
    assert stackwright.advise("flask").code == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "is a directory; an index is asked by http or https"),
        ("simple", "is a directory; an index is asked by http or https"),
        ("file:///srv/simple/", "is a directory; an index is asked by http or https"),
        ("ftp://index.example/simple/", "is no web address: 'ftp://index.example/simple/'"),
        ("https://index.example:port/simple/", "is no valid web address"),
        ("https://index.example/simple/?x=1", "must have no query, fragment or white space"),
    ],
)
def test_bad_index_url(stackwright: Commands, url: str, told: str) -> None:
    ran = stackwright.advise("flask", "--index-url", url)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: index URL from --index-url: {told}")
    assert len(ran.err.splitlines()) == 1


def test_root_that_is_none_has_no_project(stackwright: Commands, server: IndexServer) -> None:
    ran = stackwright.advise("flask", "--index-url", f"{server.origin}/nothing/")
    assert ran.code == 1
    assert "the index has no project named flask" in " ".join(ran.out.split())
    assert ran.err == f"stackwright: the index is {server.origin}/nothing/\n"


def test_port_where_nobody_listens(stackwright: Commands) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/simple/"
        ran = stackwright.advise("flask", "-o", "pylock.toml", "--index-url", url)
    assert (ran.code, ran.out) == (3, "")
    first, second = ran.err.splitlines()[:2]
    assert first.startswith(f"stackwright: error: {url}flask/: ")
    assert second == "  check the network, the proxy settings and the index URL, or use --offline"
    assert list(stackwright.folder.iterdir()) == []


@contextmanager
def plain_http() -> Iterator[int]:
    """The port of a server that answers TLS as web servers do: with a status in the clear."""

    class Silent(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_server_that_speaks_no_tls(stackwright: Commands) -> None:
    with plain_http() as port:
        ran = stackwright.advise("flask", "--index-url", f"https://127.0.0.1:{port}/simple/")
    assert (ran.code, ran.out) == (3, "")
    first, second = ran.err.splitlines()
    assert first.startswith(f"stackwright: error: https://127.0.0.1:{port}/simple/flask/: ")
    assert "SSL_CERT_FILE" in second


def test_certificates_that_cannot_be_read(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", PIP_CERT="/no/such/file.pem")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("stackwright: error: cert from /no/such/file.pem: no usable certificates")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.body(b"{", "application/vnd.pypi.simple.v1+json"), "no valid project page"),
        (Fault.body(b"hello", "text/plain"), "a project page of unknown type 'text/plain'"),
        (Fault.redirect_loop(), "more than 10 redirects"),
        (Fault.redirect("ftp://index.example/"), "redirects to no web address"),
        (Fault.status(400), "HTTP status 400"),
        pytest.param(Fault.status(500), "HTTP status 500", id="500", marks=pytest.mark.slow),
        pytest.param(Fault.reset(), "", id="reset", marks=pytest.mark.slow),
        pytest.param(Fault.truncate(20), "the answer was cut off", id="truncated", marks=pytest.mark.slow),
    ],
)
def test_index_that_answers_nonsense(
    stackwright: Commands, server: IndexServer, fault: Fault, told: str
) -> None:
    server.fault("/simple/werkzeug/", fault)
    old = stackwright.write("requirements.txt", "old")
    ran = stackwright.advise("flask", "-o", "requirements.txt")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"stackwright: error: {server.url}werkzeug/: {told}")
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) <= 3
    assert old.read_text() == "old"


def test_metadata_with_another_hash_than_promised(stackwright: Commands, server: IndexServer) -> None:
    server.fault("*/werkzeug-3.1-*.metadata", Fault.metadata(keywords="x"))
    ran = stackwright.advise("flask", "-o", "pylock.toml")
    assert (ran.code, ran.out) == (3, "")
    first, second = ran.err.splitlines()
    assert first.startswith("stackwright: error: werkzeug-3.1-py3-none-any.whl (")
    assert "the index promised " in first
    assert second.endswith("is damaged or was tampered with: do not install it")
    assert not stackwright.path("pylock.toml").exists()
    server.heal()
    assert stackwright.advise("flask", "-o", "pylock.toml").code == 0, "nothing false was stored"


def test_fault_that_passes_is_outlasted(stackwright: Commands, server: IndexServer) -> None:
    server.fault("/simple/click/", Fault.status(503), times=1)
    server.fault("*.metadata", Fault.reset(), times=1)
    ran = stackwright.advise("flask")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.slow
def test_no_network_at_all_is_told(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode:
        pytest.skip("unshare -rn does not work here: no network namespaces for this user")
    commands = Commands(tmp_path, "https://index.example/simple/")
    ran = subprocess.run(
        [unshare, "-rn", SCRIPT, "advise", "flask"],
        cwd=commands.folder,
        env=commands.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (3, "")
    first, second = ran.stderr.splitlines()[:2]
    assert first.startswith("stackwright: error: https://index.example/simple/flask/: ")
    assert second == "  check the network, the proxy settings and the index URL, or use --offline"
