"""What to do about each kind of finding: `REMEDIES`."""

from __future__ import annotations

from collections.abc import Mapping

REMEDIES: Mapping[str, str] = {
    "architecture-contradiction": "build the image for one platform, and state it with --platform",
    "broken-environment": "make the environment anew in the image, with the interpreter that it has",
    "cuda-newer-than-driver": "leave the driver's libraries out: the container runtime adds them",
    "cuda-newer-than-required": "raise NVIDIA_REQUIRE_CUDA to the CUDA release that is installed",
    "cuda-versions-mixed": "install builds of one CUDA release",
    "damaged-metadata": "install the distribution again",
    "distribution-files-changed": "change code before it is installed, or install the distribution again",
    "distribution-files-missing": "install the distribution again, and delete no files behind pip's back",
    "editable-project-missing": "install the project itself, or copy it to where it is expected",
    "end-of-life-os": "build on a release that is looked after",
    "end-of-life-python": "move to a Python that gets security fixes",
    "environment-base-changed": "make the environment anew after the interpreter was upgraded",
    "gpu-libraries-unneeded": "install builds for the processor alone, which are smaller",
    "half-installed-package": "install the package again, or remove it, in the step that left it so",
    "interpreter-version-contradiction": "remove what an upgrade left of the other release",
    "interpreter-without-library": "remove the executable, or install its standard library",
    "interrupted-uninstallation": "remove the directories whose names begin with a tilde",
    "libc-mismatch": "install a build for musl, or build on an image with glibc",
    "library-check-incomplete": "name fewer directories in ld.so.conf, LD_LIBRARY_PATH and run paths",
    "library-missing": "install the package of the system that has the library",
    "python-not-admitted": "install a release that admits this Python",
    "requirement-not-met": "install what is required, or another release of the one that requires it",
    "runs-as-root": "set USER to another user in the last stage",
    "secret-in-command": "pass it by a file or the environment when the container starts, and replace it",
    "secret-in-environment": "pass it when the container starts, and replace it: who has the image has it",
    "secret-in-history": "use RUN --mount=type=secret, and replace it: who has the image has it",
    "secret-in-label": "take it out of the labels, and replace it: who has the image has it",
    "several-versions": "uninstall all of them, then install one",
    "symbol-version-missing": "install a build for an older system, or build on a newer image",
    "wheel-does-not-fit": "install the distribution with the pip of the Python that imports it",
    "world-writable-search-path": "leave the directory to its owner: chmod -R o-w in the step that made it",
    "wrong-architecture": "install a build for the platform of the image",
}
"""By the id of the finding."""
