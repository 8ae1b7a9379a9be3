"""One contract for every `FileReader`, and what is special about a real directory."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analyzers.directories import DirectoryReader, HeldDirectoryReader
from analyzers.files import (
    FileEntry,
    FileKind,
    FileMissingError,
    FileReader,
    FileReaderError,
    FileStat,
    FileTooLargeError,
    TooManyFilesError,
    UnreadableError,
    UnsafePathError,
    WrongKindError,
    read_file,
    walk,
)
from analyzers.ranges import BytesReader
from analyzers.trees import FileTree, MemoryReader
from analyzers.wheels import WheelReader

FILES = {
    b"pkg/__init__.py": b"",
    b"pkg/data/big.bin": bytes(range(256)) * 10_000,
    b"pkg/data/\xc3\xa9.txt": b"accent",
    b"pkg-1.0.dist-info/METADATA": b"Name: pkg\n",
    b"top.py": b"import pkg\n",
}
UNSAFE = [b"/etc/passwd", b"..", b"pkg/../top.py", b"pkg//data", b"./top.py", b"pkg/", b"a\0b", b"pkg/."]


def _in_directory(path: Path) -> FileReader:
    for name, content in FILES.items():
        file = path / os.fsdecode(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return DirectoryReader(path)


def _in_held_directory(path: Path) -> FileReader:
    _in_directory(path)
    return HeldDirectoryReader(path)


def _in_memory(_: Path) -> FileReader:
    return MemoryReader(FILES)


def _in_wheel(_: Path) -> FileReader:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name.decode(), content)
    return WheelReader(BytesReader(buffer.getvalue()))


@pytest.fixture(params=[_in_directory, _in_held_directory, _in_memory, _in_wheel])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileReader]:
    make: Callable[[Path], FileReader] = request.param
    made = make(tmp_path)
    yield made
    if isinstance(made, HeldDirectoryReader):
        made.close()


def test_lists_direct_children_with_their_kinds_in_order(reader: FileReader) -> None:
    assert reader.list(b"") == (
        FileEntry(b"pkg", FileKind.DIRECTORY),
        FileEntry(b"pkg-1.0.dist-info", FileKind.DIRECTORY),
        FileEntry(b"top.py", FileKind.FILE),
    )
    assert [child.name for child in reader.list(b"pkg/data")] == [b"big.bin", b"\xc3\xa9.txt"]


def test_reads_every_file_whole_and_as_a_stream(reader: FileReader) -> None:
    for path, content in FILES.items():
        assert read_file(reader, path, len(content)) == content
        with reader.open(path) as stream:
            pieces = list(iter(lambda: stream.read(100_003), b""))
        assert b"".join(pieces) == content
        assert all(len(piece) <= 100_003 for piece in pieces)


def test_states_kind_and_size(reader: FileReader) -> None:
    assert reader.stat(b"pkg/data/big.bin").size_bytes == 2_560_000
    assert reader.stat(b"pkg/data/big.bin").kind is FileKind.FILE
    for directory in (b"", b"pkg"):
        found = reader.stat(directory)
        assert (found.kind, found.size_bytes) == (FileKind.DIRECTORY, 0)


def test_walks_everything_parents_before_children(reader: FileReader) -> None:
    found = list(walk(reader))
    assert {path for path, kind in found if kind is FileKind.FILE} == set(FILES)
    paths = [path for path, _ in found]
    assert paths.index(b"pkg") < paths.index(b"pkg/data") < paths.index(b"pkg/data/big.bin")
    assert [path for path, _ in walk(reader, b"pkg/data")] == [b"pkg/data/big.bin", b"pkg/data/\xc3\xa9.txt"]


def test_a_walk_is_bounded(reader: FileReader) -> None:
    with pytest.raises(TooManyFilesError):
        list(walk(reader, limit_entries=5))
    with pytest.raises(TooManyFilesError):
        list(walk(reader, limit_depth=2))
    assert len(list(walk(reader, limit_entries=8, limit_depth=3))) == 8


def test_refuses_files_above_the_limit(reader: FileReader) -> None:
    with pytest.raises(FileTooLargeError) as caught:
        read_file(reader, b"top.py", 10)
    assert caught.value.limit_bytes == 10
    assert read_file(reader, b"top.py", 11) == b"import pkg\n"


@pytest.mark.parametrize("path", UNSAFE)
def test_refuses_unsafe_paths_in_every_verb(reader: FileReader, path: bytes) -> None:
    for verb in (reader.list, reader.open, reader.stat, reader.read_link):
        with pytest.raises(UnsafePathError) as caught:
            verb(path)
        assert caught.value.path == path


def test_says_what_is_missing(reader: FileReader) -> None:
    for path in (b"missing.py", b"pkg/missing.py", b"missing/top.py"):
        for verb in (reader.list, reader.open, reader.stat, reader.read_link):
            with pytest.raises(FileMissingError) as caught:
                verb(path)
            assert caught.value.path == path


def test_says_what_is_of_the_wrong_kind(reader: FileReader) -> None:
    for verb, path, expected, found in (
        (reader.list, b"top.py", FileKind.DIRECTORY, FileKind.FILE),
        (reader.open, b"pkg", FileKind.FILE, FileKind.DIRECTORY),
        (reader.open, b"", FileKind.FILE, FileKind.DIRECTORY),
        (reader.open, b"top.py/below", FileKind.DIRECTORY, FileKind.FILE),
        (reader.stat, b"top.py/below", FileKind.DIRECTORY, FileKind.FILE),
        (reader.read_link, b"top.py", FileKind.SYMLINK, FileKind.FILE),
        (reader.read_link, b"pkg", FileKind.SYMLINK, FileKind.DIRECTORY),
    ):
        with pytest.raises(WrongKindError) as caught:
            verb(path)
        assert (caught.value.expected, caught.value.found) == (expected, found)


def _links_in_directory(path: Path) -> FileReader:
    (path / "real").mkdir()
    (path / "real" / "file").write_bytes(b"x")
    (path / "to_file").symlink_to("real/file")
    (path / "to_directory").symlink_to("real")
    (path / "outside").symlink_to("/etc/passwd")
    return DirectoryReader(path)


def _links_in_held_directory(path: Path) -> FileReader:
    _links_in_directory(path)
    return HeldDirectoryReader(path)


def _links_in_memory(_: Path) -> FileReader:
    links = {b"to_file": b"real/file", b"to_directory": b"real", b"outside": b"/etc/passwd"}
    return MemoryReader({b"real/file": b"x"}, links)


@pytest.mark.parametrize("make", [_links_in_directory, _links_in_held_directory, _links_in_memory])
def test_links_are_seen_and_never_followed(make: Callable[[Path], FileReader], tmp_path: Path) -> None:
    reader = make(tmp_path)
    assert {child.name: child.kind for child in reader.list(b"")} == {
        b"outside": FileKind.SYMLINK,
        b"real": FileKind.DIRECTORY,
        b"to_directory": FileKind.SYMLINK,
        b"to_file": FileKind.SYMLINK,
    }
    assert reader.stat(b"to_file").kind is FileKind.SYMLINK
    assert reader.stat(b"to_file").size_bytes == len(b"real/file")
    assert reader.read_link(b"outside") == b"/etc/passwd"
    for verb, path in (
        (reader.open, b"to_file"),
        (reader.open, b"outside"),
        (reader.open, b"to_directory/file"),
        (reader.stat, b"to_directory/file"),
        (reader.list, b"to_directory"),
    ):
        with pytest.raises(WrongKindError) as caught:
            verb(path)
        assert caught.value.found is FileKind.SYMLINK
    assert (b"to_directory/file", FileKind.FILE) not in list(walk(reader))


def test_a_fifo_or_socket_neither_hangs_nor_opens(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        reader = DirectoryReader(tmp_path)
        for name in (b"fifo", b"socket"):
            assert reader.stat(name).kind is FileKind.OTHER
            with pytest.raises(WrongKindError):
                reader.open(name)
    assert {child.kind for child in reader.list(b"")} == {FileKind.OTHER}


def test_the_root_may_be_a_link_and_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("root")
    assert read_file(DirectoryReader(tmp_path / "link"), b"file", 1) == b"x"
    with pytest.raises(FileMissingError):
        DirectoryReader(tmp_path / "none").list(b"")
    with pytest.raises(UnreadableError):
        DirectoryReader(tmp_path / "root" / "file").list(b"")


def test_system_errors_are_reader_errors(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="name too long"):
        DirectoryReader(tmp_path).stat(b"x" * 5000)


def test_a_directory_of_too_many_children_is_refused(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / str(number)).touch()
    assert len(DirectoryReader(tmp_path, limit_children=4).list(b"")) == 4
    with pytest.raises(TooManyFilesError):
        DirectoryReader(tmp_path, limit_children=3).list(b"")


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    reader = _in_directory(tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in (*FILES, b"missing", b"pkg", b"top.py/x"):
        try:
            reader.open(path).close()
        except FileReaderError:
            continue
    list(walk(reader))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_held_reader_lets_go_when_it_is_closed_and_can_go_on(tmp_path: Path) -> None:
    _in_directory(tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with HeldDirectoryReader(tmp_path) as reader:
        for _ in range(2):
            list(walk(reader))
            assert read_file(reader, b"pkg/data/big.bin", 1 << 24) == FILES[b"pkg/data/big.bin"]
            assert len(list(Path("/proc/self/fd").iterdir())) <= before + 3
            reader.close()
            assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_held_reader_does_not_follow_a_directory_exchanged_for_a_link(tmp_path: Path) -> None:
    (tmp_path / "root" / "a").mkdir(parents=True)
    (tmp_path / "root" / "b").mkdir()
    (tmp_path / "root" / "a" / "file").write_bytes(b"inside")
    (tmp_path / "file").write_bytes(b"outside")
    with HeldDirectoryReader(tmp_path / "root") as reader:
        assert read_file(reader, b"a/file", 100) == b"inside"
        (tmp_path / "root" / "a").rename(tmp_path / "root" / "c")
        (tmp_path / "root" / "a").symlink_to("..")
        assert read_file(reader, b"a/file", 100) == b"inside"  # still the directory that was entered
        reader.list(b"b")
        with pytest.raises(WrongKindError):
            read_file(reader, b"a/file", 100)


def test_a_walk_passes_over_what_cannot_be_listed_when_told_to() -> None:
    class Locked(MemoryReader):
        def list(self, directory: bytes) -> tuple[FileEntry, ...]:
            if directory == b"pkg/data":
                raise UnreadableError(directory, "permission denied")
            return super().list(directory)

    errors: list[FileReaderError] = []
    paths = [path for path, _ in walk(Locked(FILES), on_error=errors.append)]
    assert b"top.py" in paths
    assert b"pkg/data/big.bin" not in paths
    assert [error.path for error in errors] == [b"pkg/data"]
    with pytest.raises(UnreadableError):
        list(walk(Locked(FILES)))


def test_a_size_that_lies_does_not_lift_the_limit() -> None:
    class Lying(MemoryReader):
        def stat(self, path: bytes) -> FileStat:
            return FileStat(kind=FileKind.FILE, size_bytes=1, mode=0o644)

    with pytest.raises(FileTooLargeError):
        read_file(Lying(FILES), b"pkg/data/big.bin", 100)


@pytest.mark.parametrize("second", [b"a", b"a/b/c", b"a/b"])
def test_a_tree_refuses_paths_that_contradict(second: bytes) -> None:
    tree = FileTree()
    tree.add(b"a/b", FileKind.FILE)
    with pytest.raises(UnsafePathError):
        tree.add(second, FileKind.FILE)


def test_a_tree_counts_implied_directories() -> None:
    tree = FileTree(limit_entries=5)
    tree.add(b"a/b/c", FileKind.FILE)
    tree.add(b"a/b", FileKind.DIRECTORY)
    with pytest.raises(TooManyFilesError):
        tree.add(b"d/e/f", FileKind.FILE)


def test_messages_escape_what_could_disturb_a_terminal() -> None:
    assert "\x1b" not in str(FileMissingError(b"\x1b[2J\xff"))
