"""Instruments that read Python: bytes and file trees in, records out; no network, database or clock."""
