"""Instruments that read where code will run: this machine, directories and container images; records out."""
