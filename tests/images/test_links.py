"""Links inside of an image are followed as a container would follow them."""

from __future__ import annotations

import pytest

from analyzers.files import FileMissingError, WrongKindError
from fakes.images.roots import MemoryRoot
from images.roots.links import LinkLoopError, led_to, resolved, shown_path

ROOT = MemoryRoot(
    {b"usr/bin/python3.11": b"", b"usr/lib/a": b""},
    {
        b"bin": b"usr/bin",
        b"usr/bin/python3": b"python3.11",
        b"usr/bin/python": b"/usr/bin/python3",
        b"usr/lib/up": b"../../../../../usr/lib/a",
        b"etc/alternatives/python": b"/bin/python",
        b"loop": b"loop",
        b"nowhere": b"/missing",
    },
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (b"usr/bin/python", b"usr/bin/python3.11"),
        (b"/bin/python3", b"usr/bin/python3.11"),
        (b"etc/alternatives/python", b"usr/bin/python3.11"),
        (b"usr/lib/up", b"usr/lib/a"),
        (b"usr/../usr/./lib//a", b"usr/lib/a"),
        (b"..", b""),
        (b"", b""),
    ],
)
def test_followed(path: bytes, found: bytes) -> None:
    assert resolved(ROOT, path) == found


def test_a_loop_ends() -> None:
    with pytest.raises(LinkLoopError):
        resolved(ROOT, b"loop")
    assert led_to(ROOT, b"loop") is None


def test_what_leads_nowhere() -> None:
    with pytest.raises(FileMissingError):
        resolved(ROOT, b"nowhere")
    with pytest.raises(WrongKindError):
        resolved(ROOT, b"usr/lib/a/b")
    assert led_to(ROOT, b"nowhere") is None


def test_shown() -> None:
    assert shown_path(b"usr/\xff") == "/usr/\\xff"
