"""Every payload has a check sum behind it."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"
branch_labels = None
depends_on = None

_KEYS = {
    "listings": ("index_url", "project"),
    "metadata": ("index_url", "artifact"),
    "derived": ("instrument", "content"),
    "advisories": ("source", "project", "id"),
    "observations": ("kind", "id", "origin"),
}


def upgrade() -> None:
    """Appends the sums."""
    _rewrite(lambda payload: payload + zlib.crc32(payload).to_bytes(4, "big"))


def downgrade() -> None:
    """Cuts them off."""
    _rewrite(lambda payload: payload[:-4])


def _rewrite(change: Callable[[bytes], bytes]) -> None:
    connection = op.get_bind()
    for name, keys in _KEYS.items():
        columns: list[sa.ColumnClause[str]] = [sa.column(key, sa.Text) for key in keys]
        table = sa.table(name, *columns, sa.column("payload", sa.LargeBinary))
        payload = table.c.payload
        for key in connection.execute(sa.select(*columns).where(payload.is_not(None))).fetchall():
            here = sa.and_(*(column == value for column, value in zip(columns, key, strict=True)))
            content = connection.execute(sa.select(payload).where(here)).scalar_one()
            connection.execute(sa.update(table).where(here).values(payload=change(content)))
