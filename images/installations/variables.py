"""What an image's configuration says to Python: variables, user, home directories, working directory."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from analyzers.files import FileReaderError, read_file
from images.reports.image_config import ImageConfig
from images.roots.following import FollowingFiles

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where a container engine looks where an image sets no PATH. Source: moby, ``oci/defaults``."""
PASSWD = b"etc/passwd"
_LIMIT_PASSWD_BYTES = 1 << 20
_LIMIT_ENTRIES = 1_000


class ProcessVariables(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of a container starts with.

    Attributes:
        environ: variables by name; of one that is set twice the last.
        homes: home directories of the user and of root, that of the user first.
        directory: the working directory.
    """

    environ: dict[str, str]
    homes: tuple[bytes, ...]
    directory: bytes

    def paths(self, name: str, default: str = "") -> Iterator[bytes]:
        """The directories of a variable such as PATH, absolute; an empty one is the working directory."""
        value = self.environ.get(name, default)
        for part in value.split(":")[:_LIMIT_ENTRIES] if value else ():
            yield self.absolute(part.encode("utf-8", "backslashreplace"))

    def absolute(self, path: bytes) -> bytes:
        """A path as the process takes it, from the root of the image."""
        return path.lstrip(b"/") if path.startswith(b"/") else self.directory + b"/" + path


def process_variables(files: FollowingFiles, config: ImageConfig) -> ProcessVariables:
    """What the configuration and ``/etc/passwd`` say."""
    run = config.config
    environ: dict[str, str] = {}
    for entry in (run.env or ())[:10_000] if run is not None else ():
        name, equals, value = entry.partition("=")
        if equals and "\0" not in value:
            environ[name] = value
    user = (run.user or "") if run is not None else ""
    directory = (run.working_dir or "/") if run is not None else "/"
    return ProcessVariables(
        environ=environ,
        homes=tuple(dict.fromkeys(_homes(files, user, environ))),
        directory=directory.strip("/").encode("utf-8", "backslashreplace").replace(b"\0", b""),
    )


def _homes(files: FollowingFiles, user: str, environ: dict[str, str]) -> Iterator[bytes]:
    wanted = user.partition(":")[0].encode("utf-8", "backslashreplace")
    root = b"root"
    if environ.get("HOME", "").startswith("/"):
        yield environ["HOME"].strip("/").encode("utf-8", "backslashreplace")
        wanted = b""
    try:
        content = read_file(files, PASSWD, _LIMIT_PASSWD_BYTES)
    except FileReaderError:
        content = b""
    for line in content.splitlines():
        fields = line.split(b":")
        if len(fields) == 7 and fields[5].startswith(b"/") and b"\0" not in fields[5]:
            if wanted and wanted in (fields[0], fields[2]):
                yield fields[5].strip(b"/")
                wanted = b""
            if fields[2] == b"0":
                root = fields[5].strip(b"/")
    yield root
