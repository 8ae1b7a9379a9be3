"""Stacks that are built, imported and run on this machine, whatever is in them."""

from __future__ import annotations

import concurrent.futures
import ctypes
import errno
import os
import sys
import time
from pathlib import Path

import pytest

from fakes.indexes.sdists import build_sdist
from fakes.probing.probed_stacks import USUAL, kept, pinned, probed, prober
from knowledge.confinement.limits import Limits
from knowledge.probing.records import PinnedFile, ProbeResult, ProbeTask, Verdict

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="probes are confined on Linux alone")
APP = {"app/__init__.py": "import base\n"}
BASE = {"base/__init__.py": "import time\ntime.sleep(0.05)\n", "base_tools.py": "x = 1\n"}


def error(result: ProbeResult) -> tuple[Verdict, str]:
    return result.verdict, "" if result.failure is None else result.failure.error


def test_what_works_passes_and_leaves_nothing(tmp_path: Path) -> None:
    result = probed(
        tmp_path, {"app": APP, "base": BASE}, script="import app, sys; print(app, file=sys.stderr)"
    )
    assert error(result) == (Verdict.PASSED, "")
    assert result.blame == ()
    modules = {one.module: one for one in result.modules}
    assert set(modules) == {"app", "base", "base_tools"}
    assert (modules["app"].project, modules["base_tools"].project) == ("app", "base")
    assert modules["app"].wall_s >= 0.05 > modules["base"].wall_s
    assert [name for name, one in modules.items() if one.is_demanded] == ["app"]
    assert result.python == ".".join(map(str, sys.version_info[:3]))
    assert result.memory_bytes is not None
    assert result.run_s > 0.05
    assert "time" in result.confinement.applied
    assert list((tmp_path / "probes").iterdir()) == []


def test_what_fails_beside_what_was_asked_for_is_told_and_is_no_failure(tmp_path: Path) -> None:
    base = {"base/__init__.py": "", "base_extra.py": "import something_optional\n"}
    result = probed(tmp_path, {"app": APP, "base": base})
    assert error(result) == (Verdict.PASSED, "")
    (told,) = [one for one in result.modules if one.failure is not None]
    assert (told.module, told.is_demanded) == ("base_extra", False)
    assert told.failure is not None
    assert told.failure.error == "missing-module"


def test_a_further_module_of_a_root_may_want_what_nobody_installed(tmp_path: Path) -> None:
    app = {"app/__init__.py": "", "appd.py": "import something_optional\n"}
    assert error(probed(tmp_path, {"app": app})) == (Verdict.PASSED, "")


def test_a_module_that_was_asked_for_by_name_must_be_there(tmp_path: Path) -> None:
    pins = (pinned(tmp_path, "app", {"app/__init__.py": ""}),)
    result = prober(tmp_path).probe(ProbeTask(pins=pins, roots=("app",), modules=("app.more",)))
    assert error(result) == (Verdict.FAILED, "ModuleNotFoundError")
    assert [str(release) for release in result.blame] == ["app==1"]


def test_a_crash_ends_one_module_and_not_the_probe(tmp_path: Path) -> None:
    base = {f"base_{number}.py": "import os\nos.abort()\n" for number in range(3)} | {"base/__init__.py": ""}
    result = probed(tmp_path, {"app": APP, "base": base})
    assert error(result) == (Verdict.PASSED, "")
    failed = {one.module: one.failure.error for one in result.modules if one.failure is not None}
    assert failed == dict.fromkeys(("base_0", "base_1", "base_2"), "SIGABRT")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import time; time.sleep(600)", "timeout"),
        ("while True: pass", "timeout"),
        ("x = bytearray(4 << 30)", "memory-limit"),
        ("open('x', 'wb').write(b'x' * (128 << 20))", "disk-full"),
        ("import socket; socket.create_connection(('192.0.2.1', 80), 5)", "no-network"),
        ("import urllib.request; urllib.request.urlopen('http://index.invalid/')", "no-network"),
    ],
)
def test_what_says_nothing_of_the_stack_is_not_known(tmp_path: Path, code: str, reason: str) -> None:
    limits = Limits(time_s=4.0, memory_bytes=1 << 30, processes=128, disk_bytes=64 << 20)
    result = probed(tmp_path, {"app": {"app/__init__.py": code}}, limits=limits)
    assert error(result) == (Verdict.NOT_KNOWN, reason)
    assert result.blame == ()


