"""Three real projects, from their source distributions to a stack that runs in an image built for each.

Wants the superuser, podman, mmdebstrap (or a root that it made: `--base`) and a few gigabytes of disk. Where
something is missing it says so, and measures nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from uv import find_uv_bin

from benchmarks.built_images import BuiltImages, inside, missing_tools
from benchmarks.commands import Run, timed
from benchmarks.corpora import unpacked
from benchmarks.indexes import configured_url
from benchmarks.real_projects import PROJECTS, RealProject
from benchmarks.results import machine, record

_COMMAND = Path(sys.executable).with_name("stackwright")
_TARGET = ("--python-version", "3.11", "--platform", "x86_64-manylinux_2_36")
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")
_PINNED = re.compile(r"^([a-zA-Z0-9._-]+)==(\S+)", re.MULTILINE)
_TESTED = re.compile(r"^(?:=+ )?((?:\d+ \w+, )*\d+ \w+)(?: in [0-9.]+s.*)$", re.MULTILINE)


def run(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    missing = missing_tools(has_base=options.base is not None)
    if missing:
        print(f"projects: not measured: this machine lacks {', '.join(missing)}", file=sys.stderr)
        return
    chosen = [project for project in PROJECTS if not options.only or project.name in options.only]
    with tempfile.TemporaryDirectory(prefix="projects-") as name:
        folder = Path(name)
        images = BuiltImages(folder)
        base_s = images.add_base(options.base)
        for project in chosen:
            measured = _Measured(project, images, folder, options)
            result = {"machine": machine(), "base_s": _rounded(base_s), **measured.told()}
            record("projects", (f"{project.name} {project.version}",), result)
            print(project.name, json.dumps(result, indent=2), flush=True)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks projects", description=__doc__)
    parser.add_argument(
        "--base", type=Path, help="a root of Debian 12 as a tar archive, as mmdebstrap made it"
    )
    parser.add_argument("--only", action="append", choices=[each.name for each in PROJECTS])
    parser.add_argument("--index-url", help="default: what pip or uv are configured to use")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "stackwright-benchmarks")
    parser.add_argument("--limit-s", type=float, default=1800.0, help="of each command")
    return parser.parse_args(arguments)


class _Measured:
    """One project on its way.

    Args:
        images: builds its image.
        folder: for all that is written.
        options: of the benchmark.
    """

    def __init__(
        self, project: RealProject, images: BuiltImages, folder: Path, options: argparse.Namespace
    ) -> None:
        self._project, self._images, self._options = project, images, options
        self._url = options.index_url or configured_url()
        self._place = folder / project.name
        self._place.mkdir()
        self._image = self._place / "image.tar"
        self._source = self._place / "source"
        self._probe = self._place / "probe.py"
        self._probe.write_text(project.probe, encoding="utf-8")

    def told(self) -> dict[str, object]:
        """Everything, in the order in which a user would do it."""
        project, name = self._project, f"localhost/{self._project.name}"
        shutil.copytree(unpacked(project.name, project.version, self._url, self._options.cache), self._source)
        (self._source / "Dockerfile").write_text(project.dockerfile, encoding="utf-8")
        built_s = self._images.build(name, self._source, self._image)
        told: dict[str, object] = {
            "image_mb": round(self._image.stat().st_size / 1e6, 1),
            "build_s": _rounded(built_s),
            "scan_s": _rounded(self._stackwright("scan", ".").wall_s),
            "inspect_s": _rounded(self._stackwright("inspect", str(self._image)).wall_s),
            "uv_compile_s": _rounded(self._compiled().wall_s),
        }
        told |= self._advised("pylock.toml")
        told["uv_differs"] = self._differences()
        for key, lock in (("check", "pylock.toml"), ("check_of_uv", "uv.txt")):
            checked = self._stackwright("check", lock, "--source", ".", "--index-url", self._url, *_TARGET)
            told[key] = {
                "s": _rounded(checked.wall_s),
                "exit_code": checked.exit_code,
                "errors": _errors(checked.output),
            }
        with self._images.container(name) as root:
            told["probe"] = self._probed(root)
        for key, lock in (("advised", "pylock.toml"), ("uv", "uv.txt")):
            with self._images.container(name) as root:
                told[f"{key}_runs"] = self._runs(root, lock)
                if key == "advised" and project.tests:
                    told["tests"] = self._tests(root)
        self._images.remove(name)
        self._image.unlink()
        return told

    def _stackwright(self, *arguments: str) -> Run:
        environ = {
            key: value for key, value in os.environ.items() if not key.startswith(("STACKWRIGHT_", "UV_"))
        }
        environ |= {"COLUMNS": "200", "XDG_DATA_HOME": str(self._place / "data")}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        return timed([str(_COMMAND), *arguments], environ, self._source, self._options.limit_s)

    def _advise(self, lock: str, *options: str) -> Run:
        image = ("--source", ".", "--image", str(self._image), "--index-url", self._url)
        return self._stackwright("advise", *image, "-o", lock, *options)

    def _advised(self, lock: str) -> dict[str, object]:
        """With an empty store, and again, when everything is known."""
        first = self._advise(lock)
        if first.exit_code:
            raise RuntimeError(
                f"no advice for {self._project.name}: {first.output[-2000:]}{first.log[-2000:]}"
            )
        again = self._advise(lock, "--upgrade")
        read = re.search(r"^\d+ releases read in .*$", first.output, re.MULTILINE)
        return {
            "advise_s": _rounded(first.wall_s),
            "advise_cpu_s": _rounded(first.cpu_s),
            "advise_peak_mb": round(first.peak_bytes / 1e6, 1),
            "advise_again_s": _rounded(again.wall_s),
            "advise_read": read[0] if read else None,
        }

    def _compiled(self) -> Run:
        manifest = next(name for name in _MANIFESTS if (self._source / name).exists())
        command = [find_uv_bin(), "pip", "compile", manifest, "--no-config", "--no-annotate", "--no-header"]
        command += ["--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_36"]
        command += ["--index-url", self._url, "--output-file", "uv.txt"]
        environ = {key: value for key, value in os.environ.items() if not key.startswith("UV_")}
        return timed(command, environ, self._source, self._options.limit_s)

    def _differences(self) -> dict[str, list[str | None]]:
        """Project to what is advised and what uv pins, where that is not the same."""
        ours = self._pins("pylock.toml")
        theirs = dict(_PINNED.findall((self._source / "uv.txt").read_text(encoding="utf-8")))
        names = sorted(ours.keys() | theirs.keys())
        return {
            name: [ours.get(name), theirs.get(name)] for name in names if ours.get(name) != theirs.get(name)
        }

    def _pins(self, lock: str) -> dict[str, str]:
        import tomllib

        document = tomllib.loads((self._source / lock).read_text(encoding="utf-8"))
        return {each["name"]: each["version"] for each in document["packages"]}

    def _probed(self, root: Path) -> dict[str, object]:
        probed = self._advise(
            "pylock.probe.toml",
            *("--evidence", "probe", "--probe-python", str(root), "--probe-script", str(self._probe)),
        )
        said = re.search(r"^(?:probed|warning): (.*probe.*)$", probed.output, re.MULTILINE)
        return {
            "s": _rounded(probed.wall_s),
            "exit_code": probed.exit_code,
            "said": said[1] if said else None,
            "same_pins": not probed.exit_code
            and self._pins("pylock.probe.toml") == self._pins("pylock.toml"),
        }

    def _runs(self, root: Path, lock: str) -> dict[str, object]:
        """Install pins in a container, then run the project's own code there."""
        installed = self._installed(root, "-r", lock)
        told: dict[str, object] = {"install_s": _rounded(installed.wall_s)}
        if installed.exit_code:
            return told | {"passed": False, "said": installed.log.strip()[-500:]}
        shutil.copy(self._probe, root / "etc" / "probe.py")
        ran = self._inside(root, ("python3", "/etc/probe.py"), {"PYTHONPATH": self._project.place})
        told |= {"s": _rounded(ran.wall_s), "passed": ran.exit_code == 0}
        return told if ran.exit_code == 0 else told | {"said": ran.log.strip().splitlines()[-1:]}

    def _tests(self, root: Path) -> dict[str, object]:
        project = self._project
        told: dict[str, object] = {}
        if project.extra is not None:
            advised = self._advise("pylock.test.toml", "--extra", project.extra)
            told["advise_with_extra_s"] = _rounded(advised.wall_s)
            told["pins"] = len(self._pins("pylock.test.toml"))
            self._installed(root, "-r", "pylock.test.toml")
        if project.test_requirements:
            self._installed(root, *project.test_requirements)
        ran = self._inside(root, project.tests, project.test_environ)
        said = _TESTED.findall(ran.output)
        failed = re.findall(r"^FAILED (\S+)", ran.output, re.MULTILINE)
        return told | {"s": _rounded(ran.wall_s), "said": said[-1] if said else None, "failed": failed}

    def _installed(self, root: Path, *what: str) -> Run:
        if not (root / "usr/local/bin/uv").exists():
            shutil.copy(find_uv_bin(), root / "usr/local/bin/uv")
        for lock in self._source.glob("*lock*.toml"):
            shutil.copy(lock, root / self._project.place.lstrip("/") / lock.name)
        shutil.copy(self._source / "uv.txt", root / self._project.place.lstrip("/") / "uv.txt")
        options = ("--no-cache", "--index-url", self._url, *self._project.install_options)
        return self._inside(root, ("uv", "pip", "install", "--quiet", *options, *what), {})

    def _inside(self, root: Path, command: Sequence[str], environ: Mapping[str, str]) -> Run:
        project = self._project
        return inside(root, command, project.place, {**project.environ, **environ}, self._options.limit_s)


def _errors(output: str) -> list[str]:
    return [line.removeprefix("error: ") for line in output.splitlines() if line.startswith("error: ")]


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
