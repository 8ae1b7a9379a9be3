from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from fakes.images.python_roots import PROGRAM, cataloged, python_files, python_root, run_config
from fakes.images.roots import MemoryRoot
from images.catalogers import interpreters
from images.catalogers.catalog import Catalog
from images.native.elf_file import ElfFile
from images.reports.records import Interpreter, SystemPackage

_DEB = SystemPackage(
    name="python3.11-minimal", version="3.11.2-6+deb12u6", type="deb", where="/var/lib/dpkg/status"
)


def _only(known: Catalog) -> Interpreter:
    (one,) = known.interpreters
    return one


@pytest.mark.parametrize(
    ("prefix", "program", "kind"),
    [
        ("usr", "python3.11", "distribution"),
        ("usr/local", "python3.11", "source"),
        ("root/.pyenv/versions/3.11.7", "python3.11", "pyenv"),
        ("opt/pyenv/versions/3.11.7", "python3.11", "pyenv"),
        ("root/.local/share/uv/python/cpython-3.11.7-linux-x86_64-gnu", "python3.11", "uv"),
        ("opt/python", "python3.11", "source"),
    ],
)
def test_every_prefix(prefix: str, program: str, kind: str) -> None:
    path = f"{prefix}/bin/{program}"
    links = {f"{prefix}/bin/python3": program, f"{prefix}/bin/python": "python3"}
    files = python_root(python_files(prefix, "3.11.7"), [path], links, {path: 3})
    found = _only(cataloged(files))
    assert (found.path, found.prefix, found.kind) == (f"/{path}", f"/{prefix}", kind)
    assert (found.version, found.abi, found.has_headers, found.layer) == ("3.11.7", "cp311", True, 3)
    assert found.search_path == (f"/{prefix}/lib/python3.11/site-packages",)
    assert [evidence.where for evidence in found.evidence] == [
        f"/{prefix}/include/python3.11/patchlevel.h",
        *([f"/{prefix}"] if "3.11.7" in prefix else []),
        f"/{prefix}/lib/python3.11/lib-dynload",
    ]


def test_conda_states_its_release_in_its_records() -> None:
    tree = python_files("opt/conda/envs/x", "3.12.4", headers=False)
    tree[b"opt/conda/envs/x/conda-meta/python-3.12.4-h99e199e_1.json"] = b"{}"
    found = _only(cataloged(python_root(tree, ["opt/conda/envs/x/bin/python3.12"])))
    assert (found.kind, found.version) == ("conda", "3.12.4")
    assert found.evidence[0].where == "/opt/conda/envs/x/conda-meta/python-3.12.4-h99e199e_1.json"


def test_the_distributions_package_states_the_release() -> None:
    tree = python_files("usr", "3.11.2", headers=False)
    known = Catalog(packages=(_DEB,))
    found = _only(cataloged(python_root(tree, ["usr/bin/python3.11"]), known=known))
    assert (found.kind, found.version, found.has_headers) == ("distribution", "3.11.2", False)
    assert found.evidence[0].where == "/var/lib/dpkg/status"
    assert found.evidence[0].confidence is Confidence.CERTAIN


@pytest.mark.parametrize(
    ("name", "version", "kind", "release"),
    [
        ("python3", "0:3.11.9-7.el9", "rpm", "3.11.9"),
        ("python311-base", "3.11.10-1.1", "rpm", "3.11.10"),
        ("python3", "3.11.11-r0", "apk", "3.11.11"),
        ("python3.11-minimal", "3.11.0~rc2-1", "deb", "3.11.0rc2"),
        ("python3", "3.12.1-1", "deb", "3.11"),
        ("python3-yaml", "3.11.9-1", "deb", "3.11"),
    ],
)
def test_packages_of_every_distribution(name: str, version: str, kind: str, release: str) -> None:
    package = SystemPackage(name=name, version=version, type=kind, where="db")
    tree = python_files("usr", "3.11.2", headers=False)
    found = cataloged(python_root(tree, ["usr/bin/python3.11"]), known=Catalog(packages=(package,)))
    assert _only(found).version == release


