"""The real daemons and registry, each with data of its own, on loopback, for the time of a ``with`` block."""

from __future__ import annotations

import abc
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_START_S = 60


def missing_programs(*programs: str) -> str | None:
    """Why programs cannot be started; None if they can."""
    absent = [program for program in programs if shutil.which(program) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    return "needs the superuser" if os.geteuid() != 0 else None


class ImageServer(abc.ABC):
    """A process with a directory of its own; both are gone at the end."""

    def __init__(self) -> None:
        self._directory = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        """Start the process in a group of its own, and wait until `is_ready`."""
        with self.path("log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environ or {})},
                start_new_session=True,
            )
        deadline_s = time.monotonic() + _START_S
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                raise RuntimeError(f"{command[0]} did not start:\n{self.path('log').read_text()[-2000:]}")
            time.sleep(0.05)

    def path(self, name: str) -> Path:
        return self._directory / name

    @abc.abstractmethod
    def is_ready(self) -> bool: ...

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="images-", dir="/tmp"))
        try:
            self.run()
        except BaseException:
            self._end()
            raise
        return self

    @abc.abstractmethod
    def run(self) -> None: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)


class SocketServer(ImageServer):
    """A daemon behind a Unix socket that speaks Docker's interface."""

    @property
    def url(self) -> str:
        return f"unix://{self.path('server.sock')}"

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.path("server.sock")))
            except OSError:
                return False
        return True

    def load(self, archive: Path, *, tag: str) -> None:
        """Load an archive that holds one image, and name it."""
        import docker

        client = docker.DockerClient(base_url=self.url, version="auto", timeout=120)
        try:
            with archive.open("rb") as file:
                (image,) = client.images.load(file)
            repository, _, version = tag.rpartition(":")
            image.tag(repository, version)
        finally:
            client.close()


class DockerServer(SocketServer):
    """``dockerd`` without networks, its layers as plain directories."""

    def run(self) -> None:
        roots = ["--data-root", str(self.path("data")), "--exec-root", str(self.path("exec"))]
        networks = ["--iptables=false", "--ip6tables=false", "--bridge=none"]
        self.start(
            [
                "dockerd",
                *roots,
                "-p",
                str(self.path("pid")),
                "-H",
                self.url,
                "--storage-driver=vfs",
                *networks,
            ]
        )


class PodmanServer(SocketServer):
    """``podman system service``."""

    def run(self) -> None:
        storage = self.path("storage.conf")
        storage.write_text(
            f'[storage]\ndriver="vfs"\nrunroot="{self.path("run")}"\ngraphroot="{self.path("graph")}"\n'
        )
        environ = {"CONTAINERS_STORAGE_CONF": str(storage), "HOME": str(self._directory)}
        self.start(["podman", "system", "service", "--time=0", self.url], environ)


class RegistryServer(ImageServer):
    """``docker-registry`` with files for storage.

    Args:
        settings: added to its configuration, such as ``auth``.
    """

    def __init__(self, settings: Mapping[str, object] | None = None) -> None:
        super().__init__()
        self._settings = dict(settings or {})
        self._port = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._port}"

    def run(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        configuration = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(self.path("store"))}},
            "http": {"addr": self.host},
            **self._settings,
        }
        self.path("registry.yml").write_text(json.dumps(configuration))
        self.start(["docker-registry", "serve", str(self.path("registry.yml"))])

    def is_ready(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0


def push_layout(layout: Path, host: str, repository: str, headers: Mapping[str, str] | None = None) -> None:
    """Push every blob and manifest of a layout as it is, the first as ``latest``: other tools recompress."""
    import requests

    session = requests.Session()
    session.headers.update(headers or {})
    session.trust_env = False
    with session:
        base = f"http://{host}/v2/{repository}"
        blobs = {path.name: path for path in layout.glob("blobs/sha256/*")}
        manifests = [path for path in blobs.values() if _media_type(path)]
        for path in blobs.values():
            if path not in manifests:
                place = session.post(f"{base}/blobs/uploads/").headers["Location"]
                mark = "&" if "?" in place else "?"
                url = f"{place}{mark}digest=sha256:{path.name}"
                session.put(url, data=path.read_bytes()).raise_for_status()
        top = json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"]
        pending = manifests
        while pending:  # an index can be pushed when what it lists is there
            left = [
                path for path in pending if not _put(session, f"{base}/manifests/sha256:{path.name}", path)
            ]
            if len(left) == len(pending):
                raise RuntimeError(f"the registry takes none of {[path.name for path in left]}")
            pending = left
        if not _put(session, f"{base}/manifests/latest", layout / "blobs" / top.replace(":", "/")):
            raise RuntimeError("the registry does not take the tag")


def _put(session: object, url: str, path: Path) -> bool:
    import requests

    assert isinstance(session, requests.Session)
    return session.put(url, data=path.read_bytes(), headers={"Content-Type": _media_type(path)}).ok


def _media_type(path: Path) -> str:
    """Of a manifest or index; empty for what is none."""
    content = path.read_bytes()
    if not content.startswith(b"{"):
        return ""
    document = json.loads(content)
    return str(document.get("mediaType", "")) if "schemaVersion" in document else ""
