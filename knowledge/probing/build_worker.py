"""Runs as a program of its own, confined: makes the wheel of a source distribution and writes it out.

Arguments: the archive, the interpreter that it is for, and uv, or nothing where it is not there. The name of
the wheel and its content go to what was standard output; what the build says goes to standard error. Only
the standard library of Python 3.8 is used.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def main(archive: str, python: str, uv: str) -> int:
    """Build, and return the exit code."""
    result = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    output = os.path.join(os.getcwd(), "output")
    os.makedirs(output)
    if uv:
        command = [uv, "build", "--wheel", "--no-config", "--python", python, "--out-dir", output, archive]
    else:
        subprocess.run([python, "-m", "venv", "tools"], check=True)
        command = [
            "tools/bin/python",
            "-I",
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--wheel-dir",
            output,
            archive,
        ]
    code = subprocess.run(command, check=False).returncode
    if code:
        return code if code > 0 else 128 - code  # as a shell tells of a signal
    wheels = [name for name in os.listdir(output) if name.endswith(".whl")]
    if len(wheels) != 1:
        sys.stderr.write("the build made %d wheels\n" % len(wheels))
        return 1
    result.write(wheels[0].encode("ascii", "replace") + b"\n")
    with open(os.path.join(output, wheels[0]), "rb") as wheel:
        shutil.copyfileobj(wheel, result)
    result.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
