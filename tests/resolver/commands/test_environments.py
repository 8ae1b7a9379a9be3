"""Environments that a project declares, facts that are stated, and advice for several at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from images.facts.environment import FACT_NAMES

PROJECT = """
[project]
name = "shop"
version = "1.0"
dependencies = ["lib", "wheels; platform_machine == 'x86_64'"]

[tool.stackwright.environments.server]
python-version = "3.13"
platform = "x86_64-manylinux_2_28"
gpu.driver = "535.104.05"

[tool.stackwright.environments.board]
python-version = "3.11"
os.id = "alpine"
arch = "aarch64"
memory_bytes = 1_000_000_000
"""
THOTH = """
host: thoth.example
runtime_environments:
  - name: old-rhel
    operating_system:
      name: rhel
      version: "8"
    python_version: "3.9"
    cuda_version: null
    platform: linux-x86_64
    recommendation_type: latest
"""


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("lib", "1.0")
    index.add("lib", "2.0")
    index.add("lib", "3.0", requires_python=">=3.12")
    index.add("wheels", "1.0", tags=["cp313-cp313-manylinux_2_28_x86_64", "cp39-cp39-manylinux_2_28_x86_64"])
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def project(stackwright: Commands) -> Commands:
    stackwright.write("pyproject.toml", PROJECT)
    stackwright.write(".thoth.yaml", THOTH)
    return stackwright


def facts(ran_facts: dict[str, dict[str, object]]) -> dict[str, object]:
    return {name: fact["value"] for name, fact in ran_facts.items()}


def host(commands: Commands, *arguments: str, cuda: str = "") -> dict[str, object]:
    ran = commands.main("host", *arguments, "--format", "json", STACKWRIGHT_FACT_CUDA_MAX=cuda)
    assert ran.code == 0, ran.err
    return facts(ran.json["environment"]["facts"])


def pins(commands: Commands, name: str) -> dict[str, str]:
    lock = tomllib.loads(commands.path(f"pylock.{name}.toml").read_text())
    return {package["name"]: package["version"] for package in lock["packages"]}


def test_a_declared_environment_is_a_target(project: Commands) -> None:
    ran = project.advise("--environment", "board", "--format", "json")
    assert {pin["name"]: pin["version"] for pin in ran.json["pins"]} == {"lib": "2.0"}
    known = facts(ran.json["environment"]["facts"])
    assert (known["libc.name"], known["arch"], known["python.abi"]) == ("musl", "aarch64", "cp311")
    assert known["memory_bytes"] == 1_000_000_000
    assert "cores" not in known


def test_facts_say_where_they_come_from(project: Commands) -> None:
    ran = project.main("host", "--environment", "server", "--format", "json")
    stated = ran.json["environment"]["facts"]
    assert stated["gpu.driver"]["source"] == "pyproject.toml: [tool.stackwright.environments.server]"
    assert stated["cuda.max"] == {"value": "12.9", "source": "gpu.driver 535.104.05"}
    assert stated["gpu.vendor"]["value"] == "nvidia"


def test_the_command_line_counts_most_then_variables_then_the_project(project: Commands) -> None:
    server = ["--environment", "server"]
    assert host(project, *server)["cuda.max"] == "12.9"
    assert host(project, *server, cuda="12.2")["cuda.max"] == "12.2"
    both = host(project, *server, "--fact", "cuda.max=11.8", cuda="12.2")
    assert both["cuda.max"] == "11.8"
    assert host(project, *server, "--python-version", "3.12")["python.abi"] == "cp312"
    assert host(project, *server, "--platform", "linux/arm64")["arch"] == "aarch64"
    bare = host(project, *server, "--fact", "gpu.vendor=none")
    assert (bare["cuda.max"], bare["gpu.count"], "gpu.driver" in bare) == ("none", 0, False)


def test_configuration_of_thoth_declares_environments_too(project: Commands) -> None:
    known = host(project, "--environment", "old-rhel")
    assert (known["os.id"], known["libc.version"], known["python.version"]) == ("rhel", "2.28", "3.9.0")
    assert known["arch"] == "x86_64"
    assert "cuda.runtime" not in known


def test_this_machine_is_told_with_its_hardware(project: Commands) -> None:
    known = host(project)
    assert known["os.kernel"] == "linux"
    assert {"cpu.vendor", "memory_bytes", "cores", "python.version"} <= known.keys()
    told = project.main("host", COLUMNS="80").out.splitlines()
    assert told[0].split() == ["fact", "value", "known", "by"]
    assert max(map(len, told)) <= 80
    assert [line.split()[0] for line in told[1:]] == sorted(known)


def test_every_fact_is_explained(project: Commands) -> None:
    lines = project.main("host", "--facts").out.splitlines()
    assert any(line.startswith("cuda.max") and "driver" in line for line in lines)


STATED = {
    "build.extensions": ("true", True),
    "build.headers": ("libpq, zlib", ["libpq", "zlib"]),
    "build.tools": ("make", ["make"]),
    "cores": ("3", 3),
    "cores.seen": ("12", 12),
    "cpu.flags": ("avx, avx2", ["avx", "avx2"]),
    "cpu.level": ("2", 2),
    "cpu.level.needed": ("2", 2),
    "display": ("no", False),
    "gpu.count": ("2", 2),
    "headers.python": ("yes", True),
    "libc.hwcaps": ("x86-64-v3", ["x86-64-v3"]),
    "libraries": ("libGL.so.1", ["libGL.so.1"]),
    "memory_bytes": ("1000", 1000),
    "python.gil": ("true", True),
    "python.version": ("3.12.4", "3.12.4"),
    "python.abi": ("cp312", "cp312"),
    "os.kernel": ("linux", "linux"),
    "libc.name": ("glibc", "glibc"),
    "libc.version": ("2.30", "2.30"),
    "arch": ("x86_64", "x86_64"),
    "gpu.vendor": ("nvidia", "nvidia"),
    "gpu.driver": ("535.104.05", "535.104.05"),
    **dict.fromkeys(
        ("cuda.max", "cuda.runtime", "cudnn.version", "gpu.sm", "rocm.version"), ("12.2", "12.2")
    ),
    **dict.fromkeys(("libstdcxx.cxxabi", "libstdcxx.glibcxx"), ("3.4.30", "3.4.30")),
}
"""Values of facts that take no other text, or that would contradict each other."""


@pytest.mark.parametrize("name", sorted(FACT_NAMES))
def test_every_fact_can_be_stated_in_all_ways(stackwright: Commands, name: str) -> None:
    text, value = STATED.get(name, ("other 1.2", "other 1.2"))
    beside = ["--fact", "python.version=3.12.4"] if name in ("python.abi", "python.gil") else []
    variable = f"STACKWRIGHT_FACT_{name.replace('.', '_').upper()}"
    stackwright.write("pyproject.toml", f'[tool.stackwright.environments.own]\n{name} = "{text}"\n')
    asked = ("host", "--format", "json", *beside)
    told = {
        "--fact": stackwright.main(*asked, "--fact", f"{name}={text}"),
        "pyproject.toml: [tool.stackwright.environments.own]": stackwright.main(
            *asked, "--environment", "own"
        ),
    }
    stackwright.environ[variable] = text
    told[f"variable {variable}"] = stackwright.main(*asked)
    for source, ran in told.items():
        assert ran.code == 0, ran.err
        assert ran.json["environment"]["facts"][name] == {"value": value, "source": source}


def test_several_environments_get_a_lockfile_each(project: Commands) -> None:
    ran = project.advise("--environment", "server", "--environment", "board", "--independent")
    assert ran.code == 0, ran.err
    assert pins(project, "server") == {"lib": "3.0", "wheels": "1.0"}
    assert pins(project, "board") == {"lib": "2.0"}
    assert "lib 3.0 not for board: " in ran.out
    assert "(python.version is 3.11.0)" in ran.out
    why = "you require wheels; platform_machine == 'x86_64', which does not hold there (arch is aarch64)"
    assert f"wheels 1.0 not for board: {why}" in " ".join(ran.out.replace('"', "'").split())
    assert ran.out.endswith("Wrote pylock.server.toml: 2 packages\nWrote pylock.board.toml: 1 package\n")


def test_versions_are_kept_equal_where_nothing_else_changes(project: Commands) -> None:
    ran = project.advise("--environment", "server", "--environment", "board")
    assert pins(project, "server") == {"lib": "2.0", "wheels": "1.0"}
    assert pins(project, "board") == {"lib": "2.0"}
    assert "lib 2.0 instead of 3.0 for server, as board has no newer one" in " ".join(ran.out.split())


def test_what_a_requirement_speaks_against_is_not_shared(project: Commands) -> None:
    project.write("pyproject.toml", PROJECT.replace('"lib"', '"lib", "lib>=3; python_version > \'3.12\'"'))
    project.advise("--environment", "server", "--environment", "board")
    assert (pins(project, "server")["lib"], pins(project, "board")["lib"]) == ("3.0", "2.0")


def test_the_report_holds_every_advice_and_difference(project: Commands) -> None:
    ran = project.advise("--environment", "server", "--environment", "board", "--format", "json")
    report = ran.json
    assert [one["name"] for one in report["environments"]] == ["server", "board"]
    assert [one["lockfile"] for one in report["environments"]] == ["pylock.server.toml", "pylock.board.toml"]
    assert [(one["project"], one["versions"]) for one in report["differences"]] == [
        ("wheels", {"server": "1.0", "board": None})
    ]
    (given,) = report["concessions"]
    assert (given["project"], given["environment"], given["alone"]) == ("lib", "server", "3.0")


def test_nothing_is_written_where_one_environment_has_no_stack(project: Commands) -> None:
    ran = project.advise("lib>=3", "--environment", "server", "--environment", "board")
    assert ran.code == 1
    assert "Environment board:" in ran.err
    assert not list(project.folder.glob("pylock.*"))


def test_lockfiles_go_where_output_says(project: Commands) -> None:
    project.path("locks").mkdir()
    several = ["--environment", "server", "--environment", "board"]
    ran = project.advise("lib", *several, "-o", "locks")
    assert ran.code == 0
    assert sorted(path.name for path in project.path("locks").iterdir()) == [
        "pylock.board.toml",
        "pylock.server.toml",
    ]
    refused = project.advise("lib", *several, "-o", "pylock.toml")
    assert refused.code == 2
    assert "pylock.toml is one file for several environments" in refused.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--environment", "nope"], "no environment is named 'nope'\n"),
        (
            ["--fact", "gpu.vndor=amd"],
            "--fact: there is no fact named 'gpu.vndor'\n  did you mean: gpu.vendor",
        ),
        (["--fact", "gpu.vendor"], "'gpu.vendor' is not NAME=VALUE"),
        (["--fact", "cores=many"], "--fact: cores cannot be 'many'\n  it takes a whole number"),
        (
            ["--fact", "gpu.vendor=none", "--fact", "gpu.sm=8.6"],
            "gpu.vendor none (--fact) and gpu.sm 8.6 (--fact)",
        ),
        (
            ["--platform", "linux/arm64", "--fact", "arch=x86_64"],
            "--platform linux/arm64 and --fact arch=x86_64",
        ),
        (["--environment", "server", "--environment", "board", "--format", "pylock"], "not one as pylock"),
        (
            ["--environment", "server", "--environment", "board", "-r", "-"],
            "standard input can be read for one",
        ),
    ],
)
def test_mistakes_get_one_clear_message(project: Commands, arguments: list[str], told: str) -> None:
    ran = project.advise(*arguments)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("environments = 3", "is no table of tables"),
        ('environments."a.b".platform = "linux"', "use letters, digits, - and _"),
        ("environments.server.platform = 3", "platform is no text"),
        ("environments.server.gpu.cout = 3", "there is no fact named 'gpu.cout'"),
        ("environments.server.gpu.count = -3", "gpu.count cannot be '-3'"),
        ('environments.server.gpu = { vendor = "amd", sm = "8.6" }', "contradict each other"),
    ],
)
def test_mistakes_of_the_project_name_file_and_table(stackwright: Commands, table: str, told: str) -> None:
    stackwright.write("pyproject.toml", f"[tool.stackwright]\n{table}\n")
    ran = stackwright.advise("lib", "--environment", "server")
    assert ran.code == 2
    assert told in ran.err
    assert "pyproject.toml" in ran.err


def test_a_damaged_configuration_of_thoth_is_told(stackwright: Commands) -> None:
    stackwright.write(".thoth.yaml", "runtime_environments: [\n")
    ran = stackwright.advise("lib", "--environment", "x")
    assert ran.code == 2
    assert ".thoth.yaml" in ran.err
