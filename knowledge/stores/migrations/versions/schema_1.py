"""Listings by index and project; metadata by index and artifact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates both tables."""
    op.create_table(
        "listings",
        sa.Column("index_url", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("payload", sa.LargeBinary),
    )
    op.create_table(
        "metadata",
        sa.Column("index_url", sa.Text, primary_key=True),
        sa.Column("artifact", sa.Text, primary_key=True),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drops both tables; what they held is fetched again."""
    op.drop_table("metadata")
    op.drop_table("listings")
