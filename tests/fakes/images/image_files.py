"""Packs layers and a configuration as the tools of the container world do: archives, layouts, indexes.

A layer is an uncompressed tar archive, as bytes or as a file; it is compressed, hashed and named here.
Nothing depends on the clock: the same image packs to the same bytes.
"""

from __future__ import annotations

import dataclasses
import enum
import gzip
import hashlib
import io
import itertools
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import zstandard

_CHUNK_BYTES = 1 << 20
_MARK = b'{"imageLayoutVersion":"1.0.0"}'
REF_NAME = "org.opencontainers.image.ref.name"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"

Layer = bytes | Path


class Compression(enum.Enum):
    """How a layer is compressed; the value is the suffix of its media type."""

    PLAIN = ""
    GZIP = "gzip"
    ZSTD = "zstd"


@dataclasses.dataclass(frozen=True, kw_only=True)
class FakeImage:
    """An image to pack.

    Attributes:
        layers: uncompressed, lowest first.
        config: laid over ``{"architecture": "amd64", "os": "linux"}``; ``rootfs`` is made from the layers.
        compressions: of the layers, repeated as often as there are layers.
        docker: media types of Docker in place of OCI's.
    """

    layers: Sequence[Layer]
    config: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    compressions: Sequence[Compression] = (Compression.GZIP,)
    docker: bool = False

    @property
    def config_bytes(self) -> bytes:
        diff_ids = [f"sha256:{layer_digest(layer)}" for layer in self.layers]
        rootfs = {"type": "layers", "diff_ids": diff_ids}
        return json_bytes({"architecture": "amd64", "os": "linux", **self.config, "rootfs": rootfs})

    @property
    def platform(self) -> dict[str, str]:
        config = {"architecture": "amd64", "os": "linux", **self.config}
        return {key: config[key] for key in ("architecture", "os", "variant") if key in config}