def test_a_flood_of_output_is_no_matter(tmp_path: Path) -> None:
    code = "import sys\nfor _ in range(4000):\n    print('x' * 65536)\n    sys.stderr.write('y' * 65536)\n"
    assert error(probed(tmp_path, {"app": {"app/__init__.py": code}})) == (Verdict.PASSED, "")


WRITES = """
import os
for number in range(3, 64):
    try:
        os.write(number, b'{"token": "0", "ended": "app"}\\n')
    except OSError:
        pass
raise ValueError
"""
CLOSES = """
import os
for number in range(3, 64):
    try:
        os.close(number)
    except OSError:
        pass
raise ValueError
"""
FORGERS = [WRITES, CLOSES, "import os\nos._exit(0)"]


@pytest.mark.parametrize("code", FORGERS, ids=["writes", "closes", "ends"])
def test_what_is_told_in_the_workers_name_is_not_believed(tmp_path: Path, code: str) -> None:
    assert probed(tmp_path, {"app": {"app/__init__.py": code}}).verdict is Verdict.FAILED


def test_code_that_runs_when_python_starts_runs_confined_alone(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    line = f"import os; open({str(mark)!r}, 'w').close() if not os.path.exists('/tmp/run') else None\n"
    files = {"app/__init__.py": "", "app.pth": line, "sitecustomize.py": line.replace("; ", "\n", 1)}
    result = probed(tmp_path, {"app": files}, script="import sitecustomize")
    assert error(result) == (Verdict.PASSED, "")
    assert not mark.exists()


def test_a_record_that_lies_takes_nothing_from_others(tmp_path: Path) -> None:
    """Each name of a file counts for the release that wrote it; paths that lead outside count for nobody."""
    from fakes.indexes.wheels import build_wheel

    liar = build_wheel("liar", "1", files={"liar.py": b"", "../../outside.py": b"x = 1\n"})
    pins = (
        pinned(tmp_path, "app", APP),
        pinned(tmp_path, "base", {"base/__init__.py": "from app import gone\n"}),
        kept(tmp_path, "liar", "liar-1-py3-none-any.whl", liar),
    )
    result = prober(tmp_path).probe(ProbeTask(pins=pins, roots=("app",)))
    assert result.verdict in (Verdict.FAILED, Verdict.NOT_KNOWN)
    assert "liar" not in {release.project for release in result.blame}
    assert not list(tmp_path.glob("probes/**/outside.py"))


@pytest.mark.parametrize("hash_", ["0" * 64, None])
def test_another_content_than_the_hash_says_is_not_installed(tmp_path: Path, hash_: str | None) -> None:
    one = pinned(tmp_path, "app", {"app/__init__.py": ""})
    pin = PinnedFile(project="app", version="1", filename=one.filename, url=one.url, sha256=hash_)
    result = prober(tmp_path).probe(ProbeTask(pins=(pin,), roots=("app",)))
    assert result.verdict is (Verdict.PASSED if hash_ is None else Verdict.NOT_KNOWN)


def test_what_is_not_there_is_not_known(tmp_path: Path) -> None:
    pin = PinnedFile(
        project="app",
        version="1",
        filename="app-1-py3-none-any.whl",
        url=str(tmp_path / "app-1-py3-none-any.whl"),
    )
    result = prober(tmp_path).probe(ProbeTask(pins=(pin,), roots=("app",)))
    assert error(result) == (Verdict.NOT_KNOWN, "not-installed")


def test_nothing_at_all_passes(tmp_path: Path) -> None:
    assert error(prober(tmp_path).probe(ProbeTask(pins=()))) == (Verdict.PASSED, "")


def test_several_processes_share_a_folder(tmp_path: Path) -> None:
    task = ProbeTask(pins=(pinned(tmp_path, "app", APP), pinned(tmp_path, "base", BASE)), roots=("app",))
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        results = list(pool.map(_probe, [tmp_path] * 4, [task] * 4))
    assert [error(result) for result in results] == [(Verdict.PASSED, "")] * 4
    assert list((tmp_path / "probes").iterdir()) == []


def _probe(folder: Path, task: ProbeTask) -> ProbeResult:
    return prober(folder).probe(task)


def test_a_full_disk_is_not_known(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", os.fsencode(place), b"tmpfs", 0, b"size=300k"):
        pytest.skip(f"no file system can be mounted: {errno.errorcode[ctypes.get_errno()]}")
    try:
        app = {"app/__init__.py": "", "app/data.py": "x = 1\n" * 200_000}
        task = ProbeTask(pins=(pinned(tmp_path, "app", app),), roots=("app",))
        assert error(prober(place).probe(task)) == (Verdict.NOT_KNOWN, "disk-full")
        assert list((place / "probes").iterdir()) == []
    finally:
        assert libc.umount2(os.fsencode(place), 2) == 0


BACKEND = """
import os, sys, time

def build_wheel(directory, config_settings=None, metadata_directory=None):
    {code}
    import zipfile
    name = "app-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.writestr("app/__init__.py", "")
        wheel.writestr("app-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: app\\nVersion: 1\\n")
        wheel.writestr("app-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("app-1.dist-info/RECORD", "app/__init__.py,,\\napp-1.dist-info/METADATA,,\\n")
    return name
"""
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
LEAVES = "os.setsid(); os.fork() or (os.closerange(0, 64), time.sleep(600)); raise OSError('bad')"
BUILD = Limits(time_s=15.0, memory_bytes=1 << 30, processes=128, disk_bytes=64 << 20, output_bytes=8 << 20)


def built(folder: Path, code: str, build_limits: Limits = BUILD) -> ProbeResult:
    files = {"pyproject.toml": PYPROJECT, "backend.py": BACKEND.format(code=code)}
    content = build_sdist("app", "1", files={name: text.encode() for name, text in files.items()})
    pin = kept(folder, "app", "app-1.tar.gz", content)
    return prober(folder, USUAL, build_limits=build_limits).probe(ProbeTask(pins=(pin,), roots=("app",)))


def test_a_source_distribution_is_built_once_and_what_did_not_hold_it_is_told(tmp_path: Path) -> None:
    assert error(built(tmp_path, "pass")) == (Verdict.PASSED, "")
    again = built(tmp_path, "pass")
    assert error(again) == (Verdict.PASSED, "")
    assert len(list(tmp_path.glob("probes/wheels/*/*.whl"))) == 1
    assert "builds: network: it is needed" in built(tmp_path, "pass # changed").confinement.refused


@pytest.mark.parametrize(
    ("code", "verdict", "reason"),
    [
        ("time.sleep(600)", Verdict.NOT_KNOWN, "timeout"),
        (LEAVES, Verdict.FAILED, "build-failed"),
        ("sys.exit('no compiler')", Verdict.FAILED, "build-failed"),
        ("open('/etc/written-by-a-build', 'w')", Verdict.NOT_KNOWN, "permission"),
        (
            "raise RuntimeError('x.c:1:10: fatal error: a/b.h: No such file or directory')",
            Verdict.FAILED,
            "missing-header",
        ),
        ("open('x', 'wb').write(b'x' * (256 << 20))", Verdict.NOT_KNOWN, "disk-full"),
    ],
)
def test_a_build_that_goes_wrong(tmp_path: Path, code: str, verdict: Verdict, reason: str) -> None:
    began = time.monotonic()
    result = built(tmp_path, code, Limits(time_s=8.0, disk_bytes=64 << 20, output_bytes=8 << 20))
    assert error(result) == (verdict, reason)
    assert result.failure is not None
    assert result.failure.step == "build"
    assert time.monotonic() - began < 40
    assert [str(release) for release in result.blame] == (["app==1"] if verdict is Verdict.FAILED else [])


def test_a_source_distribution_is_not_built_unless_that_is_allowed(tmp_path: Path) -> None:
    pin = kept(tmp_path, "app", "app-1.tar.gz", build_sdist("app", "1", files={"pyproject.toml": b""}))
    assert error(prober(tmp_path).probe(ProbeTask(pins=(pin,)))) == (Verdict.NOT_KNOWN, "not-allowed")
