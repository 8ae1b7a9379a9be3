"""The tables of tools in pyproject.toml; each module reads one of them into a draft."""