@pytest.mark.parametrize("program", ["usr/local/bin/python3.11", "usr/local/lib/libpython3.11.so.1.0"])
def test_the_program_itself_states_the_release_where_nothing_else_does(program: str) -> None:
    tree = python_files("usr/local", "3.11.7", headers=False)
    tree[program.encode()] = b"\x7fELF\0\0" + b"3.11.\0" + b"x 3.11.4 y\0" + b"3.11.7\0" + b"3.11.7\0 rest"
    files = MemoryRoot(tree, elves={b"usr/local/bin/python3.11": PROGRAM} if program.endswith("1.0") else {})
    if not program.endswith("1.0"):
        files = _Elf(tree, {program.encode()})
    found = _only(cataloged(files))
    assert found.version == "3.11.7"
    assert (found.evidence[0].where, found.evidence[0].confidence) == (f"/{program}", Confidence.LIKELY)


class _Elf(MemoryRoot):
    def __init__(self, files: dict[bytes, bytes], programs: set[bytes]) -> None:
        super().__init__(files)
        self._programs = programs

    def elf(self, path: bytes) -> ElfFile | None:
        return PROGRAM if path in self._programs else None


def test_two_releases_in_one_program_say_nothing() -> None:
    tree = python_files("usr/local", "3.11.7", headers=False)
    tree[b"usr/local/bin/python3.11"] = b"\x7fELF\0" + b"3.11.6\0" + b"3.11.7\0"
    found = _only(cataloged(_Elf(tree, {b"usr/local/bin/python3.11"})))
    assert found.version == "3.11"
    assert found.evidence[0].where == "/usr/local/lib/python3.11"


def test_contradictions_are_reported_and_the_header_counts() -> None:
    prefix = "root/.pyenv/versions/3.11.5"
    files = python_root(python_files(prefix, "3.11.7"), [f"{prefix}/bin/python3.11"])
    known = cataloged(files)
    assert _only(known).version == "3.11.7"
    (finding,) = known.findings
    assert finding.id == "interpreter-version-contradiction"
    assert "3.11.7" in finding.message
    assert f"/{prefix}" in finding.message
    assert "3.11.5" in finding.message


def test_free_threaded_and_debug_builds_beside_the_normal_one() -> None:
    tree = python_files("usr", "3.13.0") | python_files("usr", "3.13.0", abi="cpython-313t")
    tree[b"usr/lib/python3.13/lib-dynload/_x.cpython-313d-x86_64-linux-gnu.so"] = b""
    programs = ["usr/bin/python3.13", "usr/bin/python3.13t", "usr/bin/python3.13d"]
    known = cataloged(python_root(tree, programs, {"usr/bin/python3.13-dbg": "python3.13d"}))
    assert {one.path: (one.abi, one.version) for one in known.interpreters} == {
        "/usr/bin/python3.13": ("cp313", "3.13.0"),
        "/usr/bin/python3.13t": ("cp313t", "3.13.0"),
        "/usr/bin/python3.13d": ("cp313d", "3.13.0"),
    }


def test_free_threaded_prefix_of_its_own() -> None:
    tree = python_files("opt/py", "3.14.1", abi="cpython-314t")
    links = {"opt/py/bin/python3.14": "python3.14t", "opt/py/bin/python": "python3.14t"}
    known = cataloged(python_root(tree, ["opt/py/bin/python3.14t"], links), run_config("PATH=/opt/py/bin"))
    assert (_only(known).path, _only(known).abi) == ("/opt/py/bin/python3.14t", "cp314t")
    assert known.facts["python.gil"].value is False


