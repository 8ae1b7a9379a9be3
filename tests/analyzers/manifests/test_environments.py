from __future__ import annotations

import pytest

from analyzers.manifests.declared import Ecosystem, IndexKind, Manifest
from analyzers.manifests.errors import ManifestError
from analyzers.manifests.installs.containerfile import parse_containerfile
from fakes.texts import Texts


def _conda(text: str, **files: str) -> Manifest:
    pytest.importorskip("yaml")
    from analyzers.manifests.conda_environment import parse_conda_environment

    read = Texts({f"{name}.txt": content for name, content in files.items()})
    return parse_conda_environment(text.encode(), "environment.yml", read=read)


def test_a_conda_environment() -> None:
    manifest = _conda(
        """\
name: demo
channels: [defaults]
dependencies:
  - python=3.12
  - conda-forge::numpy>=1.26,<2
  - scipy 1.11.*
  - pip
  - pip:
      - requests>=2  # comment
      - -r more.txt
      - -e .
      - --extra-index-url https://index.example/simple/
""",
        more="a",
    )
    assert [(one.ecosystem, one.name, one.specifier, str(one.location)) for one in manifest.declared] == [
        (Ecosystem.CONDA, "python", "=3.12", "environment.yml:4:5"),
        (Ecosystem.CONDA, "numpy", ">=1.26,<2", "environment.yml:5:5"),
        (Ecosystem.CONDA, "scipy", "1.11.*", "environment.yml:6:5"),
        (Ecosystem.CONDA, "pip", "", "environment.yml:7:5"),
        (Ecosystem.PYPI, "requests", ">=2", "environment.yml:9:9"),
        (Ecosystem.PYPI, "a", "", "more.txt:1:1"),
        (Ecosystem.PYPI, None, "", "environment.yml:11:9"),
    ]
    assert manifest.project is not None
    assert manifest.project.name == "demo"
    assert [index.kind for index in manifest.indexes] == [IndexKind.EXTRA]


@pytest.mark.parametrize("text", ["name: x\ndependencies:\n", "name: x\n"])
def test_an_environment_may_be_empty(text: str) -> None:
    assert not _conda(text).declared


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no keys"),
        ("- a", "has no keys"),
        ("a: [", "no valid YAML"),
        ("dependencies: x", "environment.yml:1:15: dependencies must be a list"),
        ("dependencies:\n - pip:\n    - '?'\n", "environment.yml:3:7: "),
        ("a: " + "[" * 500, "nested|YAML"),
        ("a: " + "[" * 500_000, "nested|YAML"),
        ("a: [" + "x," * 300_000 + "]", "too many values"),
    ],
)
def test_environments_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        _conda(text)


def test_aliases_are_not_followed() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    manifest = _conda(bomb + "dependencies: [*u, ok]\n")
    assert [one.name for one in manifest.declared] == ["ok"]
    assert len(manifest.unknowns) == 1


def _container(text: str, **files: str) -> list[tuple[str | None, str, int | None]]:
    manifest = parse_containerfile(
        text.encode(), "Dockerfile", read=Texts({f"{name}.txt": content for name, content in files.items()})
    )
    return [(one.name, one.specifier, one.location.line) for one in manifest.declared]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN pip install a 'b>=1' \"c[x]==2\"", [("a", "", 1), ("b", ">=1", 1), ("c", "==2", 1)]),
        ("run pip3 install --no-cache-dir -U a", [("a", "", 1)]),
        ("RUN python3.11 -m pip install a", [("a", "", 1)]),
        ("RUN /opt/venv/bin/pip install a", [("a", "", 1)]),
        ("RUN uv pip install --system a", [("a", "", 1)]),
        ("RUN uv pip install -p3.11 -C a=b -qU -t x a", [("a", "", 1)]),
        ("RUN uv add a --group dev b", [("a", "", 1), ("b", "", 1)]),
        ("RUN poetry add a@^1.2 b", [("a", "", 1), ("b", "", 1)]),
        ("RUN conda install -y -c conda-forge numpy=1.26", [("numpy", "=1.26", 1)]),
        ("RUN micromamba create -n x python=3.12", [("python", "=3.12", 1)]),
        ("FROM x\n\nRUN apt-get update && \\\n # note\n    pip install \\\n    a && rm -r x", [("a", "", 3)]),
        ("RUN a; pip install b||true", [("b", "", 1)]),
        ("RUN (cd x && pip install b)", [("b", "", 1)]),
        ("RUN --mount=type=cache,target=/x PIP_X=1 sudo pip install b > log 2>&1", [("b", "", 1)]),
        ("RUN sudo -H -E pip install a", [("a", "", 1)]),
        ("RUN bash -lc 'set -e; pip install a && pip install b'", [("a", "", 1), ("b", "", 1)]),
        ('RUN ["/bin/sh", "-c", "pip install a"]', [("a", "", 1)]),
        ("RUN sh -e script.sh", []),
        ('RUN ["pip", "install", "a", "b"]', [("a", "", 1), ("b", "", 1)]),
        ("ARG V=1.5\nENV N=a M=b\nRUN pip install ${N}==$V $M", [("a", "==1.5", 3), ("b", "", 3)]),
        ("RUN <<EOF\npip install a\nEOF\nRUN pip install b", [("a", "", 2), ("b", "", 4)]),
        ("RUN pip install -i https://index.example/ --target /x a", [("a", "", 1)]),
        ("RUN pip install -r r.txt", [("x", "", 1)]),
        ("ONBUILD RUN pip install a", [("a", "", 1)]),
        ("# RUN pip install a\nCMD pip install b\nRUN pip list", []),
    ],
)  # fmt: skip
def test_install_commands(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert _container(text, r="x") == expected


@pytest.mark.parametrize(
    "text",
    [
        "RUN pip install $WHAT",
        "RUN pip install a=1 ?",
        "RUN pip install 'a",
        "RUN uv sync",
        "RUN poetry install",
        "RUN pip install -r missing.txt",
        "RUN conda env create -f environment.yml",
        "RUN pip install `cat x`",
    ],
)
def test_what_a_shell_would_compute_is_unknown(text: str) -> None:
    manifest = parse_containerfile(text.encode(), "Dockerfile", read=Texts({}))
    assert not manifest.declared
    assert manifest.unknowns[0].where.startswith("Dockerfile:1")
