"""The tables of the store, as SQLAlchemy knows them. Imported where a migration or PostgreSQL needs it."""

from __future__ import annotations

import sqlalchemy as sa

TABLES = sa.MetaData()

LISTINGS = sa.Table(
    "listings",
    TABLES,
    sa.Column("index_url", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("fetched_at", sa.BigInteger, nullable=False),
    sa.Column("format", sa.Integer, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("payload", sa.LargeBinary),
)

DERIVED = sa.Table(
    "derived",
    TABLES,
    sa.Column("instrument", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, primary_key=True),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

ADVISORIES = sa.Table(
    "advisories",
    TABLES,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("modified_at", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

OBSERVATIONS = sa.Table(
    "observations",
    TABLES,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("observed_at", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

OBSERVED_PROJECTS = sa.Table(
    "observed_projects",
    TABLES,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("is_blamed", sa.Integer, nullable=False),
)

PACKS = sa.Table(
    "packs",
    TABLES,
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("trust", sa.Integer, nullable=False),
    sa.Column("imported_at", sa.BigInteger, nullable=False),
)

METADATA = sa.Table(
    "metadata",
    TABLES,
    sa.Column("index_url", sa.Text, primary_key=True),
    sa.Column("artifact", sa.Text, primary_key=True),
    sa.Column("fetched_at", sa.BigInteger, nullable=False),
    sa.Column("format", sa.Integer, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)
