from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from analyzers.evidence import Confidence
from fakes.images.elves import elf
from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from images.host.builds import build_facts
from images.host.system import system_facts

KNOWN: dict[str, FactValue] = {
    "os.kernel": "linux",
    "arch": "x86_64",
    "libc.name": "glibc",
    "headers.python": True,
}
LINUX = RuntimeEnvironment(facts={name: Fact(value=value, source="kernel") for name, value in KNOWN.items()})


def program(path: Path, content: bytes = b"#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return path


def test_compilers_are_found_on_path_in_its_order(tmp_path: Path) -> None:
    gcc = program(tmp_path / "second/gcc")
    program(tmp_path / "third/gcc")
    (tmp_path / "first").mkdir()
    (tmp_path / "first/cc").write_text("no program")
    path = ":".join([*(f"{tmp_path}/{name}" for name in ("first", "second", "third")), "second"])
    facts = build_facts({"PATH": path})
    assert facts["compiler.c"] == Fact(value="gcc", source=str(gcc), confidence=Confidence.LIKELY)
    assert facts["compiler.rust"] == Fact(value="none", source="variable PATH")


def test_headers_are_those_of_the_interpreter_that_runs(tmp_path: Path) -> None:
    real = Path(sysconfig.get_path("include"), "Python.h").is_file()
    assert build_facts({})["headers.python"].value is real
    assert build_facts({}, str(tmp_path))["headers.python"].value is False
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    program(tmp_path / f"include/python{version}/Python.h")
    assert build_facts({}, str(tmp_path))["headers.python"].value is True


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a compiler, a runtime of Java, and one library beside that of C++."""
    loader = "/lib64/ld-linux-x86-64.so.2"
    program(tmp_path / "usr/bin/python3", elf(kind=2, interpreter=loader, needed=["libc.so.6"]))
    program(tmp_path / "usr/bin/gcc-12")
    (tmp_path / "usr/bin/cc").symlink_to("gcc-12")
    program(tmp_path / "usr/include/stdio.h")
    program(tmp_path / "usr/include/postgresql/libpq-fe.h")
    cxx = elf(soname="libstdc++.so.6", provides=["GLIBCXX_3.4.30", "CXXABI_1.3.13"])
    program(tmp_path / "usr/lib/x86_64-linux-gnu/libstdc++.so.6", cxx)
    program(tmp_path / "usr/lib/x86_64-linux-gnu/libGL.so.1", elf(soname="libGL.so.1"))
    program(tmp_path / "usr/lib/x86_64-linux-gnu/README")
    java = tmp_path / "usr/lib/jvm/java-21"
    program(java / "bin/java")
    program(java / "release", b'IMPLEMENTOR="Debian"\nJAVA_VERSION="21.0.4"\n')
    return tmp_path


def test_the_files_of_a_machine_tell_the_rest(root: Path) -> None:
    facts = system_facts(LINUX, {"PATH": "/usr/bin"}, root, "/usr/bin/python3")
    values = {name: fact.value for name, fact in facts.items()}
    assert values["compiler.c"] == "gcc 12"
    assert values["compiler.cxx"] == "none"
    assert values["build.headers"] == ("libpq",)
    assert values["build.extensions"] is True
    assert values["libstdcxx.glibcxx"] == "3.4.30"
    assert values["libraries"] == ("libGL.so.1", "libstdc++.so.6")
    assert values["java.version"] == "21.0.4"
    assert facts["java.version"].source == "/usr/lib/jvm/java-21/release"


def test_java_home_counts_more_and_nothing_is_none(root: Path) -> None:
    program(root / "srv/jre/bin/java")
    program(root / "srv/jre/release", b'JAVA_VERSION="17.0.9"\n')
    facts = system_facts(LINUX, {"JAVA_HOME": "/srv/jre"}, root, "/usr/bin/python3")
    assert facts["java.version"].value == "17.0.9"
    (root / "usr/lib/jvm/java-21/bin/java").unlink()
    facts = system_facts(LINUX, {}, root, "/usr/bin/python3")
    assert facts["java.version"] == Fact(value="none", source="no program java and no directory of one")


def test_other_systems_tell_nothing_by_files(root: Path) -> None:
    other = RuntimeEnvironment(facts={"os.kernel": Fact(value="darwin", source="kernel")})
    assert system_facts(other, {}, root) == {}
