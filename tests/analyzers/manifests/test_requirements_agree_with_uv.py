"""What uv accepts in a requirements file we accept, and what it refuses we refuse; no index is asked."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analyzers.manifests.errors import ManifestError
from analyzers.manifests.requirements import parse_requirements

pytestmark = pytest.mark.slow


UV = shutil.which("uv", path=Path(sys.executable).parent) or shutil.which("uv")
NEVER = "; python_version < '2'"  # so that nothing has to be found


ACCEPTED = f"""
a {NEVER}
A_b[X,y]>=1,<2 {NEVER}
a (>=1) {NEVER}
a==1 {NEVER} --hash=sha256:{"a" * 64} --hash sha512:{"b" * 128}
a @ https://files.example/a-1.0-py3-none-any.whl {NEVER}
a @ git+https://forge.example/a@v1#subdirectory=x {NEVER}
--pre
--no-binary :all:
--only-binary=a
--prefer-binary
--extra-index-url https://index.example/
--trusted-host index.example
-c empty.txt
-r empty.txt
# nothing
a {NEVER} # why
"""

REFUSED = """
a>=
a[b
a>1;
a ; nonsense > '1'
a ; os_name = 'nt'
-r missing.txt
-c https:/x
a --hash=sha256
--frobnicate
-r
a b
==1
a=1
a @
a#b
"""


def _uv_accepts(line: str, folder: Path) -> bool:
    assert UV is not None
    (folder / "in.txt").write_text(f"{line}\n")
    command = [UV, "pip", "compile", "--offline", "--no-config", "--no-cache", "--no-index", "--quiet"]
    command += ["--python", sys.executable, "in.txt"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def _we_accept(line: str, folder: Path) -> bool:
    try:
        parse_requirements(f"{line}\n", "in.txt", read=lambda path: (folder / path).read_bytes())
    except ManifestError:
        return False
    return True


@pytest.mark.skipif(UV is None, reason="uv is not installed")
@pytest.mark.parametrize(
    ("lines", "accepted"), [(ACCEPTED, True), (REFUSED, False)], ids=["accepted", "refused"]
)
def test_uv_and_we_judge_alike(lines: str, accepted: bool, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    each = lines.strip().split("\n")
    assert {line: _uv_accepts(line, tmp_path) for line in each} == dict.fromkeys(each, accepted)
    assert {line: _we_accept(line, tmp_path) for line in each} == dict.fromkeys(each, accepted)