def test_the_build_configuration_tells_the_abi_of_a_static_build() -> None:
    tree = python_files("opt/py", "3.12.3")
    del tree[b"opt/py/lib/python3.12/lib-dynload/_x.cpython-312-x86_64-linux-gnu.so"]
    sysconfig = b"opt/py/lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py"
    tree[sysconfig] = (
        b"build_time_vars = {'CONFIG_ARGS': \"'--prefix=/install'\",\n"
        b" 'SOABI': 'cpython-312-x86_64-linux-gnu'}\n"
    )
    found = _only(cataloged(python_root(tree, ["opt/py/bin/python3.12"])))
    assert (found.abi, found.kind) == ("cp312", "standalone")
    assert found.evidence[-1].where == f"/{sysconfig.decode()}"


def test_pypy() -> None:
    tree = {
        b"opt/pypy/lib/pypy3.10/os.py": b"",
        b"opt/pypy/lib/pypy3.10/_x.pypy310-pp73-x86_64-linux-gnu.so": b"",
        b"opt/pypy/lib/pypy3.10/site-packages/README": b"",
        b"opt/pypy/include/pypy3.10/Python.h": b"",
        b"opt/pypy/include/pypy3.10/patchlevel.h": (
            b'#define PY_VERSION "3.10.14"\n#define PYPY_VERSION "7.3.17"\n'
        ),
    }
    links = {"opt/pypy/bin/python": "pypy3.10", "opt/pypy/bin/pypy3": "pypy3.10"}
    known = cataloged(python_root(tree, ["opt/pypy/bin/pypy3.10"], links), run_config("PATH=/opt/pypy/bin"))
    found = _only(known)
    assert (found.implementation, found.version, found.abi) == ("pypy", "3.10.14", "pypy310_pp73")
    assert found.search_path == ("/opt/pypy/lib/pypy3.10/site-packages",)
    assert known.facts["python.implementation.version"].value == "7.3.17"


def test_hard_links_and_links_to_links_are_one_interpreter() -> None:
    tree = python_files("usr/local", "3.7.16", abi="cpython-37m")
    programs = ["usr/local/bin/python3.7", "usr/local/bin/python3.7m"]
    links = {"bin": "usr/bin", "usr/bin/python3": "/etc/alternatives/python3"}
    links["etc/alternatives/python3"] = "/usr/local/bin/python3.7"
    found = _only(cataloged(python_root(tree, programs, links)))
    assert (found.path, found.abi, found.is_default) == ("/usr/local/bin/python3.7", "cp37m", True)


def test_names_that_say_nothing_are_told_by_the_library() -> None:
    tree = python_files("usr", "3.6.8", abi="cpython-36m")
    links = {"usr/bin/python3": "../libexec/platform-python3.6"}
    found = _only(cataloged(python_root(tree, ["usr/libexec/platform-python3.6"], links)))
    assert (found.path, found.version) == ("/usr/libexec/platform-python3.6", "3.6.8")


def test_a_bare_name_among_several_libraries_is_told_by_what_it_links() -> None:
    tree = python_files("usr", "3.9.2") | python_files("usr", "3.11.2")
    program = ElfFile(machine="x86_64", bits=64, needed=("libpython3.9.so.1.0", "libc.so.6"))
    found = _only(cataloged(MemoryRoot(tree, elves={b"usr/bin/python3": program})))
    assert found.version == "3.9.2"


@pytest.mark.parametrize(
    "tree",
    [
        {b"usr/bin/python3.11": b"#!/bin/sh\nexec true\n" + b"#" * 2000, b"usr/lib/python3.11/os.py": b""},
        {b"usr/share/bash-completion/completions/python": b"complete"},
        {b"usr/lib/python3.11/os.py": b"", b"usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0": b"\x7fELF"},
        {b"usr/local/lib/python3.11/dist-packages/x.py": b""},
    ],
)
def test_what_is_no_interpreter(tree: dict[bytes, bytes]) -> None:
    assert cataloged(MemoryRoot(tree)).interpreters == ()


