"""Secrets that everybody who has the image can read: in its environment, labels, commands and history."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from analyzers.evidence import Confidence, Evidence, Finding, Level
from images.catalogers.catalog import Catalog
from images.catalogers.configuration import variables
from images.reports.history import created_by, layered_steps
from images.reports.image_config import ImageConfig, RunConfig
from images.roots.root_files import RootFiles
from images.secrets import arguments_without_secrets, is_secret_name, secret_form, secret_of, without_secrets

_MOST_FINDINGS = 200


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """``secret-in-environment``, ``secret-in-label``, ``secret-in-command`` and ``secret-in-history``.

    Each names the secret, never its value. What its form gives away is an error, what only its name calls a
    secret a warning.
    """
    run = config.config or RunConfig()
    found = [
        *_named("secret-in-environment", "the variable", "environment", variables(run.env or ())),
        *_named("secret-in-label", "the label", "labels", run.labels or {}),
        *_commands(run),
        *_history(config),
    ]
    return tuple(found[:_MOST_FINDINGS])


def _named(identity: str, noun: str, place: str, values: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in values.items():
        certain = secret_form(value) is not None
        if (kind := secret_of(name, value)) is not None:
            kinds: tuple[str, ...] = (kind,)
        else:
            kinds = tuple(_kind(within) for within in without_secrets(value)[1])
        for kind in kinds:
            yield Finding(
                id=identity,
                level=Level.ERROR if certain else Level.WARNING,
                message=f"{noun} {name} holds {kind}",
                subject=name,
                evidence=(_evidence(kind, f"configuration: {place}", certain),),
            )


def _commands(run: RunConfig) -> Iterator[Finding]:
    for place, arguments in (("entrypoint", run.entrypoint), ("command", run.cmd)):
        for name in arguments_without_secrets(arguments or ())[1]:
            yield _in_text("secret-in-command", f"the {place}", name, f"configuration: {place}")


def _history(config: ImageConfig) -> Iterator[Finding]:
    for number, (entry, layer) in enumerate(layered_steps(config), 1):
        made = "" if layer is None else f", layer {layer}"
        for name in created_by(entry)[1]:
            yield _in_text(
                "secret-in-history", f"step {number} of the history", name, f"history: step {number}{made}"
            )


def _in_text(identity: str, what: str, name: str, where: str) -> Finding:
    certain = not is_secret_name(name)
    kind = _kind(name)
    return Finding(
        id=identity,
        level=Level.ERROR if certain else Level.WARNING,
        message=f"{what} holds {kind}",
        subject=name,
        evidence=(_evidence(kind, where, certain),),
    )


def _kind(name: str) -> str:
    return f"a value for {name}" if is_secret_name(name) else name


def _evidence(kind: str, where: str, certain: bool) -> Evidence:
    confidence = Confidence.CERTAIN if certain else Confidence.LIKELY
    return Evidence(what=f"{kind}, left out of this report", where=where, confidence=confidence)
