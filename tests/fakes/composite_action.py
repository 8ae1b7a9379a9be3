"""Runs the steps of a composite action of GitHub as its runner does, as far as ours go.

Source: https://docs.github.com/en/actions/reference/metadata-syntax-for-github-actions
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@dataclass(kw_only=True)
class Done:
    """How an action ended.

    Attributes:
        step: name of the one that failed; None where none did.
        outputs: of the action.
        said: by all steps together.
    """

    code: int = 0
    step: str | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    said: str = ""


class CompositeAction:
    """An action in a directory.

    Args:
        file: its ``action.yml``.
    """

    def __init__(self, file: Path) -> None:
        self._place = file.parent
        self.document: Any = yaml.safe_load(file.read_text())
        assert self.document["runs"]["using"] == "composite"

    @property
    def steps(self) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = self.document["runs"]["steps"]
        return steps

    def run(self, inputs: Mapping[str, str], folder: Path, scratch: Path, environ: Mapping[str, str]) -> Done:
        """Run every step; an unknown input or expression is an error.

        Args:
            inputs: those that a workflow states.
            folder: the working directory.
            scratch: where the files of the runner lie.
            environ: of every step, besides its own.
        """
        declared = self.document["inputs"]
        assert inputs.keys() <= declared.keys()
        known = {"github.action_path": str(self._place)}
        for name, each in declared.items():
            known[f"inputs.{name}"] = inputs.get(name, _filled(str(each.get("default", "")), known))
        done = Done()
        summary = scratch / "summary"
        summary.touch()
        for number, step in enumerate(self.steps):
            assert step["shell"] == "bash"
            outputs = scratch / f"output-{number}"
            outputs.touch()
            script = scratch / f"step-{number}.sh"
            assert not _EXPRESSION.search(step["run"]), "a value belongs into env, where it is no program"
            script.write_text(step["run"])
            ran = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
                cwd=folder,
                env={
                    **environ,
                    "GITHUB_OUTPUT": str(outputs),
                    "GITHUB_STEP_SUMMARY": str(summary),
                    **{name: _filled(text, known) for name, text in step.get("env", {}).items()},
                },
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            done.said += ran.stdout + ran.stderr
            for line in outputs.read_text().splitlines():
                name, _, value = line.partition("=")
                known[f"steps.{step['id']}.outputs.{name}"] = value
            if ran.returncode:
                done.code, done.step = ran.returncode, step["name"]
                break
        done.summary = summary.read_text()
        done.outputs = {
            name: _filled(
                each["value"], {"steps.look.outputs.sarif": "", "steps.look.outputs.found": "", **known}
            )
            for name, each in self.document["outputs"].items()
        }
        return done


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: known[match[1]], text)
