"""What is kept between runs: rows by key, in SQLite, PostgreSQL or memory."""
