"""Small projects that fail on purpose: two pairs that cannot stand together, and releases that misbehave."""

from __future__ import annotations

from fakes.indexes.index import FakeIndex
from fakes.indexes.sdists import build_sdist, sdist_filename

SHOP, TAX, MAIL = "planted-shop", "planted-tax", "planted-mail"
GUEST, BUILDER = "planted-guest", "planted-builder"
SAID = (f"{SHOP}==1.1", f"{TAX}==3.0")
"""A name that one imports from the other and that is gone: the traceback names both."""
SILENT = (f"{MAIL}==2.0", f"{TAX}==1.0")
"""One looks which release of the other is there, and says only that something is wrong."""

_SHOP = "import flask\nimport planted_mail\nimport planted_tax\n"
_OLD_SHOP = "from planted_tax import rate\n"
_TAX = "def rate():\n    return 7\n"
_NEW_TAX = "def rates():\n    return [7]\n"
_SILENT_MAIL = """\
import importlib.metadata

if importlib.metadata.version("planted-tax") == "1.0":
    raise RuntimeError("the settings do not fit together")
"""
_GUESTS = {
    "1.0": "",
    "2.0": "import os, time\nfor _ in range(20000):\n    os.fork()\ntime.sleep(60)\n",
    "3.0": "held = []\nwhile True:\n    held.append(bytearray(b'x' * (64 << 20)))\n",
    "4.0": "import time\ntime.sleep(3600)\n",
}
"""A good guest, one that forks, one that eats memory, and one that hangs."""

_NEVER_BUILT = b"import time\n\n\ndef build_wheel(*arguments):\n    time.sleep(3600)\n"


def planted_index() -> FakeIndex:
    """An index of them."""
    index = FakeIndex()
    for version in ("1.0", "1.1", "1.2", "1.3"):
        text = _SHOP + (_OLD_SHOP if version == "1.1" else "")
        contents = {"planted_shop/__init__.py": text.encode()}
        index.add(SHOP, version, requires=["flask", TAX, MAIL], contents=contents)
    for version in ("1.0", "2.0", "3.0"):
        text = _NEW_TAX if version == "3.0" else _TAX
        index.add(TAX, version, contents={"planted_tax/__init__.py": text.encode()})
    for version in ("1.0", "2.0", "3.0"):
        text = _SILENT_MAIL if version == "2.0" else ""
        index.add(MAIL, version, contents={"planted_mail/__init__.py": text.encode()})
    for version, text in _GUESTS.items():
        index.add(GUEST, version, contents={"planted_guest/__init__.py": text.encode()})
    hangs = build_sdist(BUILDER, "1.0", files={"backend/handout.py": _NEVER_BUILT})
    index.add_file(BUILDER, sdist_filename(BUILDER, "1.0"), hangs)
    return index
