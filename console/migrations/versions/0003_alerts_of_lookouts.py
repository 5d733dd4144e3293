"""Records that lookouts were found in as they landed."""

import sqlalchemy as sa
from alembic import op

from console.store.schema import Instant

revision = "0003"
down_revision = "0002"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "alert", sa.Column("id", ID, autoincrement=True, nullable=False), sa.Column("lookout_id", ID, nullable=False),
        sa.Column("feed", sa.String(length=40), server_default="", nullable=False),
        sa.Column("file", sa.String(length=300), server_default="", nullable=False),
        sa.Column("position", sa.String(length=100), server_default="", nullable=False),
        sa.Column("record_key", sa.String(length=200), server_default="", nullable=False), sa.Column("found_at", Instant(), nullable=False),
        sa.Column("seen_by", ID, nullable=True), sa.Column("seen_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["lookout_id"], ["lookout.id"], name="fk_alert_lookout_id"),
        sa.ForeignKeyConstraint(["seen_by"], ["account.id"], name="fk_alert_seen_by"), sa.PrimaryKeyConstraint("id", name="pk_alert"))
    op.create_index("ix_alert_lookout_id", "alert", ["lookout_id"])
