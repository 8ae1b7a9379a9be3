"""The digest that names a stack of layers, whatever they are packed in: `chain_id`."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.digests import sha256_of


def chain_id(diff_ids: Sequence[str]) -> str:
    """OCI's ChainID of uncompressed layers, lowest first; of no layers that of nothing.

    Source: https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
    """
    if not diff_ids:
        return sha256_of(b"")
    chain = diff_ids[0]
    for diff_id in diff_ids[1:]:
        chain = sha256_of(f"{chain} {diff_id}".encode())
    return chain
