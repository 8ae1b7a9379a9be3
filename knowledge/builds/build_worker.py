"""Runs as a program of its own: asks the build backend of an unpacked sdist for the metadata of its wheel.

Arguments: the directory of the sources, an empty directory for what is made. Prints the path of
``*.dist-info``. Source: PEP 517, PEP 518; `prepare_metadata_for_build_wheel`, or else a whole wheel.
"""

from __future__ import annotations

import subprocess
import sys


def main(source: str, output: str) -> None:
    """Builds in an isolated environment, which is removed again."""
    from build import BuildBackendException, BuildException, ProjectBuilder
    from build.env import DefaultIsolatedEnv

    try:
        with DefaultIsolatedEnv() as environment:
            builder = ProjectBuilder.from_isolated_env(environment, source)
            environment.install(builder.build_system_requires)
            environment.install(builder.get_requires_for_build("wheel"))
            builder.metadata_path(output)
    except (BuildException, BuildBackendException, subprocess.CalledProcessError) as error:
        cause = getattr(error, "exception", error)
        # A program that failed has said why, and that shall stay the last word.
        sys.exit(1 if isinstance(cause, subprocess.CalledProcessError) else str(error))


if __name__ == "__main__":
    main(*sys.argv[1:3])
