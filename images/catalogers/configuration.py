"""What an image's configuration says of how it runs and how it was made, without the values of secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from images.reports.history import created_by, layered_steps
from images.reports.image_config import ImageConfig, RunConfig
from images.reports.records import Configuration, HistoryStep
from images.secrets import arguments_without_secrets, secret_of, without_secrets


def configuration(config: ImageConfig) -> Configuration:
    """The record, all but its base."""
    run = config.config or RunConfig()
    return Configuration(
        environment=_without_secrets(variables(run.env or ())),
        entrypoint=arguments_without_secrets(run.entrypoint or ())[0],
        command=arguments_without_secrets(run.cmd or ())[0],
        user=run.user or None,
        working_directory=run.working_dir or None,
        labels=_without_secrets(run.labels or {}),
        exposed_ports=tuple(sorted(run.exposed_ports or {}, key=_port)),
        history=tuple(_steps(config)),
    )


def variables(environment: Iterable[str]) -> dict[str, str]:
    """Variables in their order; of one that is set twice the last value counts, as for the runtimes."""
    return {name: value for name, sign, value in (text.partition("=") for text in environment) if sign}


def _without_secrets(named: Mapping[str, str]) -> dict[str, str]:
    return {
        name: "" if secret_of(name, value) else without_secrets(value)[0] for name, value in named.items()
    }


def _steps(config: ImageConfig) -> Iterator[HistoryStep]:
    for entry, layer in layered_steps(config):
        yield HistoryStep(created_by=created_by(entry)[0], layer=layer)


def _port(text: str) -> tuple[int, str]:
    number = text.partition("/")[0]
    return (int(number) if number.isdecimal() and number.isascii() and len(number) < 6 else 0), text
