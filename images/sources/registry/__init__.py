"""Registries of images, spoken to over HTTP. Source: https://github.com/opencontainers/distribution-spec."""
