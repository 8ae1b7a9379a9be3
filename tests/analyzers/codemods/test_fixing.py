"""Many files: which are looked at, in which order, in how many processes; bytes that are not changed stay."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from analyzers.codemods.fixing import fixes
from analyzers.codemods.loading import shipped_rules
from analyzers.codemods.source_text import SourceTextError, source_text
from analyzers.directories import DirectoryReader
from analyzers.files import FileReaderError
from analyzers.source.reading.walking import source_files

RULES = shipped_rules()
OLD, NEW = b"import numpy as np\nx = np.product(y)\n", b"import numpy as np\nx = np.prod(y)\n"


def fixed(root: Path, jobs: int = 1) -> dict[str, bytes]:
    errors: list[FileReaderError] = []
    reader = DirectoryReader(root)
    paths = [file.path for file in source_files(reader, unknown=lambda one: pytest.fail(str(one)))]
    found = fixes(reader, paths, RULES, errors.append, jobs=jobs)
    made = {fix.path.decode(): fix.after for fix in found if fix.before != fix.after}
    assert not errors
    return made


@pytest.mark.slow
def test_hidden_directories_environments_and_links_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.py", "b.pyi", "c.txt", "p/d.py", ".hidden/e.py", "venv/lib/f.py", "q/__pycache__/g.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(OLD)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    assert fixed(tmp_path) == {"a.py": NEW, "b.pyi": NEW, "p/d.py": NEW}


@pytest.mark.slow
def test_processes_give_what_one_gives(tmp_path: Path) -> None:
    filling = b"#" * 60_000 + b"\n"
    for number in range(9):
        (tmp_path / f"m{number}.py").write_bytes(OLD + filling)
    (tmp_path / "bad.py").write_bytes(b"import numpy\nnp.product print 3\n")
    assert fixed(tmp_path, jobs=2) == fixed(tmp_path) == {f"m{n}.py": NEW + filling for n in range(9)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1\r\ny = 2\n\x0c",
        codecs.BOM_UTF8 + "x = 'ä'\n".encode(),
        "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"),
        "# coding: euc-jp\nx = '日本'\n".encode("euc-jp"),
    ],
)
def test_text_goes_back_to_the_same_bytes(data: bytes) -> None:
    source = source_text(data)
    assert source.encoded(source.text) == data


@pytest.mark.parametrize(
    "data",
    [
        b"x = '\xff'\n",
        b"# coding: none-such\n",
        b"# coding: utf-7\n+AGE-",
        b"# coding: rot13\nk = 1\n",
        b"# coding: idna\n",
        codecs.BOM_UTF8 + b"# coding: latin-1\n",
        "x = 1".encode("utf-16"),
    ],
)
def test_what_would_not_go_back_is_refused(data: bytes) -> None:
    with pytest.raises(SourceTextError):
        source_text(data)


def test_what_an_encoding_lacks_is_refused() -> None:
    with pytest.raises(SourceTextError, match="lacks '€'"):
        source_text(b"# coding: latin-1\n").encoded("€")
