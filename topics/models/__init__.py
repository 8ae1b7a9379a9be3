"""Stored models: arrays and JSON with a manifest, never pickles; the default classifier lies beside."""
