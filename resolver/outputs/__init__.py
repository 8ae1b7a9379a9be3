"""Writers of an advice: lockfiles, a report, a table; pure functions from records to text."""
