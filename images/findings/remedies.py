"""What to do about each kind of finding: `REMEDIES`."""

from __future__ import annotations

from collections.abc import Mapping

REMEDIES: Mapping[str, str] = {
    "end-of-life-os": "build on a release that is looked after",
    "end-of-life-python": "move to a Python that gets security fixes",
    "half-installed-package": "install the package again, or remove it, in the step that left it so",
    "runs-as-root": "set USER to another user in the last stage",
    "secret-in-command": "pass it by a file or the environment when the container starts, and replace it",
    "secret-in-environment": "pass it when the container starts, and replace it: who has the image has it",
    "secret-in-history": "use RUN --mount=type=secret, and replace it: who has the image has it",
    "secret-in-label": "take it out of the labels, and replace it: who has the image has it",
    "world-writable-search-path": "leave the directory to its owner: chmod -R o-w in the step that made it",
}
"""By the id of the finding."""
