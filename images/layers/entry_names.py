"""Names of a layer's entries as paths: cleaned as container engines do, refused where they leave the root.

Source: OCI image specification, "Image Layer Filesystem Changeset"; containerd and Docker clean names before
they join them to the root.
"""

from __future__ import annotations

_LIMIT_BYTES, _LIMIT_PARTS = 4096, 256
_SURELY_SHORT_BYTES = _LIMIT_PARTS
ABSOLUTE = "its name is absolute; it is taken as relative to the root"
CLEANED = "its name holds '..'; it is taken without the detour"


class EntryNameError(ValueError):
    """A name that has no place below the root."""


def cleaned(name: bytes) -> tuple[bytes, str | None]:
    """The path that a name stands for, ``b""`` for the root, and what is odd about it.

    Raises:
        EntryNameError: empty, out of the root, with NUL, or longer or deeper than any system allows.
    """
    path = name[2:] if name.startswith(b"./") else name
    if path.endswith(b"/"):
        path = path[:-1]
    if (
        len(path) < _SURELY_SHORT_BYTES
        and b"/." not in path
        and b"//" not in path
        and not path.startswith((b"/", b"."))
        and b"\0" not in path
        and path
    ):
        return path, None
    return _cleaned(name)


def _cleaned(name: bytes) -> tuple[bytes, str | None]:
    if not name:
        raise EntryNameError("its name is empty")
    if b"\0" in name:
        raise EntryNameError("its name holds NUL")
    if len(name) > _LIMIT_BYTES:
        raise EntryNameError(f"its name is longer than {_LIMIT_BYTES:,} bytes")
    odd = ABSOLUTE if name.startswith(b"/") else None
    parts: list[bytes] = []
    for part in name.split(b"/"):
        if part == b"..":
            if not parts:
                raise EntryNameError("its name leads out of the root")
            parts.pop()
            odd = odd or CLEANED
        elif part not in (b"", b"."):
            parts.append(part)
    if len(parts) > _LIMIT_PARTS:
        raise EntryNameError(f"its name is deeper than {_LIMIT_PARTS} directories")
    return b"/".join(parts), odd
