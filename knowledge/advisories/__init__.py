"""Known vulnerabilities of releases, imported from files of advisories."""
