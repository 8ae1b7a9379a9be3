"""The variant properties of a target, of every namespace that is known. Source: PEP 825."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from images.facts.environment import RuntimeEnvironment
from images.variants.graphics import AmdProvider, NvidiaProvider
from images.variants.libraries import BlasProvider
from images.variants.processors import ArmProvider, X86Provider
from images.variants.provider import Fit, Provider

_PROVIDERS = (X86Provider, ArmProvider, NvidiaProvider, AmdProvider, BlasProvider)


class TargetFeatures:
    """What a target has, by namespace and feature."""

    def __init__(self, environment: RuntimeEnvironment) -> None:
        made: Iterable[Provider] = (provider(environment) for provider in _PROVIDERS)
        self._providers = {provider.namespace: provider for provider in made}

    def fit(self, namespace: str, feature: str, values: Sequence[str]) -> Fit:
        """What the target has of some values of a feature; of a name that nobody knows: nothing."""
        provider = self._providers.get(namespace)
        fit = None if provider is None else provider.fit(feature, values)
        if fit is not None:
            return fit
        what = f"namespace {namespace}" if provider is None else f"feature {namespace} :: {feature}"
        return Fit(missing=f"what the {what} means")

    def feature_order(self, namespace: str, features: Iterable[str]) -> list[str]:
        """Features of a namespace in the order of preference."""
        provider = self._providers.get(namespace)
        return sorted(features) if provider is None else sorted(features, key=provider.order)

    def shown(self) -> list[tuple[str, str]]:
        """For people: ``namespace :: feature`` and the values that the target has, in words."""
        return [
            (f"{provider.namespace} :: {feature}", values)
            for provider in self._providers.values()
            for feature, values in provider.shown()
        ]
