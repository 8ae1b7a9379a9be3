"""From the options of a command to a run of the search: target, requirements, units, evidence."""
