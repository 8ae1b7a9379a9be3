"""Requirements files from an advice."""

from __future__ import annotations

import pytest

from analyzers.manifests.requirements import parse_requirements
from fakes.searching.advices import TARGET, advice, artifact, pin
from resolver.outputs.errors import HashesMissingError
from resolver.outputs.locks.requirements import requirements

HEAD = f"# Advised by stackwright for {TARGET}; other targets need a file of their own.\n"


def test_pin_has_the_hashes_of_all_its_files_and_who_asked() -> None:
    files = (artifact("flask-3.0-py3-none-any.whl"), artifact("flask-3.0.tar.gz"))
    first, second = sorted(file.hashes["sha256"] for file in files)
    pins = [pin("flask", "3.0", artifacts=files, extras=("async",), dependents=("a", "b"))]
    assert requirements(advice(pins), TARGET) == (
        f"{HEAD}"
        "flask==3.0 \\\n"
        f"    --hash=sha256:{first} \\\n"
        f"    --hash=sha256:{second}\n"
        "    # via your requirements, a, b\n"
    )


def test_another_algorithm_serves_where_there_is_no_sha256() -> None:
    file = artifact("flask-3.0-py3-none-any.whl", hashes={"sha512": "cd" * 64, "sha384": "ab" * 48})
    assert f"--hash=sha384:{'ab' * 48}\n" in requirements(
        advice([pin("flask", "3.0", artifacts=(file,))]), TARGET
    )


def test_without_hashes_the_file_reads_as_pins() -> None:
    bare = artifact("flask-3.0-py3-none-any.whl", hashes={})
    pins = [pin("click", "8.1", direct=False, dependents=("flask",)), pin("flask", "3.0", artifacts=(bare,))]
    text = requirements(advice(pins), TARGET, hashes=False)
    assert text == f"{HEAD}click==8.1\n    # via flask\nflask==3.0\n    # via your requirements\n"
    declared = parse_requirements(text, "x").declared
    assert [str(line.requirement()) for line in declared] == ["click==8.1", "flask==3.0"]


def test_file_without_hash_is_refused_with_a_remedy() -> None:
    bare = artifact("flask-3.0-py3-none-any.whl", hashes={})
    with pytest.raises(HashesMissingError) as refused:
        requirements(advice([pin("flask", "3.0", artifacts=(bare,))]), TARGET)
    assert str(refused.value) == "the index states no hash for flask-3.0-py3-none-any.whl of flask"
    assert refused.value.__notes__ == ["write a file without hashes: --format requirements --no-hashes"]
