"""The command as a user runs it: in this process where that is the same, else in one of its own."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cli
from resolver.rules.opening import kept_in
from resolver.rules.sources import SHIPPED, SHIPPED_NAME, load

SCRIPT = Path(sys.executable).with_name("stackwright")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Commands:
    """Runs commands in a folder, with an environment that holds nothing of this machine's.

    Attributes:
        folder: working directory.
        home: of the user.
        store: the default store.
        environ: for every command; each call may add to it.
    """

    def __init__(self, folder: Path, index_url: str | None = None) -> None:
        self.folder, self.home = folder / "project", folder / "home"
        self.store = folder / "store.sqlite3"
        for made in (self.folder, self.home):
            made.mkdir(exist_ok=True)
        rules = kept_in({}, self.home)
        if not rules.exists():  # as after a first run: compiling them again takes a fifth of most tests
            shutil.copytree(_compiled_rules().name, rules)
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "STACKWRIGHT_STORE": str(self.store),
            "PIP_CONFIG_FILE": os.devnull,
            "COLUMNS": "100",
        }
        if index_url is not None:
            self.environ["PIP_INDEX_URL"] = index_url
        if "PYTHONDONTWRITEBYTECODE" in os.environ:
            self.environ["PYTHONDONTWRITEBYTECODE"] = os.environ["PYTHONDONTWRITEBYTECODE"]

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def advise(self, *arguments: str | Path, stdin: bytes = b"", **environ: str) -> Ran:
        """``stackwright advise`` within this process."""
        return self.main("advise", *arguments, stdin=stdin, **environ)

    def main(self, *arguments: str | Path, stdin: bytes = b"", **environ: str) -> Ran:
        """The command within this process."""
        out, err = io.StringIO(), io.StringIO()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        with (
            contextlib.chdir(self.folder),
            _environment({**self.environ, **environ}),
            _standard_input(stdin),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                code = cli.main(list(map(str, arguments)))
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
            finally:
                for number, handler in handlers.items():
                    signal.signal(number, handler)
        return Ran(code=code, out=out.getvalue(), err=err.getvalue())

    def run(self, *arguments: str | Path, stdin: bytes = b"", **environ: str) -> Ran:
        """The command as a process of its own."""
        done = subprocess.run(
            [SCRIPT, *map(str, arguments)],
            cwd=self.folder,
            env={**self.environ, **environ},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ran(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())

    @contextlib.contextmanager
    def started(self, *arguments: str | Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
        """The command as a process that runs beside the test and ends with it.

        Args:
            options: of `subprocess.Popen`.
        """
        options = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            **options,
        }
        with subprocess.Popen(
            [SCRIPT, *map(str, arguments)], cwd=self.folder, env=self.environ, **options
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()


@functools.cache
def _compiled_rules() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory()
    load(SHIPPED, Path(folder.name), SHIPPED_NAME)
    return folder


@contextlib.contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _standard_input(content: bytes) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content))
    try:
        yield
    finally:
        sys.stdin = before
