"""The digest that names a stack of layers, whatever they are packed in: `chain_id`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def chain_id(diff_ids: Sequence[str]) -> str:
    """OCI's ChainID of uncompressed layers, lowest first; of no layers that of nothing.

    Source: https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
    """
    if not diff_ids:
        return f"sha256:{hashlib.sha256().hexdigest()}"
    chain = diff_ids[0]
    for diff_id in diff_ids[1:]:
        chain = f"sha256:{hashlib.sha256(f'{chain} {diff_id}'.encode()).hexdigest()}"
    return chain
