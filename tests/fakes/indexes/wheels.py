"""Small valid wheels, byte for byte the same at every run: archives that pip and uv install."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import random
import zipfile
from collections.abc import Iterable, Mapping
from typing import Literal

from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

from fakes.indexes.core_metadata import core_metadata

EPOCH = (1980, 1, 1, 0, 0, 0)

MetadataPosition = Literal["start", "middle", "end"]


class _Pipe(io.RawIOBase):
    """A sink that cannot seek, which makes `zipfile` write data descriptors as a streaming writer does."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]  # RawIOBase.write takes any buffer
        self.written += view
        return view.nbytes


def escaped(part: str) -> str:
    """A name or version as a component of a file name. Source: PEP 427, PEP 625."""
    return part.replace("-", "_")


def module_name(name: str) -> str:
    return escaped(canonicalize_name(name)).replace(".", "_")


def wheel_filename(name: str, version: str, tag: str) -> str:
    return f"{module_name(name)}-{escaped(version)}-{tag}.whl"


def build_wheel(
    name: str,
    version: str,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
    tags: Iterable[str] = ("py3-none-any",),
    files: Mapping[str, bytes] | None = None,
    *,
    metadata: bytes | None = None,
    metadata_position: MetadataPosition = "end",
    padding_bytes: int = 0,
    compress: bool = True,
    streamed: bool = False,
    comment: bytes = b"",
) -> bytes:
    """A wheel of `files` (by default one empty package named after the project).

    Args:
        metadata: METADATA as it shall stand, right or wrong, instead of the one made from the fields.
        metadata_position: where in the archive ``*.dist-info`` stands; most builders put it last.
        padding_bytes: size of a member that does not compress, to make the archive that large.
        streamed: sizes follow the members in data descriptors instead of preceding them (APPNOTE 4.4.4).
        comment: the archive's comment, which stands after everything else.

    Source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    """
    tags = tuple(tags)
    package = module_name(name)
    info = f"{package}-{escaped(version)}.dist-info"
    body = dict(files) if files is not None else {f"{package}/__init__.py": b""}
    if padding_bytes:
        body[f"{package}/padding.bin"] = random.Random(f"{name} {version}").randbytes(padding_bytes)
    if metadata is None:
        metadata = core_metadata(
            name, version, requires=requires, extras=extras, requires_python=requires_python
        )
    described = {f"{info}/METADATA": metadata, f"{info}/WHEEL": _wheel_file(tags)}
    described[f"{info}/RECORD"] = _record({**body, **described}, f"{info}/RECORD")
    return _archive(_ordered(body, described, metadata_position), compress, streamed, comment)


def _ordered(
    body: Mapping[str, bytes], described: Mapping[str, bytes], position: MetadataPosition
) -> dict[str, bytes]:
    members = list(body.items())
    at = {"start": 0, "middle": len(members) // 2, "end": len(members)}[position]
    return dict([*members[:at], *described.items(), *members[at:]])


def _wheel_file(tags: Iterable[str]) -> bytes:
    expanded = sorted({str(tag) for compressed in tags for tag in parse_tag(compressed)})
    pure = all(tag.endswith("-none-any") for tag in expanded)
    lines = ["Wheel-Version: 1.0", "Generator: fakes", f"Root-Is-Purelib: {str(pure).lower()}"]
    return "\n".join([*lines, *(f"Tag: {tag}" for tag in expanded), ""]).encode()


def _record(members: Mapping[str, bytes], own_path: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for path, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.writerow([path, f"sha256={digest}", len(content)])
    rows.writerow([own_path, "", ""])
    return text.getvalue().encode()


def _archive(members: Mapping[str, bytes], compress: bool, streamed: bool, comment: bytes) -> bytes:
    pipe, file = _Pipe(), io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(pipe if streamed else file, "w", method) as archive:
        archive.comment = comment
        for path, content in members.items():
            member = zipfile.ZipInfo(path, EPOCH)
            member.compress_type = method
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content)
    return bytes(pipe.written) if streamed else file.getvalue()
