"""The records of what commands report; see also `resolver.comparing` and `resolver.probes`."""
