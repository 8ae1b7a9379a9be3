"""rpm's databases for tests: a real one by rpm itself, and its headers in the other two formats."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from images.packages.listed import ListedPackage

_FIELDS = ("NAME", "EVR", "ARCH", "SOURCERPM", "LICENSE")
_SPEC = r"""
Name: {name}
Version: 1.2~rc1
Release: 4
Summary: Many parts
License: MIT AND (Apache-2.0 OR BSD-3-Clause)
BuildArch: noarch
%description
Many parts.
%{{lua:
for i = 1, {parts} do
  print("%package -n part" .. i .. "\n")
  if i % 3 == 0 then print("Epoch: " .. (i % 5) .. "\n") end
  if i % 2 == 0 then print("Version: " .. i .. "^git" .. i .. "\n") end
  print("Summary: Part\nSummary(de): Teil äöü\n%description -n part" .. i .. "\n")
  print(string.rep("words ", i * {words}) .. "\n%files -n part" .. i .. "\n/usr/share/{name}/" .. i .. "\n")
end}}
%install
for i in $(seq {parts}); do
  mkdir -p %{{buildroot}}/usr/share/{name}/$i
  for j in $(seq $((i % 40))); do : > %{{buildroot}}/usr/share/{name}/$i/file-$j; done
done
%files
"""


class RpmRoot:
    """A root into which rpm installed packages; its database is SQLite's."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.database = directory / "var/lib/rpm/rpmdb.sqlite"

    def listing(self) -> list[tuple[str, ...]]:
        """What ``rpm -qa`` says, sorted: the fields of `told`."""
        form = "\\t".join(f"%{{{field}}}" for field in _FIELDS) + "\\n"
        return sorted(tuple(line.split("\t")) for line in self._rpm("-qa", "--qf", form).splitlines())

    def manifest(self) -> bytes:
        """What distroless images of Azure Linux keep."""
        fields = (*("NAME", "VERSION}-%{RELEASE", "INSTALLTIME", "BUILDTIME", "VENDOR"), "", "SIZE", "ARCH")
        columns = [f"%{{{field}}}" if field else "(none)" for field in (*fields, "EPOCHNUM", "SOURCERPM")]
        return self._rpm("-qa", "--qf", "\\t".join(columns) + "\\n").encode()

    def headers(self) -> list[bytes]:
        """The header blobs, as SQLite itself reads them."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            rows = [blob for (blob,) in connection.execute("SELECT blob FROM Packages ORDER BY hnum")]
        connection.close()
        return rows

    def install(self, packages: Sequence[Path]) -> None:
        self._rpm("-i", "--nodeps", "--nosignature", *map(str, packages))

    def remove(self, names: Sequence[str]) -> None:
        self._rpm("-e", "--nodeps", *names)

    def _rpm(self, *arguments: str) -> str:
        command = ["rpm", "--root", str(self.directory), "--dbpath", "/var/lib/rpm", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def built_packages(place: Path, name: str, parts: int, words: int = 10) -> list[Path]:
    """Packages of one spec file: one called `name`, and parts, many with an epoch and a version of their own.

    The test is skipped where ``rpmbuild`` or ``rpm`` is not installed.
    """
    require_programs("rpmbuild", "rpm")
    place.mkdir(parents=True, exist_ok=True)
    spec = place / f"{name}.spec"
    spec.write_text(_SPEC.format(name=name, parts=parts, words=words))
    defines = (f"_topdir {place}/top", "_binary_payload w.ufdio", "debug_package %{nil}")
    options = [option for define in defines for option in ("--define", define)]
    subprocess.run(["rpmbuild", "-bb", "--quiet", *options, str(spec)], check=True, capture_output=True)
    return sorted((place / "top/RPMS").rglob("*.rpm"))


def require_programs(*names: str) -> None:
    """Skip the test, by name, where a program is missing."""
    for name in names:
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")


def told(package: ListedPackage) -> tuple[str, ...]:
    """A package in the terms of rpm's listing."""
    source = "(none)"
    if package.source is not None:
        version = package.source_version or package.version.rpartition(":")[2]
        source = f"{package.source}-{version}.src.rpm"
    arch, text = package.arch or "(none)", package.license or "(none)"
    return package.name, package.version, arch, source, text


def berkeley_database(
    place: Path, headers: Sequence[bytes], order: int = 1234, page_bytes: int = 4096
) -> bytes:
    """The headers in Berkeley DB's hash format, as its own loader writes it.

    Args:
        order: of bytes: 1234 for little-endian machines, 4321 for the others.
    """
    require_programs("db5.3_load")
    ends = "<" if order == 1234 else ">"
    pairs = [(0, struct.pack(f"{ends}I", len(headers))), *enumerate(headers, 1)]
    lines = ["VERSION=3", "format=bytevalue", "type=hash", f"db_lorder={order}", f"db_pagesize={page_bytes}"]
    lines.append("HEADER=END")
    for number, value in pairs:
        lines += [f" {struct.pack(f'{ends}I', number).hex()}", f" {value.hex()}"]
    place.unlink(missing_ok=True)
    document = "\n".join([*lines, "DATA=END", ""])
    subprocess.run(["db5.3_load", str(place)], input=document, check=True, capture_output=True, text=True)
    return place.read_bytes()


def ndb_database(headers: Sequence[bytes], free_slots: int = 3) -> bytes:
    """The headers in rpm's own format, gaps in the slots as removals leave them.

    Source: rpm, lib/backend/ndb/rpmpkg.c
    """
    slots: list[bytes] = [b"Slot" + bytes(12)] * free_slots
    pages = -(-(32 + 16 * (free_slots + len(headers))) // 4096)
    blobs, offset = b"", pages * 4096 // 16
    for number, header in enumerate(headers, 1):
        count = -(-(16 + len(header) + 12) // 16)
        slots.append(struct.pack("<4sIII", b"Slot", number, offset, count))
        head = struct.pack("<4sIII", b"BlbS", number, 1_700_000_000, len(header))
        body = (head + header).ljust(count * 16 - 12, b"\0")
        blobs += body + struct.pack("<II4s", zlib.adler32(body), len(header), b"BlbE")
        offset += count
    slots += [b"Slot" + bytes(12)] * (pages * 256 - 2 - len(slots))
    head = struct.pack("<4sIIII", b"RpmP", 0, 7, pages, len(headers) + 1).ljust(32, b"\0")
    return head + b"".join(slots) + blobs


def header_blob(entries: Sequence[tuple[int, int, bytes]]) -> bytes:
    """A header of entries: tag, type and value; a text's value ends with NUL."""
    index, store = b"", b""
    for tag, kind, value in entries:
        if kind == 4:
            store += bytes(-len(store) % 4)
        count = value.count(b"\0") if kind in (8, 9) else len(value) // 4 if kind == 4 else 1
        index += struct.pack(">IIiI", tag, kind, len(store), count)
        store += value
    return struct.pack(">II", len(entries), len(store)) + index + store


def package_blob(name: str, version: str = "1", release: str = "1", *more: tuple[int, int, bytes]) -> bytes:
    """The header of a small package."""
    texts = ((1000, name), (1001, version), (1002, release))
    return header_blob([*((tag, 6, text.encode() + b"\0") for tag, text in texts), *more])
