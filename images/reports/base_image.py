"""Which image an image was built on, by what it says of itself: every claim comes with its evidence.

Nothing in the formats states it for certain. What builders write of the very base goes before what base
images leave of themselves, which any image above them inherits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from analyzers.evidence import Confidence, Evidence
from analyzers.undecodable import UNDECODABLE
from images.catalogers.catalog import Catalog
from images.reports.image_config import HistoryEntry, ImageConfig

_LIMIT_STEPS = 10_000
_LIMIT_STEP_CHARACTERS = 4096

_REFERENCE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(?::\d+)?(?:/[a-z0-9._-]+)*(?::[\w.-]{1,128})?(?:@sha256:[0-9a-f]{64})?",
    re.ASCII,
)
_LIMIT_REFERENCE = 512

_BASE_NAME = "org.opencontainers.image.base.name"
_BASE_DIGEST = "org.opencontainers.image.base.digest"
_REF_NAME, _REF_VERSION = "org.opencontainers.image.ref.name", "org.opencontainers.image.version"
_BUILDPACKS = "io.buildpacks.lifecycle.metadata"

_FROM = re.compile(r"FROM (\S+)")
_DEBIAN = re.compile(r"# debian\.sh .*'(?P<suite>[a-z]+)'")
_ALPINE = re.compile(r".*\balpine-minirootfs-(?P<version>\d+(?:\.\d+){1,3})-\w+\.tar\b")
_SETTING = re.compile(
    r"(?:/bin/sh -c #\(nop\) +)?ENV (?P<name>[A-Z_]+_VERSION)[= ](?P<version>[\w.+-]{1,64})"
)
_LANGUAGES = {
    "PYTHON_VERSION": ("python", re.compile(r'CMD \["python[\d.]*"\]')),
    "NODE_VERSION": ("node", re.compile(r'CMD \["node"\]')),
    "JULIA_VERSION": ("julia", re.compile(r'CMD \["julia"\]')),
}
"""By the variable that an official image sets, its name and the command that it ends with."""

_CUDA_VERSION, _CUDA_MAINTAINER = "CUDA_VERSION", re.compile(r"\bcudatools@nvidia\.com\b")
_SHELL = re.compile(r'(?:/bin/sh -c #\(nop\) +)?CMD \["(?:/bin/)?(?:ba)?sh"\](?: # buildkit)?')
_COMMAND = re.compile(r"(?:/bin/sh -c #\(nop\) +)?(?P<command>CMD .*)")


class _Claim(msgspec.Struct, frozen=True):
    base: str
    evidence: tuple[Evidence, ...]


def base_image(config: ImageConfig, known: Catalog) -> tuple[str | None, tuple[Evidence, ...]]:
    """The reference of the likeliest base and what speaks for it; None where nothing does.

    Args:
        known: its facts ``os.id`` and ``os.version`` support or, alone, make a claim.
    """
    labels = (config.config.labels if config.config else None) or {}
    history = (config.history or ())[:_LIMIT_STEPS]
    for claims in (
        _by_builder(history),
        _by_base_label(labels),
        _by_buildpacks(labels),
        _by_steps(history),
        _by_inherited_labels(labels, known),
        _by_system(config, known),
    ):
        for claim in claims:
            return claim.base, claim.evidence
    return None, ()


def _by_builder(history: tuple[HistoryEntry, ...]) -> Iterator[_Claim]:
    """Buildah and podman note what each ``FROM`` named; the last is the nearest."""
    for number, step in reversed(list(enumerate(history, 1))):
        match = _FROM.fullmatch((step.comment or "")[:_LIMIT_STEP_CHARACTERS])
        if match is not None and _is_reference(match[1]) and match[1] != "scratch":
            what = f"the builder noted: FROM {match[1]}"
            yield _Claim(match[1], (Evidence(what=what, where=_step(number)),))


def _by_base_label(labels: Mapping[str, str]) -> Iterator[_Claim]:
    """Some builders state it in a label; an image built on theirs inherits that, so it is not certain."""
    name = labels.get(_BASE_NAME, "")
    if not _is_reference(name):
        return
    evidence = [_labelled(_BASE_NAME, name)]
    digest = labels.get(_BASE_DIGEST, "")
    if re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        evidence.append(_labelled(_BASE_DIGEST, digest))
    yield _Claim(name, tuple(evidence))


class _RunImage(msgspec.Struct, frozen=True, rename="camel"):
    reference: str = ""
    image: str = ""


class _Lifecycle(msgspec.Struct, frozen=True, rename="camel"):
    run_image: _RunImage = _RunImage()


def _by_buildpacks(labels: Mapping[str, str]) -> Iterator[_Claim]:
    """Source: https://github.com/buildpacks/spec/blob/main/platform.md."""
    try:
        run = msgspec.json.decode(labels.get(_BUILDPACKS, ""), type=_Lifecycle).run_image
    except UNDECODABLE:
        return
    for name in (run.image, run.reference):
        if _is_reference(name):
            what = f"the label {_BUILDPACKS} names the run image {name}"
            yield _Claim(name, (Evidence(what=what, where="configuration: labels"),))


