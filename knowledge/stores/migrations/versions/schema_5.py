"""What is seen of several releases together is kept once; and packs of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables, and moves what was kept under one project."""
    op.rename_table("observations", "observations_4")
    op.create_table(
        "observations",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("observed_at", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "observed_projects",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("is_blamed", sa.Integer, nullable=False),
    )
    op.create_table(
        "packs",
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("trust", sa.Integer, nullable=False),
        sa.Column("imported_at", sa.BigInteger, nullable=False),
    )
    op.execute(
        "INSERT INTO observations (kind, id, origin, observed_at, payload) "
        "SELECT kind, id, '', observed_at, payload FROM observations_4 AS one WHERE NOT EXISTS "
        "(SELECT 1 FROM observations_4 AS other WHERE other.kind = one.kind AND other.id = one.id "
        "AND other.project < one.project)"
    )
    op.execute(
        "INSERT INTO observed_projects (project, kind, id, is_blamed) "
        "SELECT project, kind, id, 0 FROM observations_4"
    )
    op.drop_table("observations_4")


def downgrade() -> None:
    """Moves what is one's own back under its projects; packs of others are left out."""
    op.rename_table("observations", "observations_5")
    op.create_table(
        "observations",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("observed_at", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "INSERT INTO observations (kind, project, id, observed_at, payload) "
        "SELECT one.kind, other.project, one.id, one.observed_at, one.payload FROM observations_5 AS one "
        "JOIN observed_projects AS other ON other.kind = one.kind AND other.id = one.id "
        "WHERE one.origin = ''"
    )
    op.drop_table("packs")
    op.drop_table("observed_projects")
    op.drop_table("observations_5")