def test_an_interpreter_without_its_library_is_broken() -> None:
    known = cataloged(python_root({}, ["usr/local/bin/python3.11"]))
    assert _only(known).version == "3.11"
    assert [finding.id for finding in known.findings] == ["interpreter-without-library"]
    assert "/usr/local/lib/python3.11" in known.findings[0].message


def test_debians_directories_in_debians_order() -> None:
    tree = python_files("usr", "3.11.2")
    tree[b"usr/lib/python3.11/site.py"] = b'"dist-packages"'
    for directory in ("usr/local/lib/python3.11/dist-packages", "usr/lib/python3/dist-packages"):
        tree[f"{directory}/x.py".encode()] = b""
    tree[b"usr/local/lib/python3.11/site-packages/x.py"] = b""
    found = _only(cataloged(python_root(tree, ["usr/bin/python3.11"])))
    assert found.search_path == ("/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages")


def test_fedoras_directories() -> None:
    tree = python_files("usr", "3.9.18")
    tree[b"usr/lib/python3.9/site.py"] = b'PREFIXES.insert(0, "/usr/local")'
    tree[b"usr/local/lib/python3.9/site-packages/x.py"] = b""
    tree[b"usr/lib64/python3.9/site-packages/x.py"] = b""
    found = _only(cataloged(python_root(tree, ["usr/bin/python3.9"])))
    assert found.search_path == (
        "/usr/local/lib/python3.9/site-packages",
        "/usr/lib64/python3.9/site-packages",
        "/usr/lib/python3.9/site-packages",
    )


def test_users_pythonpath_and_pth_files() -> None:
    tree = python_files("usr/local", "3.11.7")
    site = b"usr/local/lib/python3.11/site-packages"
    tree |= {
        b"etc/passwd": b"root:x:0:0::/var/admin:/bin/sh\napp:x:1000:1000::/srv/app:/bin/sh\n",
        b"srv/app/.local/lib/python3.11/site-packages/x.py": b"",
        b"var/admin/.local/lib/python3.11/site-packages/x.py": b"",
        b"libs/a-1.dist-info/METADATA": b"Name: a\nVersion: 1\n",
        b"plain/x.py": b"",
        b"more/x.py": b"",
        b"usr/local/lib/beside/x.py": b"",
        site
        + b"/a.pth": b"# no\n/more\nimport os; os.system('x')\n../../beside\n/not/there\n../site-packages\n",
    }
    files = python_root(tree, ["usr/local/bin/python3.11"])
    config = run_config("PYTHONPATH=/libs:/plain:/gone:", user="1000:1000")
    assert _only(interpreters.catalog(files, config, Catalog())).search_path == (
        "/libs",
        "/srv/app/.local/lib/python3.11/site-packages",
        "/var/admin/.local/lib/python3.11/site-packages",
        "/usr/local/lib/python3.11/site-packages",
        "/more",
        "/usr/local/lib/beside",
    )
    nobody = run_config("PYTHONNOUSERSITE=1", user="app")
    assert _only(interpreters.catalog(files, nobody, Catalog())).search_path[0].startswith("/usr/local")


def test_the_first_directory_on_path_decides() -> None:
    tree = python_files("usr", "3.9.2") | python_files("usr/local", "3.11.7")
    programs = ["usr/bin/python3.9", "usr/local/bin/python3.11"]
    links = {"usr/bin/python3": "python3.9", "usr/local/bin/python3": "python3.11"}
    files = python_root(tree, programs, links)

    def default(*environ: str) -> list[str]:
        found = interpreters.catalog(files, run_config(*environ), Catalog())
        return [one.path for one in found.interpreters if one.is_default]

    assert default() == ["/usr/local/bin/python3.11"]
    assert default("PATH=/nowhere:/usr/bin:/usr/local/bin") == ["/usr/bin/python3.9"]
    assert default("PATH=/nowhere") == []
