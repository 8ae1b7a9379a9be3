"""Git itself says what its files mean: trees and patterns are generated, and both are asked."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analyzers.files import FileKind, FileReader, FileReaderError, joined
from analyzers.source.reading.globs import ignore_pattern
from analyzers.source.reading.ignoring import IgnoreRules, excluded_by_repository, ignore_rules
from analyzers.trees import MemoryReader

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")

Tree = dict[bytes, bytes]


def kept(reader: FileReader, rules: IgnoreRules | None = None, directory: bytes = b"") -> set[bytes]:
    """The files that are not ignored, by walking down with the rules."""
    errors: list[FileReaderError] = []
    rules = excluded_by_repository(reader, errors.append) if rules is None else rules
    rules = ignore_rules(reader, directory, rules, errors.append)
    found: set[bytes] = set()
    for child in reader.list(directory):
        path = joined(directory, child.name)
        is_directory = child.kind is FileKind.DIRECTORY
        if child.name == b".git" or rules.ignores(path, child.name, is_directory=is_directory):
            continue
        found |= kept(reader, rules, path) if is_directory else {path}
    assert not errors
    return found


def kept_by_git(tree: Tree, root: Path) -> set[bytes]:
    assert GIT is not None
    for path, content in tree.items():
        file = root / path.decode()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    listing = subprocess.run(
        [GIT, "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    return set(filter(None, listing.stdout.split(b"\0")))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that each example empties."""
    root = tmp_path_factory.mktemp("repository")
    assert GIT is not None
    subprocess.run([GIT, "init", "-q", root], check=True)
    return root


def of_git(tree: Tree, repository: Path) -> set[bytes]:
    """What git keeps of a tree in an emptied repository."""
    for child in repository.iterdir():
        if child.name == ".git":
            (child / "info" / "exclude").unlink(missing_ok=True)
        elif child.is_dir():
            shutil.rmtree(child)
        else:
            child.unlink()
    return kept_by_git(tree, repository)


CASES: dict[str, Tree] = {
    "negation": {b".gitignore": b"*.py\n!keep.py\n", b"a.py": b"", b"keep.py": b"", b"d/keep.py": b""},
    "no way back into an ignored directory": {b".gitignore": b"d/\n!d/a\n", b"d/a": b"", b"e": b""},
    "white list": {b".gitignore": b"*\n!*/\n!*.py\n", b"d/a.py": b"", b"d/a.txt": b"", b"b.py": b""},
    "a nearer file wins": {
        b".gitignore": b"*.py\n",
        b"d/.gitignore": b"!a.py\n",
        b"d/a.py": b"",
        b"a.py": b"",
    },
    "anchored": {b".gitignore": b"/a\nd/b\n", b"a": b"", b"d/a": b"", b"d/b": b"", b"x/d/b": b""},
    "directories only": {b".gitignore": b"a/\n", b"a": b"", b"d/a/x": b""},
    "stars across directories": {
        b".gitignore": b"a/**/z\n**/q\nfoo**/bar\n",
        b"a/z": b"",
        b"a/b/c/z": b"",
        b"x/q/1": b"",
        b"foo/x/bar": b"",
        b"foox/bar": b"",
    },
    "everything below": {b".gitignore": b"a/**\n!a/b\n", b"a/b": b"", b"a/c/d": b""},
    "ends of lines": {
        b".gitignore": b"\xef\xbb\xbfa\r\nb \nc\\ \n#d\n\\#e\n",
        b"a": b"",
        b"b": b"",
        b"c ": b"",
        b"#d": b"",
        b"#e": b"",
    },
    "classes": {
        b".gitignore": b"[[:digit:]]x\n[!a-c]y\n[]]z\n[a",
        b"1x": b"",
        b"ax": b"",
        b"by": b"",
        b"dy": b"",
        b"]z": b"",
        b"[a": b"",
    },
    "the repository's own": {
        b".git/info/exclude": b"*.log\n",
        b".gitignore": b"!b.log\n",
        b"a.log": b"",
        b"b.log": b"",
    },
    "twice the same name": {b".gitignore": b"foo\n!/foo\n", b"foo/foo": b"", b"foo/a": b""},
}


