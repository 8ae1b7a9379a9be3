"""Two small images of a web application, the second a rebuild of the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fakes.images import layers as tar
from fakes.images.elves import elf
from fakes.images.image_files import FakeImage
from fakes.images.python_roots import distribution_files, python_files

LIBRARIES = "usr/lib/x86_64-linux-gnu"
SITE = "usr/local/lib/python3.8/site-packages"
PACKAGES = {"base-files": "10.3+deb10u13", "libc6": "2.28-10+deb10u1", "tzdata": "2021a-0+deb10u12"}
OS_RELEASE = (
    'PRETTY_NAME="Debian GNU/Linux 10 (buster)"\nNAME="Debian GNU/Linux"\nVERSION_ID="10"\nID=debian\n'
)
HISTORY = (
    {"created_by": "/bin/sh -c #(nop) ADD file:9fb9 in / "},
    {"created_by": '/bin/sh -c #(nop)  CMD ["bash"]', "empty_layer": True},
    {"created_by": "ENV PYTHON_VERSION=3.8.20", "comment": "buildkit.dockerfile.v0", "empty_layer": True},
    {"created_by": "RUN /bin/sh -c set -eux; make -j; make install # buildkit"},
    {"created_by": "RUN |1 INDEX_TOKEN=hunter2hunter2 /bin/sh -c pip install -r requirements.txt # buildkit"},
    {"created_by": "COPY app.py /srv/ # buildkit"},
)
RUN = {
    "Env": [
        "PATH=/usr/local/bin:/usr/bin:/bin",
        "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
        "PYTHON_VERSION=3.8.20",
        "INDEX_TOKEN=hunter2hunter2",
    ],
    "Cmd": ["python3", "app.py"],
    "WorkingDir": "/srv",
    "ExposedPorts": {"8080/tcp": {}},
}


def web_image(
    installed: Mapping[str, str] | None = None,
    *,
    run: Mapping[str, Any] = RUN,
    history: Sequence[Mapping[str, Any]] = HISTORY,
) -> FakeImage:
    """The first image, or one with other distributions or another configuration.

    Args:
        installed: name to version.
    """
    chosen = {"click": "8.1.7", "flask": "3.0.3", "werkzeug": "3.0.6"} if installed is None else installed
    return FakeImage(
        layers=(system_layer(), python_layer(), distributions_layer(chosen), application_layer()),
        config={"config": run, "history": history},
    )


def second_web_image() -> FakeImage:
    """With a newer Flask, another distribution, without one and without its secret."""
    environment = [each for each in RUN["Env"] if not each.startswith("INDEX_TOKEN")]
    steps = ({"created_by": "RUN /bin/sh -c pip install -r requirements.txt # buildkit"}, HISTORY[5])
    return web_image(
        {"flask": "3.1.0", "itsdangerous": "2.2.0", "werkzeug": "3.0.6"},
        run={**RUN, "Env": environment, "User": "www-data"},
        history=(*HISTORY[:4], *steps),
    )


def system_layer() -> bytes:
    status = "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n"
        for name, version in PACKAGES.items()
    )
    libc = elf(soname="libc.so.6", provides=["GLIBC_2.2.5", "GLIBC_2.28"])
    return tar.layer(
        tar.file("etc/os-release", OS_RELEASE),
        tar.file(f"{LIBRARIES}/libc.so.6", libc, mode=0o755),
        tar.file(f"{LIBRARIES}/ld-2.28.so", elf(soname="ld-linux-x86-64.so.2"), mode=0o755),
        tar.symlink("usr/lib64/ld-linux-x86-64.so.2", f"/{LIBRARIES}/ld-2.28.so"),
        tar.symlink("lib", "usr/lib"),
        tar.symlink("lib64", "usr/lib64"),
        tar.file("var/lib/dpkg/status", status),
    )


def python_layer() -> bytes:
    program = elf(kind=2, interpreter="/lib64/ld-linux-x86-64.so.2", needed=["libc.so.6"])
    return tar.layer(
        tar.file("usr/local/bin/python3.8", program, mode=0o755),
        tar.symlink("usr/local/bin/python3", "python3.8"),
        *(tar.file(path, content) for path, content in python_files("usr/local", "3.8.20").items()),
    )


def distributions_layer(installed: Mapping[str, str]) -> bytes:
    head = "Requires-Dist: werkzeug>=3.0.0\nRequires-Dist: click>=8.1.3\n"
    found: dict[bytes, bytes] = {}
    for name, version in installed.items():
        row = f"{name}/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
        more = {"RECORD": row.encode(), "INSTALLER": b"pip\n"}
        found |= distribution_files(SITE, name, version, more, head=head if name == "flask" else "")
        found[f"{SITE}/{name}/__init__.py".encode()] = b""
    return tar.layer(*(tar.file(path, content) for path, content in found.items()))


def application_layer() -> bytes:
    return tar.layer(tar.file("srv/app.py", "import flask\n"))


def write_root(directory: Path) -> Path:
    """The files of the lowest two layers as a root directory."""
    for name, content in {
        "etc/os-release": OS_RELEASE.encode(),
        **{path.decode(): content for path, content in python_files("usr/local", "3.8.20").items()},
    }.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    program = directory / "usr/local/bin/python3.8"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_bytes(elf(kind=2, interpreter="/lib64/ld-linux-x86-64.so.2", needed=["libc.so.6"]))
    program.chmod(0o755)
    return directory
