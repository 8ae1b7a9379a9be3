"""``Dockerfile``: the image of the command itself, built from wheels by a process that has no network."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.images.debian_root import DebianRoot
from fakes.images.image_servers import missing_programs

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.index,
    pytest.mark.xdist_group("image servers"),
]

ROOT = Path(__file__).parents[1]
BASE, TAG = "localhost/base:1", "localhost/stackwright:1"
USER = "65532:65532"


def output(*command: str | Path, **environ: str) -> str:
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The configuration of a place for images that is gone after the tests."""
    reason = missing_programs("podman", "unshare", "chroot")
    if reason is not None:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("podman")
    file = folder / "storage.conf"
    file.write_text(f'[storage]\ndriver="vfs"\nrunroot="{folder / "run"}"\ngraphroot="{folder / "graph"}"\n')
    return str(file)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory, debian_root: DebianRoot) -> Path:
    """What the engine gets: the Dockerfile and wheels for the Python of the base, collected beforehand."""
    made = tmp_path_factory.mktemp("context")
    for name in ("Dockerfile", ".dockerignore"):
        (made / name).write_bytes((ROOT / name).read_bytes())
    output(sys.executable, "-m", "venv", made / "venv")
    pip = (made / "venv/bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check")
    output(*pip, "wheel", "--no-deps", "--wheel-dir", made / "wheels", ROOT)
    (wheel,) = (made / "wheels").glob("stackwright-*.whl")
    version = debian_root.run("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
    tags = [
        f"--platform={each}_{platform.machine()}" for each in ("manylinux_2_28", "manylinux2014", "linux")
    ]
    tags.append(f"--platform=manylinux_2_17_{platform.machine()}")
    only = ("--only-binary=:all:", f"--python-version={version}", *tags)
    output(*pip, "download", *only, "--dest", made / "wheels", wheel)
    return made


@pytest.fixture(scope="module")
def built(storage: str, context: Path, debian_root: DebianRoot) -> Iterator[Path]:
    """The root file system of the image."""
    environ = {"CONTAINERS_STORAGE_CONF": storage}
    output("podman", "import", "--quiet", debian_root.layer, BASE, **environ)
    options = ("--layers=false", "--isolation=chroot", f"--build-arg=BASE={BASE}", f"--tag={TAG}")
    output("unshare", "--net", "podman", "build", *options, context, **environ)
    yield Path(output("podman", "image", "mount", TAG, **environ).strip())
    output("podman", "image", "umount", TAG, **environ)


def run(root: Path, *arguments: str, user: str = USER) -> str:
    """What the command prints, as the user of the image or another one, without a network."""
    environ = {
        "PATH": f"/opt/stackwright/bin{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": "/var/lib/stackwright",
        "STACKWRIGHT_STORE": "/var/lib/stackwright/knowledge.sqlite3",
    }
    named = [f"{name}={value}" for name, value in environ.items()]
    enter = ("unshare", "--net", "chroot", f"--userspec={user}", str(root))
    return output(*enter, "/usr/bin/env", "-i", "-C", "/src", *named, "stackwright", *arguments)


def test_the_command_runs_as_nobody_in_particular(built: Path) -> None:
    assert run(built, "--version").startswith("stackwright ")
    (built / "src/main.py").write_text("import flask\n")
    assert "flask" in run(built, "scan")
    assert "Python" in run(built, "host")
    store = built / "var/lib/stackwright/knowledge.sqlite3"
    assert store.stat().st_uid == int(USER.partition(":")[0])
    store.unlink()
    run(built, "scan", user="1000:1000")
    assert store.stat().st_uid == 1000


def test_the_image_states_what_it_runs_and_as_whom(built: Path, storage: str) -> None:
    form = "{{.Config.User}} {{.Config.WorkingDir}} {{.Config.Entrypoint}}"
    told = output("podman", "image", "inspect", "--format", form, TAG, CONTAINERS_STORAGE_CONF=storage)
    assert told.split() == [USER, "/src", "[stackwright]"]
    assert not (built / "wheels").exists()
    assert not list((built / "opt/stackwright").glob("lib/python3*/site-packages/pip"))


def test_nothing_but_the_wheels_is_sent_to_the_engine() -> None:
    assert (ROOT / ".dockerignore").read_text().split() == ["*", "!wheels"]
    text = (ROOT / "Dockerfile").read_text()
    sources = [line.split()[1] for line in text.splitlines() if line.startswith("COPY ")]
    assert sources[0] == "wheels"
    assert "--no-index" in text