def json_bytes(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def layer_digest(content: Layer) -> str:
    """Sha256 in hexadecimal."""
    digest = hashlib.sha256()
    for chunk in layer_chunks(content):
        digest.update(chunk)
    return digest.hexdigest()


def layer_chunks(content: Layer) -> Iterator[bytes]:
    """The bytes of a layer in order."""
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def compressed(content: bytes, compression: Compression) -> bytes:
    """The content, compressed."""
    match compression:
        case Compression.PLAIN:
            return content
        case Compression.GZIP:
            return gzip.compress(content, 6, mtime=0)
        case Compression.ZSTD:
            return zstandard.ZstdCompressor().compress(content)


def write_oci_layout(
    directory: Path,
    *images: FakeImage,
    tags: Sequence[str] = ("latest",),
    nesting: int = 0,
    attestations: bool = False,
) -> Path:
    """An OCI layout; `directory` is made.

    Args:
        images: one is listed by itself, several as the platforms of an image index.
        tags: each names the image; none leaves it without a name.
        nesting: indexes around it.
        attestations: list an attestation manifest beside each image, as BuildKit does.
    """
    layout = Layout(directory)
    top = layout.add(*images, nesting=nesting, attestations=attestations)
    layout.finish([{**top, "annotations": {REF_NAME: tag}} for tag in tags] or [top])
    return directory


def write_oci_archive(
    path: Path,
    *images: FakeImage,
    tags: Sequence[str] = ("latest",),
    nesting: int = 0,
    attestations: bool = False,
) -> Path:
    """A layout as one tar archive; see `write_oci_layout`."""
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        layout = Path(scratch, "layout")
        write_oci_layout(layout, *images, tags=tags, nesting=nesting, attestations=attestations)
        _pack(layout, path)
    return path


class Layout:
    """A layout that is being written: blobs by digest, then `finish`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._blobs = directory / "blobs" / "sha256"
        self._blobs.mkdir(parents=True)

    def blob(
        self, content: Layer, media_type: str, compression: Compression = Compression.PLAIN
    ) -> dict[str, Any]:
        """Keep a blob and return its descriptor."""
        new = self._blobs / "new"
        with new.open("wb") as file:
            match compression:
                case Compression.PLAIN:
                    for chunk in layer_chunks(content):
                        file.write(chunk)
                case Compression.GZIP:
                    with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                        for chunk in layer_chunks(content):
                            packed.write(chunk)
                case Compression.ZSTD:
                    with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as writer:
                        for chunk in layer_chunks(content):
                            writer.write(chunk)
        digest, size = layer_digest(new), new.stat().st_size
        new.rename(self._blobs / digest)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": size}

    def image(self, image: FakeImage) -> dict[str, Any]:
        """Keep an image and return the descriptor of its manifest."""
        config = self.blob(image.config_bytes, DOCKER_CONFIG if image.docker else OCI_CONFIG)
        layers = [
            self.blob(layer, layer_media_type(compression, docker=image.docker), compression)
            for layer, compression in zip(image.layers, itertools.cycle(image.compressions), strict=False)
        ]
        return self.manifest(config, layers, docker=image.docker)

    def manifest(
        self, config: Mapping[str, Any], layers: Sequence[Mapping[str, Any]], *, docker: bool = False
    ) -> dict[str, Any]:
        """Keep a manifest and return its descriptor."""
        media_type = DOCKER_MANIFEST if docker else OCI_MANIFEST
        document = {"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers}
        return self.blob(json_bytes(document), media_type)

    def index(self, manifests: Sequence[Mapping[str, Any]], *, docker: bool = False) -> dict[str, Any]:
        """Keep an image index and return its descriptor."""
        media_type = DOCKER_LIST if docker else OCI_INDEX
        document = {"schemaVersion": 2, "mediaType": media_type, "manifests": manifests}
        return self.blob(json_bytes(document), media_type)

    def add(self, *images: FakeImage, nesting: int = 0, attestations: bool = False) -> dict[str, Any]:
        """Keep one image, or an index of several; see `write_oci_layout`."""
        entries = [{**self.image(image), "platform": image.platform} for image in images]
        if attestations:
            entries += [self._attestation(entry["digest"]) for entry in entries]
        docker = all(image.docker for image in images)
        if len(entries) == 1:
            top = {key: value for key, value in entries[0].items() if key != "platform"}
        else:
            top = self.index(entries, docker=docker)
        for _ in range(nesting):
            top = self.index([top], docker=docker)
        return top

    def _attestation(self, digest: str) -> dict[str, Any]:
        statement = self.blob(
            b'{"_type":"https://in-toto.io/Statement/v0.1"}', "application/vnd.in-toto+json"
        )
        platform = {"architecture": "unknown", "os": "unknown"}
        notes = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": digest}
        config = self.blob(json_bytes({**platform, "rootfs": {"type": "layers", "diff_ids": []}}), OCI_CONFIG)
        return {**self.manifest(config, [statement]), "platform": platform, "annotations": notes}

    def finish(self, manifests: Sequence[Mapping[str, Any]]) -> None:
        """Write ``index.json`` and the layout's mark."""
        document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests}
        (self._directory / "index.json").write_bytes(json_bytes(document))
        (self._directory / "oci-layout").write_bytes(_MARK)


def layer_media_type(compression: Compression, *, docker: bool = False) -> str:
    """The media type of a layer."""
    if docker and compression is Compression.GZIP:
        return f"{DOCKER_LAYER}.gzip"
    return (DOCKER_LAYER if docker else OCI_LAYER) + (f"+{compression.value}" if compression.value else "")


def write_docker_archive(path: Path, image: FakeImage, *, tags: Sequence[str] = ("example:1",)) -> Path:
    """What `docker save` of Docker 20 to 24 writes; always uncompressed.

    Directories come sorted by name; a layer that was written already is a link to it.
    """
    members: dict[str, Layer] = {}
    links: dict[str, str] = {}
    names: list[str] = []
    first: dict[str, str] = {}
    for position, layer in enumerate(image.layers):
        digest = layer_digest(layer)
        name = hashlib.sha256(f"{position} {digest}".encode()).hexdigest()
        names.append(f"{name}/layer.tar")
        members |= {f"{name}/VERSION": b"1.0", f"{name}/json": json_bytes({"id": name})}
        if digest in first:
            links[names[-1]] = f"../{first[digest]}"
        else:
            members[names[-1]], first[digest] = layer, names[-1]
    config = hashlib.sha256(image.config_bytes).hexdigest() + ".json"
    document = [{"Config": config, "RepoTags": list(tags) or None, "Layers": names}]
    members |= {config: image.config_bytes, "manifest.json": json_bytes(document)}
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(members.keys() | links.keys()):
            _add(archive, name, members.get(name, b""), links.get(name))
    return path


