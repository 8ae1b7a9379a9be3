"""An image in the daemon of Docker or behind podman's socket, streamed as ``docker save`` would write it."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from images.errors import ImageReferenceError, SourceUnavailableError
from images.sources.archive_files import CHUNK_BYTES
from images.sources.archive_streams import ArchiveStream
from images.sources.archived_images import read_archived
from images.sources.platform_choice import Wish, host_platform, normalised, rank
from images.sources.reference_texts import ImageReference, ReferenceKind
from images.sources.source import Image, Platform, ReadLayer

if TYPE_CHECKING:
    from docker import DockerClient

_ANSWER_S, _SAVE_S = 30, 600
_UNIX = "unix://"
_LIMIT_FILE_BYTES = 1 << 20
_NAMES = {ReferenceKind.DOCKER: "Docker", ReferenceKind.PODMAN: "podman"}
_STARTS = {
    ReferenceKind.DOCKER: "start it, or say where it is by DOCKER_HOST",
    ReferenceKind.PODMAN: "systemctl --user start podman.socket, or say where it is by CONTAINER_HOST",
}


class Daemon(msgspec.Struct, frozen=True):
    """One of the two, as it was found."""

    kind: ReferenceKind
    client: DockerClient
    image: Mapping[str, Any]


class DaemonImage:
    """An `images.sources.source.ImageSource` of a daemon.

    Args:
        kind: whose, `ReferenceKind.DOCKER` or `ReferenceKind.PODMAN`.
        name: as the user wrote it; an image's identifier too.
    """

    def __init__(
        self,
        reference: ImageReference,
        kind: ReferenceKind,
        name: str,
        wish: Wish,
        environ: Mapping[str, str],
    ) -> None:
        self._reference, self._kind, self._name = reference, kind, name
        self._wish, self._environ = wish, environ

    def read(self, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        """The image, each layer read once, as the daemon sends it."""
        return self.read_found(self.found(), read_layer, progress)

    def read_found(self, daemon: Daemon, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        """The image out of what `found` gave, which is closed."""
        try:
            return self._read(daemon, read_layer, progress)
        finally:
            daemon.client.close()

    def found(self) -> Daemon:
        """The daemon with the image.

        Raises:
            SourceUnavailableError: it does not run, or does not answer.
            ImageReferenceError: it has no such image, or for another platform.
        """
        from docker.errors import APIError, DockerException, NotFound

        client, kind = self.client()
        try:
            for name in _names(self._name, self._kind):
                try:
                    image: Mapping[str, Any] = client.images.get(name).attrs
                except NotFound:
                    continue
                platform = _platform(image)
                stated = self._wish.stated
                if platform is not None and stated is not None and rank(stated, platform) is None:
                    raise self._wish.error(self._name, [platform])
                return Daemon(kind, client, image)
            raise ImageReferenceError(self._name, f"{_NAMES[self._kind]} has no such image")
        except APIError as error:
            client.close()
            raise self._unavailable(f"answers {error.status_code}") from error
        except (DockerException, OSError) as error:
            client.close()
            raise self._unavailable("does not answer") from error
        except ImageReferenceError:
            client.close()
            raise

    def _read(self, daemon: Daemon, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        from docker.errors import DockerException

        daemon.client.api.timeout = _SAVE_S
        progress(f"{_NAMES[daemon.kind]} saves {self._name}")
        try:
            chunks = daemon.client.api.get_image(daemon.image["Id"], chunk_size=CHUNK_BYTES)
        except (DockerException, OSError) as error:
            raise self._unavailable("does not save the image") from error
        archive = ArchiveStream(self._guarded(chunks), self._name, read_layer)
        parts = read_archived(archive, self._name, None, self._wish, read_layer, progress)
        tags = tuple(tag for tag in daemon.image.get("RepoTags") or () if isinstance(tag, str))
        return parts.image(self._reference.text, daemon.kind.value, tags)

    def _guarded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """What the daemon sends; that it breaks off is its failure."""
        import urllib3
        from docker.errors import DockerException

        try:
            yield from chunks
        except (DockerException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unavailable("breaks off while it sends the image") from error

    def client(self) -> tuple[DockerClient, ReferenceKind]:
        """A client, and which of the two answers: podman's socket may stand in Docker's place."""
        from docker.errors import DockerException

        tried = list(_addresses(self._kind, self._environ))
        address = next((address for address in tried if _may_exist(address)), None)
        if address is None:
            raise self._unavailable(f"does not run: there is no {' and no '.join(tried)}")
        try:
            _probe(address)
            return _spoken_to(address, _encryption(self._kind, self._environ))
        except PermissionError as error:
            remedy = "run as a user who may, such as one of its group"
            raise self._unavailable(f"may not be spoken to at {address}", remedy) from error
        except (DockerException, OSError, ValueError, KeyError) as error:
            raise self._unavailable(f"does not answer at {address}") from error

    def _unavailable(self, reason: str, remedy: str | None = None) -> SourceUnavailableError:
        return SourceUnavailableError(_NAMES[self._kind], reason, remedy or _STARTS[self._kind])


def answering_daemon(kind: ReferenceKind, environ: Mapping[str, str]) -> str:
    """Who answers where a daemon is looked for, such as ``Docker with API 1.47``.

    Raises:
        SourceUnavailableError: nobody does.
    """
    from docker.errors import DockerException

    reference = ImageReference(text=kind.value, kind=kind)
    asked = DaemonImage(reference, kind, "", Wish(stated=None, host=host_platform()), environ)
    client, found = asked.client()
    try:
        return f"{_NAMES[found]} with API {client.api.api_version}"
    except (DockerException, OSError) as error:
        raise SourceUnavailableError(_NAMES[kind], "does not answer", _STARTS[kind]) from error
    finally:
        client.close()


def _spoken_to(address: str, encryption: dict[str, Any]) -> tuple[DockerClient, ReferenceKind]:
    """A client that speaks the version of who answers, which is asked once: podman takes its time."""
    import docker
    from docker.constants import DEFAULT_DOCKER_API_VERSION

    settings: dict[str, Any] = {
        "base_url": address,
        "timeout": _ANSWER_S,
        "use_ssh_client": address.startswith("ssh:"),
        **encryption,
    }
    first = docker.DockerClient(version=DEFAULT_DOCKER_API_VERSION, **settings)
    try:
        about = first.version(api_version=False)
    finally:
        first.close()
    parts = [part for part in about.get("Components") or [] if isinstance(part, dict)]
    is_podman = any("podman" in str(part.get("Name", "")).lower() for part in parts)
    client = docker.DockerClient(version=about["ApiVersion"], **settings)
    return client, ReferenceKind.PODMAN if is_podman else ReferenceKind.DOCKER


def _names(name: str, kind: ReferenceKind) -> tuple[str, ...]:
    """What an image may be called; podman keeps what it built itself below a name of its own."""
    first = name.partition("/")[0]
    is_qualified = "/" in name and any(mark in first for mark in ".:")
    if is_qualified or first == "localhost" or name.startswith("sha256:"):
        return (name,)
    return (name, f"localhost/{name}")


def _platform(image: Mapping[str, Any]) -> Platform | None:
    os_name, architecture, variant = (image.get(key) for key in ("Os", "Architecture", "Variant"))
    if not isinstance(os_name, str) or not isinstance(architecture, str) or not (os_name and architecture):
        return None
    stated = variant if isinstance(variant, str) and variant else None
    return normalised(Platform(os=os_name, architecture=architecture, variant=stated))


def _addresses(kind: ReferenceKind, environ: Mapping[str, str]) -> Iterator[str]:
    """Where the daemon may be; one that the user states is the only one."""
    is_docker = kind is ReferenceKind.DOCKER
    stated = environ.get("DOCKER_HOST" if is_docker else "CONTAINER_HOST") or (
        _context(environ) if is_docker else None
    )
    if stated:
        yield stated
        return
    runtime = environ.get("XDG_RUNTIME_DIR")
    if is_docker:
        yield "unix:///var/run/docker.sock"
    if runtime:
        yield f"unix://{runtime}/{'docker.sock' if is_docker else 'podman/podman.sock'}"
    if not is_docker:
        yield "unix:///run/podman/podman.sock"


def _context(environ: Mapping[str, str]) -> str | None:
    """The address of Docker's current context, as Docker Desktop and rootless Docker set one up."""
    home = environ.get("HOME")
    directory = Path(environ.get("DOCKER_CONFIG") or (Path(home, ".docker") if home else ""))
    name = environ.get("DOCKER_CONTEXT") or _json(directory / "config.json").get("currentContext")
    if not isinstance(name, str) or not name or name == "default":
        return None
    digits = hashlib.sha256(name.encode()).hexdigest()
    endpoints = _json(directory / "contexts" / "meta" / digits / "meta.json").get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    return host if isinstance(host, str) else None


def _json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_LIMIT_FILE_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _encryption(kind: ReferenceKind, environ: Mapping[str, str]) -> dict[str, Any]:
    """Certificates for Docker over TCP, as its own command reads them from the environment."""
    import docker.utils

    if kind is not ReferenceKind.DOCKER or not environ.get("DOCKER_HOST"):
        return {}
    found = docker.utils.kwargs_from_env(dict(environ))
    return {key: value for key, value in found.items() if key == "tls"}


def _may_exist(address: str) -> bool:
    return not address.startswith(_UNIX) or os.path.lexists(address.removeprefix(_UNIX))


def _probe(address: str) -> None:
    """Connect once by hand, for the client does not tell why it cannot.

    Raises:
        OSError: why.
    """
    if address.startswith(_UNIX):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_ANSWER_S)
            probe.connect(address.removeprefix(_UNIX))
