"""The first shape of the decisions database."""

import sqlalchemy as sa
from alembic import op

from console.store.schema import Instant

revision = "0001"
down_revision = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the empty head of the audit."""
    _accounts()
    _work()
    _books()
    op.execute("INSERT INTO audit_head (one, number, hash) VALUES (1, 0, '')")


def _accounts() -> None:
    op.create_table(
        "account", sa.Column("id", ID, autoincrement=True, nullable=False), sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shown_name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("password_hash", sa.String(length=200), server_default="", nullable=False),
        sa.Column("role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("language", sa.String(length=2), server_default="ko", nullable=False),
        sa.Column("theme", sa.String(length=6), server_default="auto", nullable=False),
        sa.Column("has_shortcuts", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("must_change", sa.Boolean(), server_default="0", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"), sa.UniqueConstraint("name", name="uq_account_name"))
    op.create_table(
        "api_key", sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("key_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False),
        sa.Column("partner", sa.String(length=60), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True), sa.PrimaryKeyConstraint("id", name="pk_api_key"))
    op.create_table(
        "attempt", sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("address", sa.String(length=60), server_default="", nullable=False), sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"))
    op.create_index("ix_attempt_at", "attempt", ["at"])
    op.create_table(
        "feedback", sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("shipment_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("reason_code", sa.String(length=60), server_default="", nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("verdict", sa.String(length=10), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.Column("run_id", sa.String(length=100), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_feedback_account_id"), sa.PrimaryKeyConstraint("id", name="pk_feedback"))
    op.create_table(
        "membership", sa.Column("account_id", ID, nullable=False), sa.Column("office_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_membership_account_id"),
        sa.PrimaryKeyConstraint("account_id", "office_code", name="pk_membership"))
    op.create_table(
        "saved_view", sa.Column("id", ID, autoincrement=True, nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("query", sa.String(length=1000), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_saved_view_account_id"), sa.PrimaryKeyConstraint("id", name="pk_saved_view"))
    op.create_table(
        "session", sa.Column("token_hash", sa.String(length=64), nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False), sa.Column("address", sa.String(length=60), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_session_account_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"))
    op.create_table(
        "unmasking", sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("shipment_id", sa.String(length=64), server_default="", nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False), sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_unmasking_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unmasking"))


def _work() -> None:
    op.create_table(
        "claim", sa.Column("shipment_id", sa.String(length=64), nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("assigned_by", ID, nullable=True), sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False), sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_claim_account_id"),
        sa.ForeignKeyConstraint(["assigned_by"], ["account.id"], name="fk_claim_assigned_by"),
        sa.PrimaryKeyConstraint("shipment_id", name="pk_claim"))
    op.create_index("ix_claim_office", "claim", ["office_code"])
    op.create_table(
        "decision", sa.Column("id", sa.String(length=64), nullable=False), sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("shipment_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("outside_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("decided_as", sa.String(length=20), server_default="", nullable=False),
        sa.Column("code", sa.String(length=30), server_default="", nullable=False),
        sa.Column("reason_code", sa.String(length=30), server_default="", nullable=False), sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recommended", sa.String(length=30), server_default="", nullable=False),
        sa.Column("direction", sa.String(length=4), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.Column("leaves_at", Instant(), nullable=False), sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("supersedes", sa.String(length=64), nullable=True), sa.Column("run_id", sa.String(length=100), server_default="", nullable=False),
        sa.Column("business_date", sa.String(length=10), server_default="", nullable=False),
        sa.Column("model_version", sa.String(length=40), server_default="", nullable=False), sa.Column("score", sa.Float(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True), sa.Column("lane", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=True), sa.Column("exported_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_decision_account_id"), sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("request_key", name="uq_decision_request_key"))
    op.create_index("ix_decision_export", "decision", ["exported_at"])
    op.create_index("ix_decision_office", "decision", ["office_code", "made_at"])
    op.create_index("ix_decision_shipment", "decision", ["shipment_id"])
    op.create_table(
        "snooze", sa.Column("shipment_id", sa.String(length=64), nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("made_at", Instant(), nullable=False), sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_snooze_account_id"),
        sa.PrimaryKeyConstraint("shipment_id", name="pk_snooze"))
    op.create_index("ix_snooze_office", "snooze", ["office_code"])
    op.create_table(
        "approval", sa.Column("decision_id", sa.String(length=64), nullable=False), sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("answered_by", ID, nullable=True), sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(length=10), server_default="", nullable=False),
        sa.Column("note", sa.String(length=1000), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name="fk_approval_answered_by"),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_approval_decision_id"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_approval"))


def _books() -> None:
    op.create_table(
        "audit", sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=40), server_default="", nullable=False),
        sa.Column("who", sa.String(length=80), server_default="", nullable=False),
        sa.Column("role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False),
        sa.Column("action", sa.String(length=40), server_default="", nullable=False),
        sa.Column("subject", sa.String(length=200), server_default="", nullable=False), sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True), sa.Column("why", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False), sa.PrimaryKeyConstraint("number", name="pk_audit"))
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_table(
        "audit_head", sa.Column("one", sa.Integer(), autoincrement=False, nullable=False), sa.Column("number", ID, nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False), sa.PrimaryKeyConstraint("one", name="pk_audit_head"))
    op.create_table(
        "lookout", sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("value", sa.String(length=300), server_default="", nullable=False),
        sa.Column("folded", sa.String(length=300), server_default="", nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False), sa.Column("owner_id", ID, nullable=False),
        sa.Column("grade", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=1000), server_default="", nullable=False), sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False), sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name="fk_lookout_owner_id"), sa.PrimaryKeyConstraint("id", name="pk_lookout"))
    op.create_index("ix_lookout_folded", "lookout", ["folded"])
    op.create_table(
        "outcome", sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("shipment_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("subject_kind", sa.String(length=12), server_default="", nullable=False),
        sa.Column("subject_ref", sa.String(length=64), server_default="", nullable=False),
        sa.Column("office_code", sa.String(length=3), server_default="", nullable=False), sa.Column("account_id", ID, nullable=False),
        sa.Column("finding", sa.String(length=20), server_default="", nullable=False), sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("inspected_at", Instant(), nullable=False), sa.Column("told", sa.JSON(), nullable=True),
        sa.Column("status", sa.String(length=12), server_default="", nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("exported_at", Instant(), nullable=True), sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_outcome_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outcome"))
    op.create_index("ix_outcome_export", "outcome", ["exported_at"])
    op.create_index("ix_outcome_shipment", "outcome", ["shipment_id"])
