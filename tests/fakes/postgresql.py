"""A private PostgreSQL server on 127.0.0.1, for the time of a ``with`` block."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self


def find_postgresql() -> Path | str:
    """The directory of the server's programs, or why there is none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    directories = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    if not directories:
        return "initdb is not installed"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "it does not run as root, and there is no user postgres"
    return directories[-1].parent


def _major(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


class PostgresqlServer:
    """A fresh cluster; it is removed at the end."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._numbers = itertools.count(1)
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._directory = Path()
        self._port = 0

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"test{next(self._numbers)}"
        command = [
            str(self._programs / "createdb"),
            "-h",
            "127.0.0.1",
            "-p",
            str(self._port),
            "-U",
            "postgres",
        ]
        subprocess.run([*command, name], check=True, capture_output=True, cwd="/")
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{name}"

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="postgresql-", dir="/tmp"))
        if self._as_user:
            shutil.chown(self._directory, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._run("initdb", "-D", f"{self._directory}/data", "-A", "trust", "-U", "postgres", "-N")
        options = f"-p {self._port} -k {self._directory} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = f"{self._directory}/log"
        self._run("pg_ctl", "-D", f"{self._directory}/data", "-o", options, "-w", "-l", log, "start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._run("pg_ctl", "-D", f"{self._directory}/data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self._directory)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
