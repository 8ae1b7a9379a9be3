from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.manifests.declared import DeclaredKind, Index, IndexKind, Manifest, Options, ReferenceKind
from analyzers.manifests.errors import (
    MalformedManifestError,
    ManifestError,
    Problem,
    UnreadableManifestError,
)
from analyzers.manifests.requirements import parse_requirements
from fakes.texts import Texts

DIGEST = "a" * 64


def _parsed(text: str, **files: str) -> Manifest:
    named = {name.replace("_", "/") + ".txt": content for name, content in files.items()}
    return parse_requirements(text, "in.txt", read=Texts({**named}))


def _problems(text: str, **files: str) -> tuple[Problem, ...]:
    with pytest.raises(MalformedManifestError) as caught:
        _parsed(text, **files)
    return caught.value.problems


def test_reads_requirements_with_their_places() -> None:
    text = (
        "\ufeff# comment\n"
        "numpy>=1.20,<2\n"
        "\n"
        "  Requests [socks, Use_Chardet] ; python_version >= '3.8'  # why\n"
        "one\r\n"
        "a-b==1.0 \\\n"
        "  ; sys_platform == 'linux'\n"
        "c @ https://files.example/c-1.0-py3-none-any.whl\n"
    )
    found = _parsed(text).declared
    assert [(one.name, one.extras, one.specifier, one.marker, str(one.location)) for one in found] == [
        ("numpy", (), "<2,>=1.20", None, "in.txt:2:1"),
        ("requests", ("socks", "use-chardet"), "", 'python_version >= "3.8"', "in.txt:4:3"),
        ("one", (), "", None, "in.txt:5:1"),
        ("a-b", (), "==1.0", 'sys_platform == "linux"', "in.txt:6:1"),
        ("c", (), "", None, "in.txt:8:1"),
    ]
    assert found[4].reference is not None
    assert found[4].reference.target == "https://files.example/c-1.0-py3-none-any.whl"
    assert str(found[1].requirement()) == 'requests[socks,use-chardet]; python_version >= "3.8"'


def test_a_comment_ends_a_continued_line() -> None:
    assert [one.name for one in _parsed("a>=1 \\\n# note \\\nb\n").declared] == ["a", "b"]


def test_included_files_are_found_beside_the_including_one() -> None:
    read = Texts(
        {"more/dev.txt": "-r sub/x.txt\n--requirement=../top.txt", "more/sub/x.txt": "x", "top.txt": "t"}
    )
    found = parse_requirements("-rmore/dev.txt\na", "in.txt", read=read).declared
    assert [(one.name, str(one.location)) for one in found] == [
        ("x", "more/sub/x.txt:1:1"),
        ("t", "top.txt:1:1"),
        ("a", "in.txt:2:1"),
    ]
    assert read.asked == ["more/dev.txt", "more/sub/x.txt", "top.txt"]


def test_what_a_constraints_file_includes_constrains() -> None:
    found = _parsed("-c c.txt\na", c="-r d.txt\nb<2", d="d<3").declared
    assert [(one.name, one.kind) for one in found] == [
        ("d", DeclaredKind.CONSTRAINT),
        ("b", DeclaredKind.CONSTRAINT),
        ("a", DeclaredKind.REQUIREMENT),
    ]


def test_a_file_that_is_included_twice_counts_once() -> None:
    assert [one.name for one in _parsed("-r a.txt\n-r b.txt", a="-r b.txt", b="x").declared] == ["x"]


@pytest.mark.parametrize(
    ("files", "place", "reason"),
    [
        ({"a": "-r b.txt", "b": "\n-r a.txt"}, "b.txt:2:1", "circle"),
        ({"a": "-r in.txt"}, "a.txt:1:1", "circle"),
        ({"a": "-r https://files.example/x.txt"}, "a.txt:1:1", "not fetched"),
        ({"a": "-r missing.txt"}, "a.txt:1:1", "no such file"),
        ({"a": "-r"}, "a.txt:1:1", "lacks its value"),
        ({"a": "-r 'x\0y'"}, "a.txt:1:1", "no valid path"),
    ],
)
def test_an_include_that_cannot_be_followed_is_a_problem(
    files: dict[str, str], place: str, reason: str
) -> None:
    (problem,) = _problems("-r a.txt", **files)
    assert str(problem.location) == place
    assert reason in problem.reason


def test_a_long_chain_of_includes_ends() -> None:
    read = Texts({f"{number}.txt": f"-r {number + 1}.txt" for number in range(100)})
    with pytest.raises(MalformedManifestError, match="too many files"):
        parse_requirements("-r 0.txt", "in.txt", read=read)
    assert len(read.asked) < 20