def _by_steps(history: tuple[HistoryEntry, ...]) -> Iterator[_Claim]:
    """What well-known images leave in the history, the nearest first."""
    steps = [(step.created_by or "")[:_LIMIT_STEP_CHARACTERS] for step in history]
    built_upon = max((n for n, step in enumerate(steps, 1) if not _SHELL.fullmatch(step)), default=0)
    found = [*_languages(steps), *_cuda(steps), *_roots(steps, history)]
    for last, claim in sorted(found, key=lambda each: each[0], reverse=True):
        if last < built_upon:  # otherwise it is that image, with nothing on top
            yield claim


def _languages(steps: list[str]) -> Iterator[tuple[int, _Claim]]:
    setting: tuple[int, re.Match[str]] | None = None
    for number, step in enumerate(steps, 1):
        match = _SETTING.match(step)
        if match is not None and match["name"] in _LANGUAGES:
            setting = number, match
        command = _COMMAND.match(step)
        if setting is None or command is None:
            continue
        image, ending = _LANGUAGES[setting[1]["name"]]
        if ending.fullmatch(command["command"].removesuffix(" # buildkit").strip()):
            what = f"it sets {setting[1]['name']} to {setting[1]['version']}, as the image {image} does"
            end = f"it is {command['command'][:60]}, with which that image ends"
            evidence = (_likely(what, setting[0]), _likely(end, number))
            yield number, _Claim(f"{image}:{setting[1]['version']}", evidence)
            setting = None


def _cuda(steps: list[str]) -> Iterator[tuple[int, _Claim]]:
    version: re.Match[str] | None = None
    maintained, last = 0, 0
    for number, step in enumerate(steps, 1):
        match = _SETTING.match(step)
        if match is not None and match["name"] == _CUDA_VERSION:
            version, last = match, number
        elif _CUDA_MAINTAINER.search(step):
            maintained = number
    if version is not None and maintained:
        what = f"it sets {_CUDA_VERSION} to {version['version']}, as the image nvidia/cuda does"
        evidence = (_likely(what, last), _likely("it names the maintainer of that image", maintained))
        yield max(last, maintained), _Claim(f"nvidia/cuda:{version['version']}", evidence)


def _roots(steps: list[str], history: tuple[HistoryEntry, ...]) -> Iterator[tuple[int, _Claim]]:
    for number, (text, step) in enumerate(zip(steps, history, strict=True), 1):
        if (match := _DEBIAN.match(text)) is not None:
            what = f"it is the step that makes the image debian of {match['suite']}"
            yield number, _Claim(f"debian:{match['suite']}", (_likely(what, number),))
        elif (match := _ALPINE.match(text)) is not None and not step.empty_layer:
            what = f"it adds the root of Alpine {match['version']}, as the image alpine does"
            yield number, _Claim(f"alpine:{match['version']}", (_likely(what, number),))


def _by_inherited_labels(labels: Mapping[str, str], known: Catalog) -> Iterator[_Claim]:
    """Images of distributions label themselves; it counts where the system is that one."""
    name, version = labels.get(_REF_NAME, ""), labels.get(_REF_VERSION, "")
    facts = known.facts
    if not name or not _is_reference(f"{name}:{version}") or "os.id" not in facts:
        return
    if facts["os.id"].value == name and "os.version" in facts and facts["os.version"].value == version:
        evidence = (_labelled(_REF_NAME, name), _labelled(_REF_VERSION, version), _system(known))
        yield _Claim(f"{name}:{version}", evidence)


def _by_system(config: ImageConfig, known: Catalog) -> Iterator[_Claim]:
    """Where something was built upon a distribution's root, an image of that may have been below it."""
    identifier = known.facts.get("os.id")
    if identifier is None or len(config.rootfs.diff_ids) < 2:
        return
    version = known.facts.get("os.version")
    base = f"{identifier.value}:{version.value}" if version is not None else f"{identifier.value}"
    yield _Claim(base, (_system(known),))


def _system(known: Catalog) -> Evidence:
    identifier, version = known.facts["os.id"], known.facts.get("os.version")
    what = f"the system is {identifier.value}{f' {version.value}' if version is not None else ''}"
    return Evidence(what=what, where=identifier.source, confidence=Confidence.POSSIBLE)


def _labelled(label: str, value: str) -> Evidence:
    what = f"the label {label} is {value}"
    return Evidence(what=what, where="configuration: labels", confidence=Confidence.LIKELY)


def _likely(what: str, number: int) -> Evidence:
    return Evidence(what=what, where=_step(number), confidence=Confidence.LIKELY)


def _step(number: int) -> str:
    return f"configuration: step {number} of the history"


def _is_reference(name: str) -> bool:
    return len(name) <= _LIMIT_REFERENCE and _REFERENCE.fullmatch(name) is not None
