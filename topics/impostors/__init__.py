"""Which names look like a popular project's and are probably not meant."""