def test_hashes_and_settings_belong_to_their_requirement() -> None:
    (found,) = _parsed(
        f"a==1 \\\n  --hash=sha256:{DIGEST} \\\n --hash sha512:{'B' * 128} --config-settings=k=v\n"
    ).declared
    assert found.hashes == (f"sha256:{DIGEST}", f"sha512:{'b' * 128}")
    assert found.settings == ("k=v",)
    assert (found.text, found.specifier) == ("a==1", "==1")


def test_options_of_the_run() -> None:
    manifest = _parsed(
        "-i https://index.example/simple/\n"
        "--extra-index-url=https://user:word@extra.example/ --trusted-host extra.example\n"
        "-f ./wheels\n"
        "--pre\n--prefer-binary\n--require-hashes\n--no-index\n"
        "--no-binary a,b\n--no-binary=c\n--only-binary :all:\n--use-feature fast-deps\n"
    )
    assert [(index.url, index.kind, index.location.line) for index in manifest.indexes] == [
        ("https://index.example/simple/", IndexKind.DEFAULT, 1),
        ("https://user:word@extra.example/", IndexKind.EXTRA, 2),
        ("./wheels", IndexKind.FIND_LINKS, 3),
    ]
    assert isinstance(manifest.indexes[0], Index)
    assert manifest.options == Options(
        no_index=True,
        pre=True,
        prefer_binary=True,
        require_hashes=True,
        no_binary=("a", "b", "c"),
        only_binary=(":all:",),
        trusted_hosts=("extra.example",),
    )


@pytest.mark.parametrize(
    ("line", "name", "kind", "target", "more"),
    [
        ("./sub/dir", None, ReferenceKind.PATH, "./sub/dir", {}),
        ("-e .", None, ReferenceKind.PATH, ".", {"editable": True}),
        ("-e sub", None, ReferenceKind.PATH, "./sub", {"editable": True}),
        ("-e ./sub[dev,x] ; os_name == 'nt'", None, ReferenceKind.PATH, "./sub", {"extras": ("dev", "x")}),
        ("../up", None, ReferenceKind.PATH, "../up", {}),
        ("~/a_b-1.0-py3-none-any.whl", "a-b", ReferenceKind.PATH, "~/a_b-1.0-py3-none-any.whl", {}),
        ("--editable='./a b'", None, ReferenceKind.PATH, "./a b", {"editable": True}),
        ("a_b-1.0.tar.gz", None, ReferenceKind.PATH, "a_b-1.0.tar.gz", {}),
        ("file:///srv/x%20y.zip", None, ReferenceKind.PATH, "/srv/x y.zip", {}),
        ("name @ file:///srv/x", "name", ReferenceKind.PATH, "/srv/x", {}),
        ("https://files.example/x.zip#egg=Some_Name[e]&subdirectory=d", "some-name", ReferenceKind.URL,
         "https://files.example/x.zip", {"subdirectory": "d", "extras": ("e",)}),
        ("https://files.example/x.zip#sha256=ab", None, ReferenceKind.URL, "https://files.example/x.zip",
         {"hashes": ("sha256:ab",)}),
        ("git+https://u:p@forge.example/x.git@v1.0#egg=x", "x", ReferenceKind.VCS,
         "https://u:p@forge.example/x.git", {"vcs": "git", "revision": "v1.0"}),
        ("git+ssh://git@forge.example/x.git", None, ReferenceKind.VCS, "ssh://git@forge.example/x.git",
         {"vcs": "git", "revision": None}),
        ("-e git+git@forge.example:a/b.git@main#egg=b", "b", ReferenceKind.VCS, "git@forge.example:a/b.git",
         {"vcs": "git", "revision": "main", "editable": True}),
        ("hg+http://forge.example/x ; python_version<'3'", None, ReferenceKind.VCS, "http://forge.example/x",
         {"vcs": "hg"}),
        ("x @ git+https://forge.example/x@abc ; os_name=='nt'", "x", ReferenceKind.VCS,
         "https://forge.example/x", {"revision": "abc"}),
    ],
)  # fmt: skip
def test_direct_references(
    line: str, name: str | None, kind: ReferenceKind, target: str, more: dict[str, object]
) -> None:
    (found,) = _parsed(line).declared
    assert found.reference is not None
    assert (found.name, found.reference.kind, found.reference.target) == (name, kind, target)
    for key, value in more.items():
        holder = found if hasattr(found, key) else found.reference
        assert getattr(holder, key) == value
    assert (found.marker is not None) == (";" in line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a==1 --hash=sha256:abc", "no valid hash"),
        (f"a==1 --hash=md5:{'a' * 32}", "no valid hash"),
        (f"--hash=sha256:{DIGEST}", "without a requirement"),
        ("a --index-url https://index.example/", "cannot stand behind a requirement"),
        ("--frobnicate", "the option --frobnicate is not one"),
        ("-x", "the option -x is not one"),
        ("--pre=1", "takes no value"),
        ("--index-url", "lacks its value"),
        ("-e a -e b", "--editable cannot stand behind"),
        ("-e", "lacks its value"),
        ("-r a -r b", "several files"),
        ("--index-url 'x", "no closing quotation"),
        ("a>=1,b", "Expected"),
        ("a#b", "Expected"),
        ("=", "Expected"),
        ("a ; python_version >", "Expected"),
        ("a" * 9000, "longer than"),
        (f"a ; {'(' * 3000}os_name=='a'{')' * 3000}", "nested"),
    ],
)
def test_lines_that_are_refused(line: str, reason: str) -> None:
    (problem,) = _problems(f"ok\n{line}\n")
    assert problem.location.line == 2
    assert reason in problem.reason
    assert problem.remedy


