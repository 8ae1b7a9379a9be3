"""Every unit that ships, in the order in which it is asked; see `resolver.units.extensions` for others."""

from __future__ import annotations

from resolver.pipeline import Pipeline
from resolver.units.boots.index_reachable import IndexReachableBoot
from resolver.units.boots.lower_bound import LowerBoundBoot
from resolver.units.boots.python_end_of_life import PythonEndOfLifeBoot
from resolver.units.boots.rules import RuleBoot
from resolver.units.boots.supported_environment import SupportedEnvironmentBoot
from resolver.units.boots.topic import TopicBoot
from resolver.units.pseudonyms.rules import RulePseudonym
from resolver.units.sieves.abi import AbiSieve
from resolver.units.sieves.exclude_newer import ExcludeNewerSieve
from resolver.units.sieves.hashes import HashesSieve
from resolver.units.sieves.image_packages import ImagePackagesSieve
from resolver.units.sieves.impostor import ImpostorSieve
from resolver.units.sieves.no_binary import NoBinarySieve
from resolver.units.sieves.no_build import NoBuildSieve
from resolver.units.sieves.prereleases import PrereleasesSieve
from resolver.units.sieves.requires_python import RequiresPythonSieve
from resolver.units.sieves.rules import RuleSieve
from resolver.units.sieves.tags import TagsSieve
from resolver.units.sieves.yanked import YankedSieve
from resolver.units.steps.freshness import FreshnessStep
from resolver.units.steps.minimum_age import MinimumAgeStep
from resolver.units.steps.observed_pairs import ObservedPairsStep
from resolver.units.steps.observed_releases import ObservedReleasesStep
from resolver.units.steps.performance import PerformanceStep
from resolver.units.steps.rules import RuleStep
from resolver.units.steps.temporal_risk import TemporalRiskStep
from resolver.units.steps.topic import TopicStep
from resolver.units.steps.vulnerabilities import VulnerabilitiesStep
from resolver.units.strides.api_demand import ApiDemandStride
from resolver.units.strides.imports import ImportsStride
from resolver.units.strides.observed_failures import ObservedFailuresStride
from resolver.units.strides.rules import RuleStride
from resolver.units.wraps.alternatives import AlternativesWrap
from resolver.units.wraps.held_back import HeldBackWrap
from resolver.units.wraps.image_pins import ImagePinsWrap
from resolver.units.wraps.import_doubts import ImportDoubtsWrap
from resolver.units.wraps.known_vulnerabilities import KnownVulnerabilitiesWrap
from resolver.units.wraps.libc_holds_back import LibcHoldsBackWrap
from resolver.units.wraps.links import LinksWrap
from resolver.units.wraps.missing_libraries import MissingLibrariesWrap
from resolver.units.wraps.observed_warnings import ObservedWarningsWrap
from resolver.units.wraps.project_status import ProjectStatusWrap
from resolver.units.wraps.python_holds_back import PythonHoldsBackWrap
from resolver.units.wraps.rules import RuleWrap
from resolver.units.wraps.slow_apis import SlowApisWrap
from resolver.units.wraps.suspect_names import SuspectNamesWrap
from resolver.units.wraps.unloadable import UnloadableWrap
from resolver.units.wraps.unmet_demand import UnmetDemandWrap

UNITS = Pipeline(
    boots=(
        SupportedEnvironmentBoot(),
        PythonEndOfLifeBoot(),
        LowerBoundBoot(),
        IndexReachableBoot(),
        TopicBoot(),
        RuleBoot(),
    ),
    pseudonyms=(RulePseudonym(),),
    sieves=(
        RequiresPythonSieve(),
        ExcludeNewerSieve(),
        TagsSieve(),
        NoBuildSieve(),
        NoBinarySieve(),
        HashesSieve(),
        YankedSieve(),
        PrereleasesSieve(),
        ImagePackagesSieve(),
        AbiSieve(),
        ImpostorSieve(),
        RuleSieve(),
    ),
    steps=(
        FreshnessStep(),
        VulnerabilitiesStep(),
        PerformanceStep(),
        MinimumAgeStep(),
        TopicStep(),
        RuleStep(),
        ObservedReleasesStep(),
    ),
    pair_steps=(TemporalRiskStep(), ObservedPairsStep()),
    strides=(RuleStride(), ObservedFailuresStride(), ApiDemandStride(), ImportsStride()),
    wraps=(
        HeldBackWrap(),
        PythonHoldsBackWrap(),
        LibcHoldsBackWrap(),
        UnmetDemandWrap(),
        ImportDoubtsWrap(),
        ImagePinsWrap(),
        UnloadableWrap(),
        MissingLibrariesWrap(),
        SuspectNamesWrap(),
        AlternativesWrap(),
        RuleWrap(),
        LinksWrap(),
        KnownVulnerabilitiesWrap(),
        ObservedWarningsWrap(),
        SlowApisWrap(),
        ProjectStatusWrap(),
    ),
)
