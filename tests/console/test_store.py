import json
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, select, text, update

from console.store import audit
from console.store.audit import Actor
from console.store.database import Change, Database
from console.store.schema import AUDIT, HEAD, METADATA, SNOOZE
from lakehouse.clock import now
from lakehouse.errors import CallerError, InternalError

KIM = Actor("kim", "officer", "030")


def put_off(change: Change, shipment_id: str) -> None:
    account = change.read(text("SELECT id FROM account ORDER BY id")).scalars().first()
    change.upsert(SNOOZE, {"shipment_id": shipment_id, "office_code": "030", "account_id": account, "made_at": now(), "until": now(), "reason": ""})


def fill(database: Database, rows: int = 5) -> None:
    for number in range(rows):
        with database.change(KIM) as change:
            put_off(change, f"s{number}")
            change.note("snooze.made", f"s{number}", None, {"수량": 1.5, "at": now()}, "까닭 <b>")


def verified(database: Database, noted: tuple[str, ...] = ()) -> audit.Verified:
    with database.reading() as connection:
        return audit.verify(connection, noted)


def test_migrations_lead_to_the_declared_tables(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.prepare()


def test_instants_come_back_as_they_were(database: Database) -> None:
    fill(database, 1)
    with database.reading() as connection:
        until = connection.execute(select(SNOOZE.c.until)).scalar_one()
    assert abs((now() - until).total_seconds()) < 60 and until.utcoffset().total_seconds() == 9 * 3600


def test_a_change_without_an_audit_row_is_not_kept(database: Database) -> None:
    with pytest.raises(InternalError), database.change(KIM) as change:
        put_off(change, "s1")
    with database.reading() as connection:
        assert connection.execute(select(SNOOZE)).first() is None


def test_where_audit_cannot_be_written_nothing_is_kept(database: Database) -> None:
    with database.housekeeping() as connection:
        connection.execute(text("DROP TABLE audit"))
    with pytest.raises(InternalError, match="cannot be used"), database.change(KIM) as change:
        put_off(change, "s1")
        change.note("snooze.made", "s1")
    with database.reading() as connection:
        assert connection.execute(select(SNOOZE)).first() is None


def test_the_audit_is_whole(database: Database) -> None:
    had = verified(database).rows
    fill(database)
    found = verified(database)
    assert found.is_whole and found.rows == had + 5


@pytest.mark.parametrize("fault", ["edit", "delete", "delete_first", "reorder", "cut_tail", "cut_tail_and_head", "forge_row"])
def test_tampering_is_found(database: Database, fault: str) -> None:
    fill(database)
    whole = verified(database)
    last = whole.rows
    with database.housekeeping() as c:
        if fault == "edit":
            c.execute(update(AUDIT).where(AUDIT.c.number == last - 2).values(why="anders"))
        elif fault.startswith("delete"):
            c.execute(delete(AUDIT).where(AUDIT.c.number == (1 if fault == "delete_first" else last - 2)))
        elif fault == "reorder":
            for old, new in ((last, 10_000), (last - 1, last), (10_000, last - 1)):
                c.execute(update(AUDIT).where(AUDIT.c.number == old).values(number=new))
        elif fault == "forge_row":
            c.execute(insert(AUDIT).values(number=last + 1, at="x", who="kim", action="x", subject="x", hash="0" * 64))
        else:
            c.execute(delete(AUDIT).where(AUDIT.c.number > last - 2))
            if fault == "cut_tail_and_head":
                kept = c.execute(select(AUDIT.c.hash).where(AUDIT.c.number == last - 2)).scalar_one()
                c.execute(update(HEAD).values(number=last - 2, hash=kept))
    # A cut that mends the head too, like an older copy put back, is found by the head noted elsewhere.
    assert not verified(database, (whole.head,)).is_whole


def test_the_head_is_noted_once_a_day(database: Database, tmp_path: Path) -> None:
    fill(database)
    file = tmp_path / "elsewhere" / "heads.jsonl"
    with database.reading() as connection:
        assert audit.note_head(connection, file) and not audit.note_head(connection, file)
    [noted] = audit.noted_heads(file)
    assert noted["hash"] == verified(database).head and json.loads(file.read_text())["number"] == verified(database).rows


def test_addresses_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CallerError):
        Database(f"sqlite:///{tmp_path / 'file' / 'd.db'}").prepare()
    with pytest.raises(CallerError):
        Database("no address")
    with pytest.raises(InternalError, match="cannot be used"):
        Database("postgresql+psycopg://haechi@127.0.0.1:1/none").prepare()