def test_every_problem_is_told_and_the_rest_is_readable() -> None:
    with pytest.raises(MalformedManifestError) as caught:
        _parsed("a\n?\nb\n--what\n")
    assert [problem.location.line for problem in caught.value.problems] == [2, 4]
    readable = caught.value.readable
    assert [one.name for one in readable.declared] == ["a", "b"]
    assert [unknown.where for unknown in readable.unknowns] == ["in.txt:2:1", "in.txt:4:1"]


@pytest.mark.slow
def test_there_is_an_end_to_what_is_taken() -> None:
    (problem,) = _problems("a\n" * 50_001)
    assert "more than 50,000 statements" in problem.reason
    assert len(_problems("?\n" * 500)) == 101


def test_the_column_is_that_of_the_fault() -> None:
    (problem,) = _problems("  numpy=1.0\n")
    assert str(problem.location) == "in.txt:1:8"


def test_no_password_is_told() -> None:
    (problem,) = _problems("x @ https://user:secret@files.example/x ; nonsense\n")
    assert "secret" not in str(problem)
    assert "files.example" in str(problem)


def test_variables_are_replaced_by_pips_rule() -> None:
    text = "-i https://${USER_1}:${TOKEN}@index.example/\n--find-links ${lower}\n-f $TOKEN\n-f ${EMPTY}\n"
    manifest = parse_requirements(
        text, "in.txt", environ={"USER_1": "me", "TOKEN": "t", "lower": "x", "EMPTY": ""}
    )
    assert [index.url for index in manifest.indexes] == [
        "https://me:t@index.example/",
        "${lower}",
        "$TOKEN",
        "${EMPTY}",
    ]
    assert [(unknown.what, unknown.where) for unknown in manifest.unknowns] == [("${EMPTY}", "in.txt:4:1")]


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + "café".encode(),
        codecs.BOM_UTF16_LE + "café".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "café".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "café".encode("utf-32-le"),
        b"# -*- coding: latin-1 -*-\n" + "café".encode("latin-1"),
        b"#!x\n# vim: set fileencoding=cp1252 :\n" + "café".encode("cp1252"),
    ],
)
def test_encodings(data: bytes) -> None:
    with pytest.raises(MalformedManifestError) as caught:
        parse_requirements(data, "in.txt")
    assert caught.value.problems[0].text == "café"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"caf\xe9", "is not utf-8 text"),
        (b"# coding: punycode\na", "an encoding that is not known"),
        (b"# coding: zip\na", "an encoding that is not known"),
        (b"# coding: nonsense\na", "an encoding that is not known"),
        (b"# coding: utf-7\na", "an encoding that is not known"),
        (b"#" * ((4 << 20) + 1), "larger than"),
    ],
)
def test_what_cannot_be_decoded_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableManifestError, match=reason):
        parse_requirements(data, "in.txt")


NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)
SPECIFIERS = st.sampled_from(["", ">=1", "==2.0.*", "~=1.4", "<3,!=2.1", "===x", "==1!2.0+local"])
MARKERS = st.sampled_from(["", " ; python_version < '3.12'", " ; os_name == 'nt' and extra == 'e'"])
EXTRAS = st.sampled_from(["", "[a]", "[B_c,a]"])


@pytest.mark.slow
@given(NAMES, EXTRAS, SPECIFIERS, MARKERS)
def test_what_is_declared_reads_back_the_same(name: str, extras: str, specifier: str, marker: str) -> None:
    (found,) = _parsed(f"{name}{extras}{specifier}{marker}\n").declared
    (again,) = _parsed(str(found.requirement())).declared
    assert (again.name, again.extras, again.specifier, again.marker) == (
        found.name,
        found.extras,
        found.specifier,
        found.marker,
    )


@given(st.text(st.sampled_from("ab-=>.,;[]@/\\#\"'$ {}()\n\r\trce+:~1\x00\x85\ud800\U0001f40d")))
def test_only_our_errors(text: str) -> None:
    try:
        manifest = parse_requirements(text, "in.txt", read=Texts({"a": "b"}), environ={"A": "x"})
    except ManifestError as error:
        assert error.problems
    else:
        lines = len(text.splitlines())
        assert all(one.location.line and one.location.line <= lines for one in manifest.declared)
