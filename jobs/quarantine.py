"""The quarantine as people work it: refusals with what became of each, browsed without Spark, and dismissed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feeds.pseudonym import hide, pseudonym_key, pseudonymise
from feeds.registry import BY_NAME
from feeds.vault.store import Gathered, VaultAccess, prepare
from jobs.journal import Journal
from jobs.lease import lease
from jobs.query import EVERY, Answer, ask
from lakehouse.clock import KOREA, now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.ops import HOLD, REPLAY
from lakehouse.settings import Settings
from lakehouse.table import Table

# What settles a refusal; one that was only refused again stays open.
SETTLED = ("accepted", "duplicate", "dismissed")
_EXCERPT = 160
_COLUMNS = "refusal_id, known_at, file, position, ordinal, code, message_ko, message_en, sender, raw, envelope, sha256, batch_id"


@dataclass(frozen=True)
class Asked:
    """Which refusals are meant: of some feeds, a code, a file, by their numbers, since an instant; settled ones too where `all`."""

    feeds: tuple[str, ...] = ()
    code: str = ""
    file: str = ""
    ids: tuple[str, ...] = ()
    since: datetime | None = None
    all: bool = False

    @property
    def tables(self) -> list[Table]:
        """The tables that tell of them."""
        return [*(BY_NAME[feed].quarantine for feed in self.feeds or BY_NAME), REPLAY, HOLD]

    def sql(self) -> tuple[str, list[Any]]:
        """DuckDB SQL of the refusals, each with its `state`: open, what settled it, or dropped with its batch; and the values it asks for."""
        kept = " UNION ALL ".join(f"SELECT '{feed}' AS feed, {_COLUMNS} FROM quarantine.{feed}" for feed in self.feeds or BY_NAME)
        stated = f"""
            SELECT r.*, coalesce(done.outcome, CASE WHEN h.state = 'dropped' THEN h.state END, 'open') AS state FROM ({kept}) r
            LEFT JOIN (SELECT refusal_id, arg_min(outcome, done_at) AS outcome FROM ops.replay WHERE outcome IN {SETTLED} GROUP BY refusal_id) done
                ON done.refusal_id = r.refusal_id
            LEFT JOIN ops.hold h ON h.feed = r.feed AND h.batch_id = r.batch_id"""
        wanted: list[tuple[str, Any]] = [("code = ?", self.code), ("file = ?", self.file), ("refusal_id IN (SELECT unnest(?))", list(self.ids)),
                                         ("known_at >= ?", self.since), ("state = ?", "" if self.all else "open")]
        given = [(condition, value) for condition, value in wanted if value]
        where = " AND ".join(condition for condition, _ in given) or "true"
        return f"SELECT * FROM ({stated}) WHERE {where}", [value for _, value in given]


def pseudonymised(text: str, settings: Settings) -> str:
    """A text as it may be kept."""
    return pseudonymise(text, pseudonym_key(settings))


def entrusted(text: str, lake: Lake, settings: Settings) -> str:
    """A record's text as it may be kept, what was personal in it kept in the vault."""
    access, personal = VaultAccess.of(settings, lake.folder), Gathered()
    hidden = hide(text, access.pseudonym_key)
    personal.add(hidden.values, int(now().timestamp()))
    prepare(access)
    personal.keep(access)
    return hidden.text


def asked_of(lake: Lake, asked: Asked, select: str, limit: int = EVERY) -> Answer:
    """The answer to a SELECT over the refusals asked for, which `{}` stands for."""
    sql, values = asked.sql()
    return ask(lake, asked.tables, select.format(f"({sql})"), values, limit)


def listed(lake: Lake, asked: Asked, limit: int) -> dict[str, Any]:
    """Refusals, the newest first, and how many there are in all."""
    found = asked_of(lake, asked, f"""
        SELECT refusal_id AS id, known_at, feed, file, position, code, message_ko, message_en, left(raw, {_EXCERPT}) AS excerpt, state
        FROM {{}} ORDER BY known_at DESC, feed, file, ordinal""", limit)
    [[total]] = asked_of(lake, asked, "SELECT count(*) FROM {}").rows
    return {"refusals": found.dicts(), "total": total, "truncated": found.truncated}


def counted(lake: Lake, asked: Asked) -> list[dict[str, Any]]:
    """How many refusals are open and how many settled, by feed and code."""
    return asked_of(lake, asked, """
        SELECT feed, code, count(*) FILTER (state = 'open') AS "open", count(*) FILTER (state <> 'open') AS settled
        FROM {} GROUP BY feed, code ORDER BY 3 DESC, feed, code""").dicts()


def known(lake: Lake, refusal_id: str) -> dict[str, Any]:
    """Everything about one refusal, with what was done about it; CallerError where there is none of that number."""
    found = asked_of(lake, Asked(ids=(refusal_id,), all=True), "SELECT refusal_id AS id, * EXCLUDE refusal_id FROM {}", 1).dicts()
    if not found:
        raise CallerError("refusal.unknown", f"No refusal has the number {refusal_id}", "See haechi quarantine list --all.")
    done = ask(lake, (REPLAY,), """
        SELECT action, outcome, found_code, reason, who, done_at, batch_id FROM ops.replay WHERE refusal_id = ? ORDER BY done_at""", [refusal_id])
    return {**found[0], "history": done.dicts()}


def open_one(lake: Lake, refusal_id: str) -> dict[str, Any]:
    """One refusal that is still open; CallerError where it is settled."""
    found = known(lake, refusal_id)
    if found["state"] != "open":
        raise CallerError("refusal.settled", f"Refusal {refusal_id} is settled: {found['state']}", f"See haechi quarantine show {refusal_id}.")
    return found


def dismiss(lake: Lake, ids: Sequence[str], reason: str, who: str) -> list[dict[str, Any]]:
    """Settle refusals that will not be corrected; they stay in history. What they were."""
    with lease(lake.folder, "quarantine dismiss"):
        lake.reread()
        Journal(lake).make_way()
        found = [open_one(lake, refusal_id) for refusal_id in dict.fromkeys(ids)]
        at = datetime.now(KOREA)
        lake.append_rows([{
            "refusal_id": one["id"], "feed": one["feed"], "file": one["file"], "position": one["position"], "action": "dismissed",
            "code": one["code"], "outcome": "dismissed", "reason": reason, "who": who, "done_at": at, "known_at": now(),
        } for one in found], REPLAY)
    return found
