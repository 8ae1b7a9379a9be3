"""Writers of reports: lockfiles, texts, pages, pictures; pure functions from records to text."""
