"""Whether a registry answers at all, whoever asks.

Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#determining-support
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from images.sources.registry.patience import Patience
from images.sources.registry.transport import Transport

_ANSWERS = {200, 401}  # it may want to know who asks


def ask_registry(registry: str, environ: Mapping[str, str], timeout_s: float) -> None:
    """One request to a registry, as names of images have it.

    Raises:
        SourceUnavailableError: it does not answer, or not as a registry does.
    """
    patience = Patience(connect_s=timeout_s, read_s=timeout_s, attempts=1)
    transport = Transport(registry, insecure=False, environ=environ, patience=patience)
    with closing(transport), closing(transport.request("GET", f"{transport.base}/v2/", {})) as response:
        if response.status_code not in _ANSWERS:
            raise transport.unavailable(f"answers {response.status_code}")
