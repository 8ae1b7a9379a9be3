"""The image that inspections are measured on: a real Debian root with Python, and what is added to it.

Three layers: the root (mmdebstrap); flask and numpy in the local prefix and an environment elsewhere; and one
that hides, replaces and links. All of it lies in the cache folder, packed in every form, once and two and
four times as large.
"""

from __future__ import annotations

import functools
import io
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from uv import find_uv_bin

from benchmarks.peers import clean_environment
from fakes.images.image_files import Compression, FakeImage, write_docker_archive, write_oci_layout

SUITE, PACKAGES = "bookworm", "python3,python3-venv,python3-pip,ca-certificates"
PREFIX, SITE = "usr/local/lib/python3.11/dist-packages", "opt/venv/lib/python3.11/site-packages"
LOCAL = ("flask==3.1.0", "click==8.1.8", "numpy==2.2.1")
ENVIRONMENT = ("flask==3.1.0", "click==8.1.8", "requests==2.32.3")
_CONFIG = {
    "config": {"Env": ["PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin"], "Cmd": ["python3"]},
    "history": [{"created_by": text} for text in ("debian", "pip install", "clean up")],
}
SIZES = (1, 2, 4)


class ImageSet:
    """Every form of the image; made on first need."""

    def __init__(self, cache: Path, index_url: str) -> None:
        self._place, self._index_url = cache / "images", index_url

    def layers(self, size: int) -> tuple[Path, ...]:
        """The uncompressed layers of the image that is so many times as large as the first."""
        layers = [self._made("root.tar", self._root), self._made("python.tar", self._python)]
        layers += [
            self._made(f"more-{number}.tar", functools.partial(self._more, number))
            for number in range(1, size)
        ]
        return (*layers, self._made("top.tar", _top))

    def oci(self, compression: Compression, size: int = 1) -> Path:
        """An OCI layout."""
        name = f"oci-{compression.value or 'plain'}-{size}"
        image = FakeImage(layers=self.layers(size), config=_CONFIG, compressions=(compression,))
        return self._made(name, lambda path: write_oci_layout(path, image))

    def docker(self, size: int = 1) -> Path:
        """What `docker save` of Docker 20 writes."""
        image = FakeImage(layers=self.layers(size), config=_CONFIG)
        return self._made(f"docker-{size}.tar", lambda path: write_docker_archive(path, image))

    def _made(self, name: str, make: Callable[[Path], object]) -> Path:
        path = self._place / name
        if not path.exists():
            self._place.mkdir(parents=True, exist_ok=True)
            new = self._place / f"new-{name}"
            if new.is_dir():
                shutil.rmtree(new)
            make(new)
            new.rename(path)
        return path

    def _root(self, path: Path) -> None:
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", "--format=tar"]
        subprocess.run([*command, SUITE, str(path)], check=True)

    def _python(self, path: Path) -> None:
        with tarfile.open(path, "w") as archive:
            self._add_installed(archive, PREFIX, LOCAL)
            self._add_installed(archive, SITE, ENVIRONMENT)
            _add_file(archive, "opt/venv/pyvenv.cfg", b"home = /usr/bin\nversion = 3.11.2\n")
            for name in ("python", "python3"):
                _add_link(archive, f"opt/venv/bin/{name}", "/usr/bin/python3")

    def _more(self, number: int, path: Path) -> None:
        """As much again, in another place: the files of root and Python as one layer below a directory."""
        with tarfile.open(path, "w") as archive:
            for name in ("root.tar", "python.tar"):
                with tarfile.open(self._place / name) as below:
                    for member in below:
                        content = below.extractfile(member) if member.isreg() else None
                        member.name = f"srv/copy{number}/{member.name.removeprefix('./')}"
                        if member.islnk():
                            member.linkname = f"srv/copy{number}/{member.linkname.removeprefix('./')}"
                        archive.addfile(member, content)

    def _add_installed(self, archive: tarfile.TarFile, prefix: str, requirements: Sequence[str]) -> None:
        target = self._place / "target"
        shutil.rmtree(target, ignore_errors=True)
        command = [find_uv_bin(), "pip", "install", "--quiet", "--target", str(target), "--link-mode=copy"]
        command += ["--python", sys.executable, "--python-version", "3.11", "--index-url", self._index_url]
        subprocess.run([*command, *requirements], env=clean_environment(self._place.parent), check=True)
        archive.add(target, prefix, filter=_owned_by_root)
        shutil.rmtree(target)


def _owned_by_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = int(member.mtime)
    return member


def _top(path: Path) -> None:
    """Click and its metadata hidden, a directory emptied, and links of every kind."""
    with tarfile.open(path, "w") as archive:
        _add_file(archive, f"{PREFIX}/.wh.click", b"")
        _add_file(archive, f"{PREFIX}/.wh.click-8.1.8.dist-info", b"")
        _add_file(archive, "usr/share/doc/.wh..wh..opq", b"")
        _add_file(archive, "usr/share/doc/notice", b"emptied\n")
        _add_link(archive, "usr/local/bin/flask", "/opt/venv/bin/flask")
        _add_link(archive, "srv/loop", "loop")
        _add_link(archive, "srv/escape", "../../../etc/passwd")
        _add_link(archive, "srv/notice", "usr/share/doc/notice", tarfile.LNKTYPE)


def _add_file(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    archive.addfile(member, io.BytesIO(content))


def _add_link(archive: tarfile.TarFile, name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mode = kind, target, 0o777
    archive.addfile(member)
