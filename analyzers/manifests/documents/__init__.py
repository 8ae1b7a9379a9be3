"""Texts of manifests as trees with places: TOML, YAML, INI and Python literals; nothing is constructed."""
