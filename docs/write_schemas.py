"""Writes docs/schemas: the JSON Schema of every record that is printed, stored or sent."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from analyzers.buildlogs.records import BuildLogReport
from analyzers.codemods.report import FixReport
from analyzers.evidence import Finding, Justification
from analyzers.source.installed import InstalledReport
from analyzers.source.report import SourceReport
from images.facts.environment import RuntimeEnvironment
from images.facts.environment_report import EnvironmentReport
from images.reports.comparison import ImageComparison
from images.reports.report import ImageReport
from knowledge.measuring.report import MeasurementReport
from knowledge.observations.record import Observation
from knowledge.probing.report import ProbeReport
from knowledge.releases import Metadata
from resolver.advising.inquiry import Answer
from resolver.advising.shared_versions import SeveralAdvice
from resolver.comparing.currency import LockCurrency
from resolver.comparing.records import LockComparison
from resolver.doctor.checks import Diagnosis
from resolver.landscapes.history import SearchHistory
from resolver.monkey.report import MonkeyReport
from resolver.reports.advice import Advice
from resolver.reports.api_reports import ApiDiff, SurfaceReport
from resolver.reports.check import Check
from resolver.reports.topic_model_reports import SimilarReport, TopicsReport
from resolver.reports.topic_reports import Classification, ClassifierScores
from resolver.rules.records import RuleFile
from resolver.rules.reports import RuleAnswer, RulesReport
from resolver.space import Space
from topics.vectors import TopicVector

FOLDER = Path(__file__).parent / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
RECORDS: Mapping[str, type[msgspec.Struct]] = {
    "advice": Advice,
    "answer": Answer,
    "build-log": BuildLogReport,
    "check": Check,
    "classification": Classification,
    "classifier-scores": ClassifierScores,
    "diff": ApiDiff,
    "doctor": Diagnosis,
    "environment": RuntimeEnvironment,
    "environments": SeveralAdvice,
    "finding": Finding,
    "fix": FixReport,
    "host": EnvironmentReport,
    "image": ImageReport,
    "image-comparison": ImageComparison,
    "installed": InstalledReport,
    "justification": Justification,
    "lock-check": LockCurrency,
    "lock-comparison": LockComparison,
    "measurements": MeasurementReport,
    "metadata": Metadata,
    "monkey": MonkeyReport,
    "observation": Observation,
    "probe": ProbeReport,
    "rule-answer": RuleAnswer,
    "rules": RuleFile,
    "rules-report": RulesReport,
    "scan": SourceReport,
    "search-history": SearchHistory,
    "similar-packages": SimilarReport,
    "space": Space,
    "surface": SurfaceReport,
    "topic-model": TopicsReport,
    "topic-vector": TopicVector,
}


def documents() -> dict[str, str]:
    """File name to content."""
    return {f"{name}.json": _document(name, record) for name, record in RECORDS.items()}


def _document(name: str, record: type[msgspec.Struct]) -> str:
    schema = msgspec.json.schema(record)
    head = {"$schema": DIALECT, "$id": f"{name}.json", "title": record.__name__}
    return json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every schema, and remove those of records that are no more."""
    FOLDER.mkdir(exist_ok=True)
    written = documents()
    for path in FOLDER.glob("*.json"):
        if path.name not in written:
            path.unlink()
    for name, content in written.items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    sys.stdout.write(f"Wrote {len(written)} schemas to {FOLDER}\n")


if __name__ == "__main__":
    main()