@needs_git
@pytest.mark.parametrize("tree", CASES.values(), ids=CASES.keys())
def test_agrees_with_git(tree: Tree, repository: Path) -> None:
    assert kept(MemoryReader(tree)) == of_git(tree, repository)


NAMES = st.sampled_from(["a", "b", "ab", "a.py", "b.py", "d", "e", "*a", "[a", "a b", "!a", "#a", "\\a", "é"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES = [
    "a",
    "b",
    "d",
    "e",
    ".py",
    "*",
    "**",
    "***",
    "?",
    "/",
    "[ab]",
    "[!a]",
    "[a-d]",
    "[^b]",
    "\\",
    " ",
    "[",
    "]",
]
LINES = st.one_of(
    PATHS,
    PATHS.map("/{}".format),
    PATHS.map("{}/".format),
    PATHS.map("!{}".format),
    st.lists(st.sampled_from([*PIECES, "!", "#", "[[:alpha:]]", "[]a]", "[a/b]", "-"]), max_size=7).map(
        "".join
    ),
)
FILES = st.lists(LINES, max_size=5).map(lambda lines: "\n".join(lines).encode())


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Files that do not stand where others have their directories, and what ignores some of them."""
    tree: Tree = {}
    for path in draw(st.lists(PATHS, min_size=1, max_size=10)):
        encoded = path.encode()
        above = {encoded[:at] for at, byte in enumerate(encoded) if byte == ord("/")}
        if not above & tree.keys() and not any(other.startswith(encoded + b"/") for other in tree):
            tree[encoded] = b""
    directories = [path.rpartition(b"/")[0] for path in tree]
    for directory in draw(
        st.lists(st.sampled_from(["", *(path.decode() for path in directories)]), max_size=2)
    ):
        tree[joined(directory.encode(), b".gitignore")] = draw(FILES)
    return tree


@needs_git
@pytest.mark.slow
@given(tree=trees())
@example(tree={b".gitignore": b"a/**b\n", b"a/b": b"", b"a/d/b": b""})
@settings(
    max_examples=800,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_agrees_with_git_on_generated_trees(tree: Tree, repository: Path) -> None:
    assert kept(MemoryReader(tree)) == of_git(tree, repository)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (b"*a" * 100 + b"b", b"a" * 255),
        (b"x/" + b"**/a/" * 100 + b"b", b"x/" + b"a/" * 1000),
        (b"x/" + b"*a*" * 100 + b"/b", b"x/" + b"a" * 4000),
        (b"[" * 4096, b"a"),
        (b"[" + b"[:" * 2000, b"a"),
        (b"*" * 4096, b"a" * 4096),
        (b"/" * 4096, b"a"),
    ],
)
def test_a_hostile_pattern_comes_to_an_end(pattern: bytes, text: bytes) -> None:
    found = ignore_pattern(pattern)
    assert (found is not None and found.matches(text)) is (pattern.strip(b"*") == b"")


def test_a_gitignore_that_is_no_file_counts_for_nothing() -> None:
    reader = MemoryReader({b"d/.gitignore/x": b"", b"a": b""}, {b".gitignore": b"/etc/passwd"})
    assert kept(reader) == {b".gitignore", b"d/.gitignore/x", b"a"}


def test_a_gitignore_beyond_the_limit_is_reported_and_left_out() -> None:
    errors: list[FileReaderError] = []
    reader = MemoryReader({b".gitignore": b"*.py\n" * (1 << 18)})
    rules = ignore_rules(reader, b"", IgnoreRules(), errors.append)
    assert not rules.ignores(b"a.py", b"a.py", is_directory=False)
    assert [error.path for error in errors] == [b".gitignore"]
