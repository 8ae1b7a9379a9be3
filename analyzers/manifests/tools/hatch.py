"""``[tool.hatch.envs]``, or a hatch.toml: the dependencies of environments.

Source: https://hatch.pypa.io/latest/config/environment/overview/
"""

from __future__ import annotations

from analyzers.manifests.declared import Format, Group, GroupKind, Manifest
from analyzers.manifests.documents.nodes import Node
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft, Manner

_BUILT_IN = ("dependencies", "extra-dependencies")


def parse_hatch(data: bytes, path: str) -> Manifest:
    """What the environments of a hatch.toml require.

    Raises:
        ManifestError: it is no TOML, or something in it is not accepted.
    """
    draft = Draft(path, Format.HATCH)
    read_hatch(toml_node(data, draft), draft)
    return draft.finish()


def read_hatch(tool: Node, draft: Draft) -> None:
    """Declares what each environment lists itself; what it inherits stands at the template."""
    for name, environment in tool.table_at("envs").items():
        if not isinstance(environment.value, dict):
            environment.wrong("a table")
            continue
        manner = Manner(group=Group(GroupKind.ENVIRONMENT, name))
        for key in _BUILT_IN:
            for text, location in environment.strings_at(key):
                if "{" in text:
                    draft.unknown(text, location, "a context field is filled in by hatch")
                else:
                    draft.require(text, location, manner)
        if overrides := environment.at("overrides"):
            draft.unknown(overrides.name, overrides.location, "conditional overrides are not read")
    for key in ("dependencies", "require-runtime-dependencies", "require-runtime-features"):
        if hook := tool.at("build", key):
            draft.unknown(hook.name, hook.location, "requirements of the build are not read from here")
