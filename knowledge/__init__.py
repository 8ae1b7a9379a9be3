"""Facts about releases: fetched on demand, stored for ever, served to the resolver."""
