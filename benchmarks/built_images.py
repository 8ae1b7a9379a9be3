"""Images of Dockerfiles, built on a Debian root by podman alone, and containers of them as directories."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.commands import Run, timed

BASE = "docker.io/library/debian:bookworm-slim"
_INCLUDED = "python3,python3-venv,python3-pip,ca-certificates"
_STORAGE = '[storage]\ndriver = "vfs"\nrunroot = "{0}/run"\ngraphroot = "{0}/graph"\n'
_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
_TRUSTED = "etc/trusted.pem"
_ENTER = (
    'mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" && place="$1" && shift && '
    'exec chroot "$0" sh -c \'cd "$0" && exec "$@"\' "$place" "$@"'
)
"""The mounts are in a namespace of their own: they are gone with the command."""


def missing_tools(*, has_base: bool) -> list[str]:
    """What is not there that images need.

    Args:
        has_base: whether a root is at hand.
    """
    found = [] if os.geteuid() == 0 else ["the superuser"]
    needed = ["podman", "unshare", "chroot", *([] if has_base else ["mmdebstrap"])]
    return found + [name for name in needed if shutil.which(name) is None]


class BuiltImages:
    """A podman storage of its own.

    Args:
        folder: that holds it; whoever made it removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        configuration = folder / "storage.conf"
        configuration.write_text(_STORAGE.format(folder), encoding="utf-8")
        self._environ = {**os.environ, "CONTAINERS_STORAGE_CONF": str(configuration)}

    def add_base(self, archive: Path | None) -> float | None:
        """Import a Debian root, which is made where none is given; the seconds that making it took."""
        made_s = None
        if archive is None:
            archive, began = self._folder / "base.tar", time.perf_counter()
            command = ["mmdebstrap", "--variant=minbase", f"--include={_INCLUDED}", "bookworm", str(archive)]
            subprocess.run(command, check=True, capture_output=True)
            made_s = time.perf_counter() - began
        self._podman("import", str(archive), BASE)
        return made_s

    def build(self, name: str, context: Path, archive: Path) -> float:
        """Build a Dockerfile and save the image; the seconds that the build took."""
        began = time.perf_counter()
        self._podman(
            *("build", "--layers=false", "--isolation=chroot", "--network=host", "--pull=never"),
            *("--volume", f"{_certificates()}:/{_CERTIFICATES}:ro", "--tag", name, str(context)),
        )
        built_s = time.perf_counter() - began
        self._podman("save", "--quiet", "--output", str(archive), name)
        return built_s

    @contextmanager
    def container(self, name: str) -> Iterator[Path]:
        """The root of a container of an image; it is never started."""
        made = self._podman("create", name).split()[-1]
        try:
            root = Path(self._podman("mount", made).strip())
            for path in ("etc/resolv.conf", "etc/hosts"):
                shutil.copy(f"/{path}", root / path)
            yield root
        finally:
            self._podman("umount", made)
            self._podman("rm", "--force", made)

    def remove(self, name: str) -> None:
        """Let go of an image."""
        self._podman("rmi", "--force", name)

    def _podman(self, *arguments: str) -> str:
        command = [shutil.which("podman") or "podman", *arguments]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"podman {arguments[0]} failed: {done.stderr[-2000:]}")
        return done.stdout


def inside(root: Path, command: Sequence[str], place: str, environ: Mapping[str, str], limit_s: float) -> Run:
    """Run a command of a root, with its own processes and this machine's devices and certificates.

    Args:
        place: where it runs, as the root has it.
        environ: all that it sees, beside where certificates are.
    """
    shutil.copy(_certificates(), root / _TRUSTED)
    certificates = {"SSL_CERT_FILE": f"/{_TRUSTED}", "HOME": "/root", "LC_ALL": "C.UTF-8"}
    entering = [shutil.which("unshare") or "unshare", "--mount", "sh", "-c", _ENTER, str(root), place]
    return timed([*entering, *command], {**certificates, **environ}, root, limit_s)


def _certificates() -> Path:
    """What this machine trusts: an index behind a proxy may be signed by nobody else."""
    return Path(os.environ.get("SSL_CERT_FILE", f"/{_CERTIFICATES}"))
