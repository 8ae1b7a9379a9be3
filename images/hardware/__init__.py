"""Probes of a machine's hardware, below a root directory: this machine's or a recorded one's."""
