"""Installations that commands, containers, notebooks and sessions ask for; nothing is run."""
