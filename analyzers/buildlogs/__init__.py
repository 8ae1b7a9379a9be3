"""Build logs: what pip, uv and those around them say of failed installations, as records; nothing is run."""

from analyzers.buildlogs.reading import failures, read_build_log

__all__ = ["failures", "read_build_log"]
