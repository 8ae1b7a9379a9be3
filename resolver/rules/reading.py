"""From the bytes of a YAML file to its rules; nothing is constructed but the records, aliases are refused."""

from __future__ import annotations

from analyzers.manifests.documents.yaml_documents import (
    YamlLimits,
    YamlMapping,
    YamlNode,
    YamlSequence,
    yaml_document,
)
from analyzers.manifests.documents.yaml_records import RecordError, record
from analyzers.manifests.errors import ManifestError
from resolver.rules.errors import RuleError
from resolver.rules.limits import LARGEST_FILE_BYTES, MOST_VALUES
from resolver.rules.records import PlacedRule, RuleFile
from resolver.rules.validity import faults

LIMITS = YamlLimits(size_bytes=LARGEST_FILE_BYTES, events=MOST_VALUES)
SEE = "see docs/reference/rules.md for what may stand there"


def read_rules(data: bytes, path: str) -> tuple[PlacedRule, ...]:
    """The rules of one file.

    Raises:
        RuleError: with the file and the line of the first fault.
    """
    try:
        document = yaml_document(data, path, LIMITS)
    except ManifestError as error:
        problem = error.problems[0]
        raise RuleError(str(problem.location), problem.reason, problem.remedy) from error
    try:
        file = record(document, RuleFile)
    except RecordError as error:
        raise RuleError(str(error.location), error.reason, SEE) from error
    places = [str(node.location) for node in _rules(document)]  # with line and column
    placed = tuple(PlacedRule(rule, where) for rule, where in zip(file.rules, places, strict=True))
    for one in placed:
        for reason in faults(one.rule):
            raise RuleError(one.where, f"rule {one.rule.name}: {reason}", SEE)
    return placed


def _rules(document: YamlNode) -> list[YamlNode]:
    assert isinstance(document, YamlMapping)
    rules = document.entries["rules"]
    assert isinstance(rules, YamlSequence)
    return rules.items
