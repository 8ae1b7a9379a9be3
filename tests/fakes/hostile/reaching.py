"""Runs every good input once, and says which of the program's files were entered: a program of its own.

Whatever was read before in a process is remembered there, so that it would not be entered again.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from types import FrameType

import cli
from fakes.commands import Commands
from fakes.hostile.seeds import image_archives, inputs, write_root
from fakes.hostile.surviving import ran

ROOT = Path(cli.__file__).parent


def reached(stackwright: Commands) -> set[str]:
    """Paths of modules, as they are below the root of the code."""
    entered: set[str] = set()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            entered.add(frame.f_code.co_filename)

    write_root(stackwright.folder)
    stackwright.write("script.py", "import numpy as np\nnp.product([1])\n")
    stackwright.write("base.txt", "flask==2.0.0\nwerkzeug==2.0\nclick==8.1.7\n")
    for number, content in enumerate(image_archives(stackwright.folder)):
        stackwright.write(f"image-{number}.tar", content)
    cases = [(name, case.commands, case.environ) for name, case in inputs().items()]
    cases += [(f"image-{number}.tar", [["inspect", "{file}"]], {}) for number in range(2)]
    for name, case in inputs().items():
        stackwright.write(name, case.seeds[0])
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        for name, commands, environ in cases:
            for command in commands:
                ran(stackwright, command, name, environ)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return {str(Path(name).relative_to(ROOT)) for name in entered if Path(name).is_relative_to(ROOT)}


if __name__ == "__main__":
    print(json.dumps(sorted(reached(Commands(Path(sys.argv[1]), sys.argv[2])))))  # noqa: T201
