from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.directories import DirectoryReader
from analyzers.files import FileKind, walk
from analyzers.manifests.declared import DeclaredKind, Format, Manifest
from analyzers.manifests.discovery import manifest_format, read_manifest, reading
from analyzers.manifests.errors import (
    MalformedManifestError,
    ManifestError,
    UnknownFormatError,
    UnreadableManifestError,
)
from fakes.texts import Texts

CASES = (
    Path(os.environ.get("STACKWRIGHT_CASES") or Path(__file__).parents[4] / "shared" / "data").resolve()
    / "source"
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("requirements.txt", Format.REQUIREMENTS),
        ("a/requirements-dev.in", Format.REQUIREMENTS),
        ("dev_requirements.txt", Format.REQUIREMENTS),
        ("requirements/base.txt", Format.REQUIREMENTS),
        ("constraints.txt", Format.REQUIREMENTS),
        (".hidden.requirements.txt", Format.REQUIREMENTS),
        ("pylock.toml", Format.PYLOCK),
        ("pylock.linux.toml", Format.PYLOCK),
        ("environment-dev.yaml", Format.CONDA),
        ("a/conda-lock.yml", Format.CONDA_LOCK),
        ("gpu.conda-lock.yaml", Format.CONDA_LOCK),
        ("pixi.lock", Format.PIXI_LOCK),
        ("hatch.toml", Format.HATCH),
        ("Dockerfile.prod", Format.CONTAINERFILE),
        ("a/Pipfile", Format.PIPFILE),
        ("notes.txt", None),
        ("my_environments.yml", None),
        ("pylock.a.b.toml", None),
        ("unrequired.txt", None),
        ("x.py", None),
    ],
)
def test_formats_by_name(path: str, expected: Format | None) -> None:
    assert manifest_format(path) == expected


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("tool.py", "# /// script\n# dependencies = []\n# ///\n", Format.SCRIPT),
        ("tool", "# /// script\n# dependencies = []\n# ///\n", Format.SCRIPT),
        ("notes.txt", "a\n", Format.REQUIREMENTS),
        ("wanted", "a\n", Format.REQUIREMENTS),
    ],
)
def test_formats_by_content(path: str, content: str, expected: Format) -> None:
    assert read_manifest(Texts({path: content}), path).format is expected


@pytest.mark.parametrize(("path", "reason"), [("x.py", "without metadata"), ("x.json", "no manifest")])
def test_an_unknown_format_is_refused(path: str, reason: str) -> None:
    with pytest.raises(UnknownFormatError, match=reason):
        read_manifest(Texts({path: "x"}), path)


def test_a_format_can_be_stated() -> None:
    manifest = read_manifest(
        Texts({"-": "a"}), "-", as_format=Format.REQUIREMENTS, kind=DeclaredKind.CONSTRAINT
    )
    assert manifest.declared[0].kind is DeclaredKind.CONSTRAINT


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for read in (reading(DirectoryReader(tmp_path)), lambda path: (tmp_path / path).read_bytes()):
        with pytest.raises(
            UnreadableManifestError, match=r"requirements\.txt: cannot be read: .*(?i:no such)"
        ):
            read_manifest(read, "requirements.txt")


def test_a_tree_is_not_left(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "requirements.txt").write_text("-r ../outside.txt\n-r /etc/hosts\n-r link.txt\na\n")
    (tmp_path / "tree" / "link.txt").symlink_to("../outside.txt")
    with pytest.raises(MalformedManifestError) as caught:
        read_manifest(reading(DirectoryReader(tmp_path / "tree")), "requirements.txt")
    assert [problem.location.line for problem in caught.value.problems] == [1, 2, 3]
    assert [one.name for one in caught.value.readable.declared] == ["a"]


WORDS = st.sampled_from(
    [
        *("[project]", "[tool.poetry.dependencies]", "[tool.uv]", "[packages]", "[[package]]", "[options]"),
        *("dependencies", "requires", "install_requires", "name", "version", "pip:", "setup(", ")", "deps"),
        *(
            "=",
            "[",
            "]",
            "{",
            "}",
            '"',
            "'",
            "\n",
            "\n  ",
            ",",
            "#",
            ":",
            "- ",
            "\\\n",
            " ",
            "RUN pip install",
        ),
        *("a", "b>=1", "1.0", "^1", "<<EOF", "&a", "*a", "\0", "é", "\ud800", "$X", "`", "-r", "-e", "\r"),
        *(
            "# /// script\n#",
            "\n# ///\n",
            '{"default": {"a": {"version": "==1"}}}',
            "import nox\ndef f(s):\n s.install(",
        ),
    ]
)


@given(
    st.sampled_from([one for one in Format if one is not Format.CONDA]),
    st.lists(WORDS, max_size=30).map("".join),
)
def test_any_text_in_any_format_is_read_or_refused(chosen: Format, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        manifest = read_manifest(Texts({"x": data, "a": "b"}), "x", as_format=chosen)
    except ManifestError as error:
        assert error.problems
        assert all(problem.reason and problem.remedy for problem in error.problems)
    else:
        assert msgspec.json.decode(msgspec.json.encode(manifest), type=Manifest) == manifest


def _manifests() -> list[str]:
    if not CASES.is_dir():
        return []
    return [
        path.decode()
        for path, kind in walk(DirectoryReader(CASES))
        if kind is FileKind.FILE and manifest_format(path.decode())
    ]


@pytest.mark.slow
def test_every_manifest_of_other_projects_is_read() -> None:
    if not CASES.is_dir():
        pytest.skip(f"no cases of other projects at {CASES}")
    pytest.importorskip("yaml")
    read = reading(DirectoryReader(CASES))
    found = {path: read_manifest(read, path) for path in _manifests()}
    assert len(found) > 70
    nothing = sorted(path for path, manifest in found.items() if not manifest.declared and not manifest.pins)
    assert nothing == [
        "deptry/fixtures/requirements_in/pyproject.toml",
        "deptry/fixtures/requirements_txt/pyproject.toml",
        "fawltydeps/sample_projects/base_dir_testbed/requirements.txt",
    ]
    for path, manifest in found.items():
        for one in manifest.declared:
            lines = read(one.location.path).decode().split("\n")
            assert one.location.line is not None, path
            line = lines[one.location.line - 1].lower().replace("_", "-")
            assert one.name is None or one.name in line, one