def write_podman_archive(
    path: Path, image: FakeImage, *, tags: Sequence[str] = ("docker.io/library/example:1",)
) -> Path:
    """What podman and skopeo write: `<diff id>.tar`, links to them from `<id>/layer.tar`, then a manifest."""
    names = []
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for layer in image.layers:
            name = f"{layer_digest(layer)}.tar"
            if name not in names:
                _add(archive, name, layer)
            names.append(name)
        config = hashlib.sha256(image.config_bytes).hexdigest() + ".json"
        _add(archive, config, image.config_bytes)
        for position, name in enumerate(names):
            directory = hashlib.sha256(f"{position} {name}".encode()).hexdigest()
            _add(archive, f"{directory}/VERSION", b"1.0")
            _add(archive, f"{directory}/layer.tar", b"", f"../{name}")
            _add(archive, f"{directory}/json", json_bytes({"id": directory}))
        document = [{"Config": config, "RepoTags": list(tags), "Layers": names}]
        _add(archive, "repositories", b"{}")
        _add(archive, "manifest.json", json_bytes(document))
    return path


def write_docker25_archive(path: Path, *images: FakeImage, tags: Sequence[str] = ("example:1",)) -> Path:
    """What `docker save` of Docker 25 and later writes: a layout, and a ``manifest.json`` beside it.

    With the classic store layers are uncompressed, with containerd's they are as they were pulled:
    `FakeImage.compressions` decides. The ``manifest.json`` lists the first of several platforms, as there.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        directory = Path(scratch, "layout")
        layout = Layout(directory)
        top = layout.add(*images)
        manifest = layout.image(images[0])
        blobs = directory / "blobs" / "sha256"
        listed = json.loads((blobs / manifest["digest"].removeprefix("sha256:")).read_bytes())
        layers = [f"blobs/sha256/{layer['digest'].removeprefix('sha256:')}" for layer in listed["layers"]]
        config = f"blobs/sha256/{listed['config']['digest'].removeprefix('sha256:')}"
        document = [{"Config": config, "RepoTags": list(tags), "Layers": layers}]
        notes = [
            {"io.containerd.image.name": _familiar(tag), REF_NAME: tag.rpartition(":")[2]} for tag in tags
        ]
        layout.finish([{**top, "annotations": note} for note in notes] or [top])
        (directory / "manifest.json").write_bytes(json_bytes(document))
        _pack(directory, path)
    return path


def _familiar(tag: str) -> str:
    return tag if "/" in tag else f"docker.io/library/{tag}"


def _pack(directory: Path, path: Path) -> None:
    """One archive of a directory, sorted by name, directories included."""
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for found in sorted(directory.rglob("*")):
            name = found.relative_to(directory).as_posix()
            if found.is_dir():
                member = tarfile.TarInfo(name)
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(member)
            else:
                _add(archive, name, found)


def _add(archive: tarfile.TarFile, name: str, content: Layer, link: str | None = None) -> None:
    member = tarfile.TarInfo(name)
    if link is not None:
        member.type, member.linkname, member.mode = tarfile.SYMTYPE, link, 0o777
        archive.addfile(member)
    elif isinstance(content, bytes):
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    else:
        member.size = content.stat().st_size
        with content.open("rb") as file:
            archive.addfile(member, file)


def copy_of(path: Path, directory: Path) -> Path:
    """A layout or archive once more, to be damaged."""
    copy = directory / path.name
    if path.is_dir():
        shutil.copytree(path, copy)
    else:
        shutil.copyfile(path, copy)
    return copy


Write = Callable[[Path, FakeImage], Path]
WRITERS: dict[str, Write] = {
    "docker": write_docker_archive,
    "podman": write_podman_archive,
    "docker25": write_docker25_archive,
    "oci-archive": write_oci_archive,
    "oci-layout": write_oci_layout,
}
