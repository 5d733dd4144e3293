"""Tables of the decisions database, on SQLite and PostgreSQL alike; console/migrations brings a database to this shape."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, DateTime, Dialect, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

from lakehouse.clock import KOREA

METADATA = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
                                       "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"})


class Instant(TypeDecorator[datetime]):
    """An instant: kept in UTC without a zone, read in Korea time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To Korea time."""
        return None if value is None else value.replace(tzinfo=UTC).astimezone(KOREA)


_ID = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _ID, primary_key=True, autoincrement=True)


def _key(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


def _text(name: str, length: int = 100, default: str = "") -> Column[str]:
    return Column(name, String(length), nullable=False, server_default=default)


def _at(name: str, nullable: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=nullable)


def _flag(name: str, default: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=default)


def _account(name: str = "account_id", nullable: bool = False) -> Column[int]:
    return Column(name, _ID, ForeignKey("account.id"), nullable=nullable)


def _json(name: str) -> Column[Any]:
    return Column(name, JSON, nullable=True)


ACCOUNT = Table(
    "account", METADATA, _id(), Column("name", String(60), nullable=False, unique=True), _text("shown_name"), _text("password_hash", 200),
    _text("role", 20), _text("language", 2, "ko"), _text("theme", 6, "auto"), _flag("has_shortcuts", "1"), _flag("is_active", "1"),
    _flag("must_change", "0"), _at("made_at"))
MEMBERSHIP = Table("membership", METADATA, Column("account_id", _ID, ForeignKey("account.id"), primary_key=True),
                   Column("office_code", String(3), primary_key=True))
SESSION = Table("session", METADATA, _key("token_hash"), _account(), _text("office_code", 3), _at("made_at"), _at("seen_at"), _text("address", 60))
ATTEMPT = Table("attempt", METADATA, _id(), _text("name", 60), _text("address", 60), _at("at"), Index("ix_attempt_at", "at"))
CLAIM = Table("claim", METADATA, _key("shipment_id"), _text("office_code", 3), _account(), _account("assigned_by", True), _at("claimed_at"),
              _at("expires_at"), Index("ix_claim_office", "office_code"))
SNOOZE = Table("snooze", METADATA, _key("shipment_id"), _text("office_code", 3), _account(), _at("made_at"), _at("until"), _text("reason", 300),
               Index("ix_snooze_office", "office_code"))
DECISION = Table(
    "decision", METADATA, _key(), Column("request_key", String(64), nullable=False, unique=True), _text("shipment_id", 64), _text("outside_id", 64),
    _text("office_code", 3), _account(), _text("decided_as", 20), _text("code", 30), _text("reason_code", 30), Column("note", Text, nullable=False),
    _text("recommended", 30), _text("direction", 4), _text("state", 12), _at("made_at"), _at("leaves_at"), _at("undone_at", True),
    Column("supersedes", String(64), nullable=True), _text("run_id", 100), _text("business_date", 10), _text("model_version", 40),
    Column("score", Float), Column("probability", Float), _text("lane", 10), _json("reasons"), _at("exported_at", True),
    Index("ix_decision_shipment", "shipment_id"), Index("ix_decision_office", "office_code", "made_at"), Index("ix_decision_export", "exported_at"))
APPROVAL = Table("approval", METADATA, Column("decision_id", String(64), ForeignKey("decision.id"), primary_key=True), _at("asked_at"),
                 _account("answered_by", True), _at("answered_at", True), _text("answer", 10), _text("note", 1000))
OUTCOME = Table(
    "outcome", METADATA, _key(), _text("shipment_id", 64), _text("subject_kind", 12), _text("subject_ref", 64), _text("office_code", 3), _account(),
    _text("finding", 20), _at("recorded_at"), _at("inspected_at"), _json("told"), _text("status", 12), Column("version", Integer, nullable=False),
    _at("exported_at", True), Index("ix_outcome_shipment", "shipment_id"), Index("ix_outcome_export", "exported_at"))
LOOKOUT = Table(
    "lookout", METADATA, _id(), _text("kind", 20), _text("value", 300), _text("folded", 300), _text("office_code", 3), _account("owner_id"),
    _text("grade", 10), _text("reason", 1000), _at("made_at"), _at("expires_at"), _at("withdrawn_at", True), Index("ix_lookout_folded", "folded"))
# A record that a lookout was found in as it landed; open until someone has seen it.
ALERT = Table(
    "alert", METADATA, _id(), Column("lookout_id", _ID, ForeignKey("lookout.id"), nullable=False), _text("feed", 40), _text("file", 300),
    _text("position"), _text("record_key", 200), _at("found_at"), _account("seen_by", True), _at("seen_at", True),
    Index("ix_alert_lookout_id", "lookout_id"))
SAVED_VIEW = Table("saved_view", METADATA, _id(), _account(), _text("name", 60), _text("query", 1000), _at("made_at"))
FEEDBACK = Table("feedback", METADATA, _id(), _text("shipment_id", 64), _text("reason_code", 60), _account(), _text("verdict", 10), _at("made_at"),
                 _text("run_id", 100))
UNMASKING = Table("unmasking", METADATA, _id(), _text("shipment_id", 64), _account(), _text("reason", 300), _at("made_at"), _at("until"))
# Of an account, whose role and offices it has as they are then; or of a partner, who sees what one shed or courier handles.
API_KEY = Table(
    "api_key", METADATA, _id(), _text("name", 60), Column("key_hash", String(64), nullable=False, unique=True), _text("hint", 12),
    _account(nullable=True), _text("handler_kind", 10), _text("handler_code", 40), _at("made_at"), _account("made_by", True), _at("used_at", True),
    _at("withdrawn_at", True))
AUDIT = Table(
    "audit", METADATA, Column("number", _ID, primary_key=True, autoincrement=False), _text("at", 40), _text("who", 80), _text("role", 20),
    _text("office_code", 3), _text("action", 40), _text("subject", 200), _json("before"), _json("after"), _text("why", 1000), _text("hash", 64),
    Index("ix_audit_subject", "subject"))
HEAD = Table("audit_head", METADATA, Column("one", Integer, primary_key=True, autoincrement=False), Column("number", _ID, nullable=False),
             _text("hash", 64))
