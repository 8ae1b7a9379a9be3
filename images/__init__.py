"""Instruments that read where code will run: this machine and, later, container images; records out."""
