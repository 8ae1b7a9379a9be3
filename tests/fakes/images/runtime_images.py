"""Small images that say of themselves what real ones do: distribution, C library, Python, packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fakes.images.elves import elf
from fakes.images.image_files import FakeImage
from fakes.images.layers import file, layer, symlink
from fakes.images.python_roots import python_files

_MACHINES = {"amd64": (62, "x86_64"), "arm64": (183, "aarch64")}
_LOADERS = {"amd64": "lib64/ld-linux-x86-64.so.2", "arm64": "lib/ld-linux-aarch64.so.1"}

DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
UBUNTU = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n'
ALPINE = "ID=alpine\nVERSION_ID=3.22.1\n"


def glibc_image(
    os_release: str = DEBIAN,
    *,
    minor: int = 36,
    architecture: str = "amd64",
    python: str = "3.11.9",
    files: Mapping[str, bytes] | None = None,
    packages: Sequence[str] = (),
    environ: Sequence[str] = (),
) -> FakeImage:
    """One with glibc and a Python in ``/usr/local``, as official images of Python have it.

    Args:
        minor: of the version of glibc.
        files: more of them.
        packages: names for dpkg's database.
        environ: variables beside ``PATH``.
    """
    machine, arch = _MACHINES[architecture]
    libraries = f"usr/lib/{arch}-linux-gnu"
    loader = _LOADERS[architecture]
    name = loader.rpartition("/")[2]
    versions = ["GLIBC_2.17", *(f"GLIBC_2.{number}" for number in range(18, minor + 1))]
    contents = {
        f"{libraries}/libc.so.6": elf(machine=machine, soname="libc.so.6", provides=versions),
        f"{libraries}/libstdc++.so.6": elf(
            machine=machine, soname="libstdc++.so.6", provides=["GLIBCXX_3.4.30", "CXXABI_1.3.13"]
        ),
        f"{libraries}/{name}": elf(machine=machine, soname=name, provides=["GLIBC_2.17"]),
        "var/lib/dpkg/status": "".join(map(_dpkg, packages)).encode(),
        **(files or {}),
    }
    links = {loader: f"/{libraries}/{name}"}
    return _image(os_release, machine, f"/{loader}", architecture, python, contents, links, environ)


def musl_image(
    os_release: str = ALPINE,
    *,
    version: str = "1.2.5",
    architecture: str = "amd64",
    python: str = "3.11.9",
    files: Mapping[str, bytes] | None = None,
) -> FakeImage:
    """Likewise one with musl."""
    machine, arch = _MACHINES[architecture]
    loader = f"/lib/ld-musl-{arch}.so.1"
    said = f"musl libc\0{version}\0".encode()
    contents = {
        loader.lstrip("/"): elf(machine=machine, soname=f"libc.musl-{arch}.so.1") + said,
        **(files or {}),
    }
    return _image(os_release, machine, loader, architecture, python, contents, {}, ())


def _image(
    os_release: str,
    machine: int,
    loader: str,
    architecture: str,
    python: str,
    contents: Mapping[str, bytes],
    links: Mapping[str, str],
    environ: Sequence[str],
) -> FakeImage:
    series = ".".join(python.split(".")[:2])
    program = elf(machine=machine, kind=2, interpreter=loader, needed=["libc.so.6"])
    entries = [file("etc/os-release", os_release.encode())]
    entries += [file(path.decode(), content) for path, content in python_files("usr/local", python).items()]
    entries += [file(path, content) for path, content in contents.items()]
    entries.append(file(f"usr/local/bin/python{series}", program, mode=0o755))
    entries.append(symlink("usr/local/bin/python3", f"python{series}"))
    entries.append(symlink("usr/local/bin/python", "python3"))
    entries += [symlink(path, target) for path, target in links.items()]
    path = "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    config = {
        "architecture": architecture,
        "config": {"Env": [path, *environ], "Cmd": ["python3"]},
    }
    return FakeImage(layers=(layer(*entries),), config=config)


def _dpkg(name: str) -> str:
    return f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n"
