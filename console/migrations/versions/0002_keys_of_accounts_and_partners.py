"""API keys belong to an account or to a partner; none was made before."""

import sqlalchemy as sa
from alembic import op

from console.store.schema import Instant

revision = "0002"
down_revision = "0001"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table anew."""
    op.drop_table("api_key")
    op.create_table(
        "api_key", sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), server_default="", nullable=False), sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=12), server_default="", nullable=False), sa.Column("account_id", ID, nullable=True),
        sa.Column("handler_kind", sa.String(length=10), server_default="", nullable=False),
        sa.Column("handler_code", sa.String(length=40), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", ID, nullable=True), sa.Column("used_at", Instant(), nullable=True), sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_api_key_account_id"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_api_key_made_by"), sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("key_hash", name="uq_api_key_key_hash"))
