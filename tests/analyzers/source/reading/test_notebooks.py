from __future__ import annotations

import json

import pytest

from analyzers.evidence import Location
from analyzers.manifests.declared import Ecosystem
from analyzers.manifests.errors import UnreadableManifestError
from analyzers.manifests.installs.notebook import parse_notebook
from analyzers.source.reading.notebooks import NotebookError, OtherLanguageError, notebook


def made(*sources: str | list[str], **metadata: object) -> bytes:
    blank: dict[str, object] = {"cell_type": "code", "outputs": [], "metadata": {}}
    cells = [{**blank, "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_all_cells_are_one_module_whose_lines_know_their_cell() -> None:
    document = {
        "cells": [
            {"cell_type": "markdown", "source": "# title"},
            {"cell_type": "code", "source": ["import a\n", "%time\n", "x = a.b()"]},
            {"cell_type": "raw", "source": "no"},
            {"cell_type": "code", "source": "x.c\r\ny\n"},
            {"cell_type": "code"},
            {"cell_type": "code", "source": "z"},
        ]
    }
    found = notebook(json.dumps(document).encode(), "n.ipynb")
    assert found.text == "import a\npass\nx = a.b()\nx.c\ny\n\nz\n"
    places = [found.cells.place(line) for line in range(1, 8)]
    assert places == [(1, 1), (1, 2), (1, 3), (3, 1), (3, 2), (4, 1), (5, 1)]
    assert found.notes == ()


def test_reads_format_3() -> None:
    listed = {"cell_type": "code", "language": "python", "input": ["import a\n", "a.b"]}
    others = [{"cell_type": "code", "input": "c"}, {"cell_type": "code", "language": "R", "input": "d"}]
    sheets = [{"cells": [listed]}, {"cells": others}]
    found = notebook(
        json.dumps({"nbformat": 3, "worksheets": sheets, "metadata": {"name": ""}}).encode(), "n"
    )
    assert found.text == "import a\na.b\nc\n"
    assert found.notes == ("cell 2: its language is 'R'",)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"language_info": {"name": "python"}},
        {"language_info": {"name": "ipython", "version": 3}},
        {"kernelspec": {"name": "python3"}},
        {"kernelspec": {"name": "my-env", "language": "python"}},
        {"kernelspec": {"name": "conda-env-x-py", "display_name": "Python [x]"}},
        {"kernelspec": None},
        {"language_info": "what"},
    ],
)
def test_a_kernel_is_python_unless_it_says_otherwise(metadata: dict[str, object]) -> None:
    assert notebook(made("a", **metadata), "n").text == "a\n"


@pytest.mark.parametrize(
    "metadata",
    [
        {"language_info": {"name": "R"}},
        {"kernelspec": {"name": "julia-1.9", "language": "julia"}},
        {"kernelspec": {"name": "ir"}},
        {"kernelspec": {"name": "julia-1.9"}},
    ],
)
def test_other_kernels_are_told_apart(metadata: dict[str, object]) -> None:
    with pytest.raises(OtherLanguageError):
        notebook(made("a", **metadata), "n")


def test_a_cell_in_another_language_is_left_out_with_a_note() -> None:
    cells = [
        {"cell_type": "code", "source": "a", "metadata": {"vscode": {"languageId": "csharp"}}},
        {"cell_type": "code", "source": {"no": 1}},
        5,
        {"cell_type": "code", "source": "b"},
    ]
    found = notebook(json.dumps({"cells": cells}).encode(), "n")
    assert found.text == "b\n"
    assert found.cells.place(1) == (3, 1)
    assert len(found.notes) == 3


@pytest.mark.parametrize(
    "outputs",
    [
        b'[{"data": NaN}]',
        b'[{"text": "\\ud83d"}]',
        b"[" + b"9" * 1000 + b"]",
        b'["' + b"x" * 5_000_000 + b'"]',
    ],
    ids=["NaN", "half a surrogate pair", "a long number", "megabytes"],
)
def test_outputs_do_not_matter(outputs: bytes) -> None:
    data = b'{"cells": [{"cell_type": "code", "outputs": %s, "source": "a"}]}' % outputs
    assert notebook(data, "n").text == "a\n"


def test_half_a_surrogate_pair_in_code_becomes_text_that_can_be_written() -> None:
    text = notebook(b'\xef\xbb\xbf{"cells": [{"cell_type": "code", "source": "x = \'\\ud83d\'"}]}', "n").text
    assert text.encode() == b"x = '?'\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "JSON is invalid"),
        (b"{", "JSON is invalid"),
        (b"\xff\xfe{", "JSON is invalid"),
        (b"[]", "is no notebook"),
        (b"{}", "neither cells nor worksheets"),
        (b'{"cells": 5}', "is no notebook"),
        (b'{"cells": NaN}', "neither cells nor worksheets"),
        (b"[" * 10_000 + b"]" * 10_000, "is no notebook"),
        (b'{"cells": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deep"),
        (b'{"x": ' + b"[" * 10_000 + b"]" * 10_000 + b', "cells": []}', "nested too deep"),
        (b'{"x": NaN, "y": ' + b"[" * 100_000, "nested too deep"),
        (b'{"cells": [], "x": NaN' + b" " * (17 << 20) + b"}", "JSON is invalid"),
    ],
    ids=range(12),
)
def test_what_is_no_notebook_is_said_to_be_none(data: bytes, reason: str) -> None:
    with pytest.raises(NotebookError, match=reason):
        notebook(data, "n")


def test_install_commands_are_declared_with_their_cell_and_line() -> None:
    found = notebook(
        made(
            "import a\n%pip install -q numpy==1.26 'pandas>=2'\n",
            "%%bash\nset -e && pip3 install scipy\n",
            "!{sys.executable} -m pip install --upgrade torch | tail -1\n!uv pip install jax",
            "%conda install -c conda-forge xarray\n!pip install -r requirements.txt\n!pip install {name}",
            "!cat pip.txt 'open\n!pip install 'open",
        ),
        "d/n.ipynb",
    )
    assert [(one.name, one.specifier, one.location) for one in found.declared] == [
        ("numpy", "==1.26", Location(path="d/n.ipynb", line=2, cell=0)),
        ("pandas", ">=2", Location(path="d/n.ipynb", line=2, cell=0)),
        ("scipy", "", Location(path="d/n.ipynb", line=2, cell=1)),
        ("torch", "", Location(path="d/n.ipynb", line=1, cell=2)),
        ("jax", "", Location(path="d/n.ipynb", line=2, cell=2)),
        ("xarray", "", Location(path="d/n.ipynb", line=1, cell=3)),
    ]
    assert found.declared[-1].ecosystem is Ecosystem.CONDA
    assert [(one.what, one.where) for one in found.unknowns] == [
        ("requirements.txt", "d/n.ipynb:cell 3:2"),
        ("{name}", "d/n.ipynb:cell 3:3"),
        ("cat pip.txt 'open", "d/n.ipynb:cell 4:1"),
        ("pip install 'open", "d/n.ipynb:cell 4:2"),
    ]


def test_a_notebook_is_a_manifest_of_what_it_installs() -> None:
    manifest = parse_notebook(made("%pip install numpy"), "n.ipynb")
    assert [one.name for one in manifest.declared] == ["numpy"]
    with pytest.raises(UnreadableManifestError, match="its language is 'R'"):
        parse_notebook(made("a", language_info={"name": "R"}), "n.ipynb")
