"""The client and certificates, against a real server with one of its own."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import RedirectError, TlsError
from knowledge.transport.client import Client, Response
from knowledge.transport.settings import TransportSettings
from knowledge.transport.statistics import RequestKind
from knowledge.transport.threads import Transport


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(path), "-out", str(path), "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def url(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def get(settings: TransportSettings, url: str) -> Response:
    def work(client: Client) -> Response:
        return client.get(url, RequestKind.LISTING, largest_bytes=100)

    transport = Transport(settings)
    try:
        return transport.submit(work).result(timeout=20)
    finally:
        transport.close()


def test_an_unknown_authority_is_refused_at_once_with_a_remedy(url: str) -> None:
    with pytest.raises(TlsError, match="self-signed certificate") as caught:
        get(TransportSettings(backoff_s=60), f"{url}/")
    assert any("PIP_CERT" in note for note in caught.value.__notes__)


def test_an_authority_that_was_named_is_trusted(url: str, certificate: Path) -> None:
    assert get(TransportSettings(ca_file=str(certificate)), f"{url}/").body == b"ok"


def test_a_name_that_is_not_in_the_certificate_is_refused(url: str, certificate: Path) -> None:
    with pytest.raises(TlsError, match=r"doesn.t match|not valid for"):
        get(TransportSettings(ca_file=str(certificate)), url.replace("127.0.0.1", "localhost"))


def test_a_redirect_from_https_to_http_is_not_followed(url: str, certificate: Path) -> None:
    with pytest.raises(RedirectError, match="redirects from https to http://127"):
        get(TransportSettings(ca_file=str(certificate)), f"{url}/away")
