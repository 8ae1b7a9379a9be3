"""Variants of wheels on a loopback index: which is chosen on which target, and what is said of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from uv import find_uv_bin

from fakes.commands import Commands, Ran
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.variants import SCHEMA, add_variants, variants_json
from fakes.indexes.wheels import build_wheel

LINUX, ARM, MUSL = (
    f"cp312-cp312-{platform}"
    for platform in ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "musllinux_1_2_x86_64")
)
NAMESPACES = ["nvidia", "x86_64", "aarch64", "blas_lapack"]
VARIANTS: dict[str, dict[str, dict[str, list[str]]]] = {
    "null": {},
    "x86_64_v2": {"x86_64": {"level": ["v2"]}},
    "x86_64_v3": {"x86_64": {"level": ["v3"]}},
    "x86_64_v3_mkl": {"x86_64": {"level": ["v3"]}, "blas_lapack": {"library": ["mkl"]}},
    "x86_64_v3_openblas": {"x86_64": {"level": ["v3"]}, "blas_lapack": {"library": ["openblas"]}},
    "x86_64_v4": {"x86_64": {"level": ["v4"], "avx512_bf16": ["on"]}},
    "cu12": {
        "nvidia": {
            "cuda_version_lower_bound": ["12.6"],
            "cuda_version_upper_bound": ["13"],
            "sm_arch": ["80_real", "90_real"],
        }
    },
}
ON_ARM: dict[str, dict[str, dict[str, list[str]]]] = {
    "armv8.2": {"aarch64": {"version": ["8.2a"]}},
    "sve": {"aarch64": {"version": ["8.2a"], "sve": ["on"]}},
}


@pytest.fixture
def index() -> FakeIndex:
    index = FakeIndex()
    markers = ["fast ; 'x86_64 :: level' in variant_features", "slow ; variant_label == 'null'"]
    index.add("numpy", "2.0", tags=[LINUX, ARM, MUSL])
    index.add("numpy", "2.3", tags=[LINUX, ARM], sdist=True)
    everything = {**VARIANTS, **ON_ARM}
    document = variants_json(NAMESPACES, everything)
    add_variants(
        index, "numpy", "2.3", NAMESPACES, VARIANTS, tags=[LINUX], requires=markers, document=document
    )
    add_variants(index, "numpy", "2.3", NAMESPACES, ON_ARM, tags=[ARM], document=False)
    for name in ("fast", "slow"):
        index.add(name, "1.0")
    return index


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


def target(platform: str = "x86_64-manylinux_2_28", *facts: str) -> list[str]:
    stated = [part for fact in facts for part in ("--fact", fact)]
    return ["--python-version", "3.12", "--platform", platform, *stated]


CUDA_12_6 = "nvidia :: cuda_version_lower_bound :: 12.6"
NO_GPU = "gpu.vendor=none"


def advice(stackwright: Commands, *arguments: str) -> Any:
    ran = stackwright.advise(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.json


def chosen(stackwright: Commands, *arguments: str, project: str = "numpy") -> str:
    """The label of the first file of a pin; empty for a plain wheel."""
    [pin] = [pin for pin in advice(stackwright, *arguments)["pins"] if pin["name"] == project]
    label = re.fullmatch(
        rf"{project}-[^-]+-[^-]+-[^-]+-[^-]+?(?:-([^-]+))?\.whl", pin["artifacts"][0]["filename"]
    )
    assert label is not None
    stated = None if pin["variant"] is None else pin["variant"]["label"]
    assert stated == label[1]
    return label[1] or ""


def test_without_the_option_labelled_wheels_take_no_part_and_are_told(
    stackwright: Commands, server: IndexServer
) -> None:
    ran = stackwright.advise("numpy", *target())
    assert ran.code == 0
    told = "note: numpy 2.3: wheels of 9 variants were passed over (--variants looks at them)"
    assert told in ran.out.splitlines()
    assert chosen(stackwright, "numpy", *target("x86_64-manylinux_2_28", "cpu.level=4")) == ""
    assert not [path for path in server.paths() if path.endswith(".json")]


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        (["cpu.level=1", NO_GPU], "null"),
        (["cpu.level=2", NO_GPU], "x86_64_v2"),
        (["cpu.level=3", NO_GPU], "x86_64_v3_openblas"),
        (["cpu.level=4", "cpu.flags=avx512f", NO_GPU], "x86_64_v3_openblas"),
        (["cpu.level=4", "cpu.flags=avx512f,avx512_bf16", NO_GPU], "x86_64_v4"),
        (["cpu.level=4", "gpu.vendor=nvidia", "cuda.max=12.8", "gpu.sm=9.0"], "cu12"),
        (["cpu.level=3", "gpu.vendor=nvidia", "cuda.max=12.4", "gpu.sm=9.0"], "x86_64_v3_openblas"),
        (["cpu.level=3", "gpu.vendor=nvidia", "cuda.max=13.0", "gpu.sm=9.0"], "x86_64_v3_openblas"),
        (["cpu.level=3", "gpu.vendor=nvidia", "cuda.max=12.8", "gpu.sm=7.5"], "x86_64_v3_openblas"),
        (["cpu.level=3", "gpu.vendor=nvidia", "cuda.max=12.8"], "x86_64_v3_openblas"),
    ],
)
def test_facts_of_the_target_choose_the_variant(stackwright: Commands, facts: list[str], label: str) -> None:
    assert chosen(stackwright, "numpy", "--variants", *target("x86_64-manylinux_2_28", *facts)) == label


def test_aarch64(stackwright: Commands) -> None:
    processor = ["cpu.microarchitecture=neoverse_v1", "cpu.flags=asimd,sve", NO_GPU]
    assert chosen(stackwright, "numpy", "--variants", *target("aarch64-manylinux_2_28", *processor)) == "sve"
    processor = ["cpu.microarchitecture=neoverse_n1", "cpu.flags=asimd", NO_GPU]
    arm = ["numpy", "--variants", *target("aarch64-manylinux_2_28", *processor)]
    assert chosen(stackwright, *arm) == "armv8.2"
    assert chosen(stackwright, "numpy", "--variants", *target("aarch64-manylinux_2_28")) == ""


def test_variants_never_widen_what_tags_admit(stackwright: Commands, server: IndexServer) -> None:
    found = advice(
        stackwright, "numpy", "--variants", "--no-build-package", "numpy", *target("x86_64-musllinux_1_2")
    )
    assert [(pin["name"], pin["version"]) for pin in found["pins"]] == [("numpy", "2.0")]
    assert not [path for path in server.paths() if path.endswith(".json")]


def test_reasons_say_what_fitted_and_why_others_did_not(stackwright: Commands) -> None:
    facts = ["cpu.level=3", "gpu.vendor=nvidia", "cuda.max=12.4"]
    found = advice(stackwright, "numpy", "--variants", *target("x86_64-manylinux_2_28", *facts))
    [pin] = [pin for pin in found["pins"] if pin["name"] == "numpy"]
    told = [reason["message"] for reason in pin["reasons"] if reason["unit"] == "variants"]
    fitting = ["x86_64 :: level :: v3", "blas_lapack :: library :: openblas"]
    assert told == [
        f"the variant x86_64_v3_openblas fits the target best: it has {', '.join(fitting)}",
        "the variant x86_64_v3_mkl fits, too, and is less preferred",
        "the variant x86_64_v3 fits, too, and is less preferred",
        "the variant x86_64_v2 fits, too, and is less preferred",
        "the variant null fits, too, and is less preferred",
        f"the variant cu12 does not fit: it asks for {CUDA_12_6}, and cuda.max is 12.4",
        "the variant x86_64_v4 does not fit: it asks for x86_64 :: level :: v4, and cpu.level is 3",
    ]
    assert found["unknowns"] == []
    assert pin["variant"] == {
        "label": "x86_64_v3_openblas",
        "properties": fitting,
        "refused": [],
        "missing": [],
    }


def test_explain_tells_them(stackwright: Commands) -> None:
    facts = target("x86_64-manylinux_2_28", "cpu.level=2", NO_GPU)
    ran = stackwright.main("explain", "numpy", "numpy", "--variants", *facts)
    told = " ".join(ran.out.split())
    assert "the variant x86_64_v2 fits the target best: it has x86_64 :: level :: v2" in told
    assert "asks for x86_64 :: level :: v3, and cpu.level is 2" in told


def test_several_environments_get_variants_of_their_own(stackwright: Commands) -> None:
    environments = "".join(
        f"[tool.stackwright.environments.{name}]\npython-version = '3.12'\n"
        f"platform = 'x86_64-manylinux_2_28'\ncpu.level = {level}\ngpu.vendor = 'none'\n"
        for name, level in (("old", 2), ("new", 3))
    )
    stackwright.write("pyproject.toml", environments)
    names = ["--environment", "old", "--environment", "new"]
    ran = stackwright.advise("numpy", "--variants", *names)
    assert ran.code == 0, ran.err
    locks = [stackwright.path(f"pylock.{name}.toml").read_text() for name in ("old", "new")]
    labels = [re.findall(r'^variant = "(.+)"$', lock, re.MULTILINE) for lock in locks]
    assert labels == [["x86_64_v2"], ["x86_64_v3_openblas"]]


def test_facts_that_are_not_known_are_named(stackwright: Commands) -> None:
    found = advice(stackwright, "numpy", "--variants", *target())
    unknown = {unknown["what"]: unknown["reason"] for unknown in found["unknowns"]}
    assert unknown["whether the variant cu12 of numpy 2.3 fits"] == "not known: cuda.max, gpu.sm"
    assert unknown["whether the variant x86_64_v3 of numpy 2.3 fits"] == "not known: cpu.level"
    assert unknown["whether the variant x86_64_v4 of numpy 2.3 fits"] == "not known: cpu.level, cpu.flags"
    assert chosen(stackwright, "numpy", "--variants", *target()) == "null"


def test_dependencies_are_those_of_the_chosen_variant(stackwright: Commands) -> None:
    def names(*facts: str) -> list[str]:
        found = advice(stackwright, "numpy", "--variants", *target("x86_64-manylinux_2_28", *facts))
        return [pin["name"] for pin in found["pins"]]

    assert names("cpu.level=3", NO_GPU) == ["fast", "numpy"]
    assert names("cpu.level=1", NO_GPU) == ["numpy", "slow"]
    nvidia = ["gpu.vendor=nvidia", "cuda.max=12.8", "gpu.sm=9.0"]
    assert names("cpu.level=3", *nvidia) == ["numpy"]


def test_preferences_of_the_user_come_first(stackwright: Commands) -> None:
    facts = target("x86_64-manylinux_2_28", "cpu.level=3", "gpu.vendor=nvidia", "cuda.max=12.8", "gpu.sm=9.0")
    assert chosen(stackwright, "numpy", "--variants", *facts) == "cu12"
    assert chosen(stackwright, "numpy", *facts, "--prefer-variant", "x86_64") == "x86_64_v3_openblas"
    mkl = ["--prefer-variant", "x86_64", "--prefer-variant", "blas_lapack::library::mkl"]
    assert chosen(stackwright, "numpy", *facts, *mkl) == "x86_64_v3_mkl"
    ran = stackwright.advise("numpy", *facts, "--prefer-variant", "mkl!")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == "stackwright: error: --prefer-variant 'mkl!' is no name of variants"


def test_what_an_index_says_of_variants_is_kept_by_content(
    stackwright: Commands, server: IndexServer
) -> None:
    arguments = ["numpy", "--variants", *target("x86_64-manylinux_2_28", "cpu.level=3", NO_GPU)]
    first = chosen(stackwright, *arguments)
    assert chosen(stackwright, *arguments, "--refresh") == first
    assert len([path for path in server.paths() if path.endswith(".json")]) == 1
    before = len(server.paths())
    assert chosen(stackwright, *arguments, "--offline") == first
    assert len(server.paths()) == before


def test_offline_without_it_is_an_unknown(stackwright: Commands, index: FakeIndex) -> None:
    index.add("plain", "1.0")
    add_variants(index, "plain", "1.0", ["x86_64"], V3)
    assert stackwright.advise("plain", *target()).code == 0
    found = advice(stackwright, "plain", "--variants", "--offline", *target())
    [unknown] = found["unknowns"]
    assert unknown["where"] == "plain-1.0-variants.json"
    assert unknown["reason"] == "it is not in the store, and --offline forbids asking the index"


def test_index_form_html(index: FakeIndex, stackwright: Commands) -> None:
    with IndexServer(index, html_only=True) as html:
        arguments = ["numpy", "--variants", *target("x86_64-manylinux_2_28", "cpu.level=2", NO_GPU)]
        assert chosen(stackwright, *arguments, "--index-url", html.url) == "x86_64_v2"


def refused(stackwright: Commands, project: str) -> str:
    """The reason of the one unknown, where a plain wheel serves all the same."""
    found = advice(
        stackwright, project, "--variants", *target("x86_64-manylinux_2_28", "cpu.level=3", NO_GPU)
    )
    [pin] = found["pins"]
    assert (pin["version"], pin["variant"]) == ("1.0", None)
    [unknown] = found["unknowns"]
    return str(unknown["reason"])


VARIANTS_INSIDE = {f"v{level}": {"x86_64": {"level": [f"v{level}"]}} for level in (2, 3, 4)}
V3 = {"x86_64_v3": {"x86_64": {"level": ["v3"]}}}
HOSTILE = {
    "no json": (b"\x00\xff", "it is no variant metadata"),
    "deep": (b'{"variants":' * 50_000, "it is no variant metadata"),
    "no text": (variants_json(["x86_64"], V3).replace(b'"v3"', b"3"), "it is no variant metadata"),
    "other schema": (variants_json(["x86_64"], V3, schema=SCHEMA.replace("v0", "v7")), "its schema "),
    "thousands": (
        variants_json(["x86_64"], {f"v{number}": {"x86_64": {"level": ["v3"]}} for number in range(5000)}),
        "it has 5,000 variants, more than 1,000",
    ),
    "other labels": (variants_json(["x86_64"], {}), "nothing says what this label means"),
    "large": (variants_json(["x86_64"], V3) + b" " * (2 << 20), "larger than"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_metadata_is_an_unknown(stackwright: Commands, index: FakeIndex, name: str) -> None:
    document, reason = HOSTILE[name]
    index.add("hostile", "1.0")
    add_variants(index, "hostile", "1.0", ["x86_64"], V3, document=document)
    assert reason in refused(stackwright, "hostile")


def test_metadata_of_another_hash_are_an_unknown(stackwright: Commands, index: FakeIndex) -> None:
    index.add("hostile", "1.0")
    add_variants(index, "hostile", "1.0", ["x86_64"], V3, document=False)
    body = variants_json(["x86_64"], V3)
    index.add_file("hostile", "hostile-1.0-variants.json", body, hashes={"sha256": "0" * 64})
    assert "the index promised 000" in refused(stackwright, "hostile")


def test_without_a_file_of_the_index_wheels_are_asked(stackwright: Commands, index: FakeIndex) -> None:
    index.add("inside", "1.0")
    add_variants(index, "inside", "1.0", ["x86_64"], VARIANTS_INSIDE, document=False)
    arguments = ["inside", "--variants", *target("x86_64-manylinux_2_28", "cpu.level=3", NO_GPU)]
    assert chosen(stackwright, *arguments, project="inside") == "v3"


@pytest.mark.parametrize("inside", [None, b"{}", variants_json(["x86_64"], VARIANTS_INSIDE)])
def test_wheels_that_do_not_say_what_they_are(
    stackwright: Commands, index: FakeIndex, inside: bytes | None
) -> None:
    index.add("hostile", "1.0")
    files = {} if inside is None else {"hostile-1.0.dist-info/variant.json": inside}
    content = build_wheel("hostile", "1.0", files=files)
    index.add_file("hostile", "hostile-1.0-py3-none-any-v3.whl", content)
    assert refused(stackwright, "hostile")


def test_local_wheels_of_find_links(stackwright: Commands) -> None:
    other = FakeIndex()
    add_variants(other, "local", "1.0", ["x86_64"], VARIANTS_INSIDE, document=False, build="7")
    for file in other.files("local"):
        stackwright.write(f"wheels/{file.filename}", file.content)
    arguments = ["local", "--find-links", "wheels", "--no-index"]
    facts = target("x86_64-manylinux_2_28", "cpu.level=3", NO_GPU)
    found = advice(stackwright, *arguments, "--variants", *facts)
    assert found["pins"][0]["artifacts"][0]["filename"] == "local-1.0-7-py3-none-any-v3.whl"
    ran = stackwright.advise(*arguments, *facts)
    assert ran.code == 1
    assert "local-1.0-7-py3-none-any-v2.whl" in ran.out


def test_releases_of_nothing_but_variants(stackwright: Commands, index: FakeIndex) -> None:
    index.add("only", "1.0")
    add_variants(index, "only", "2.0", ["x86_64"], VARIANTS_INSIDE)
    facts = ["cpu.level=3", NO_GPU]
    asked = ["only", "--variants", *target("x86_64-manylinux_2_28", *facts)]
    assert chosen(stackwright, *asked, project="only") == "v3"
    old = advice(stackwright, "only", "--variants", *target("x86_64-manylinux_2_28", "cpu.level=1", NO_GPU))
    [pin] = old["pins"]
    assert (pin["version"], [each["version"] for each in pin["rejected"]]) == ("1.0", ["2.0"])
    unknown = advice(stackwright, "only", "--variants", *target())
    assert unknown["pins"][0]["version"] == "1.0"
    assert {each["reason"] for each in unknown["unknowns"]} == {"not known: cpu.level"}
    assert advice(stackwright, "only", *target())["pins"][0]["version"] == "1.0"


def test_lockfile_names_the_wheel_without_its_label(stackwright: Commands, server: IndexServer) -> None:
    facts = target("x86_64-manylinux_2_28", "cpu.level=3", NO_GPU)
    ran = stackwright.advise("numpy", "--variants", *facts, "--format", "pylock")
    assert ran.code == 0
    plain = f"numpy-2.3-{LINUX}"
    assert f'name = "{plain}.whl"' in ran.out
    assert f'/files/{plain}-x86_64_v3_openblas.whl"' in ran.out
    assert ran.out.count(f'name = "{plain}') == 1
    assert 'variant = "x86_64_v3_openblas"' in ran.out


def test_host_shows_properties(stackwright: Commands) -> None:
    def host(*options: str) -> Ran:
        return stackwright.main("host", *target("x86_64-manylinux_2_28", "cpu.level=2"), *options)

    assert "variant property" not in host().out
    shown = host("--variants").out
    assert re.search(r"^x86_64 :: level +v2, v1$", shown, re.MULTILINE)
    assert re.search(r"^nvidia :: sm_arch +gpu.sm is not known$", shown, re.MULTILINE)
    assert host("--variants", "--format", "json").json["variants"]["x86_64 :: level"] == "v2, v1"
    assert host("--format", "json").json["variants"] is None


@pytest.mark.slow
def test_uv_installs_the_variant_that_the_lockfile_names(
    stackwright: Commands, index: FakeIndex, tmp_path: Path
) -> None:
    """Also without its preview of variants; a lockfile that names labels makes it take another wheel."""
    index.add("installed", "1.0")
    add_variants(index, "installed", "1.0", ["x86_64"], VARIANTS_INSIDE)
    here = ["--fact", "arch=x86_64", "--fact", "cpu.level=3", "--fact", NO_GPU]
    assert stackwright.advise("installed", "--variants", *here, "-o", "pylock.toml").code == 0
    prefix = tmp_path / "environment"
    environ = {"PATH": os.environ["PATH"], "UV_CACHE_DIR": str(tmp_path / "cache"), "UV_NO_CONFIG": "1"}
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(prefix)],
        ["pip", "install", "--python", str(prefix), "--preview-features", "pylock", "-r", "pylock.toml"],
    ):
        subprocess.run(
            [find_uv_bin(), *command], check=True, env=environ, cwd=stackwright.folder, capture_output=True
        )
    [code] = prefix.glob("lib/python*/site-packages/installed/__init__.py")
    assert code.read_text() == "variant = 'v3'\n"
