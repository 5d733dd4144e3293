"""Parties as analysts work with them: whom a party holds and why, mentions cut and restored, everything linked anew."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from fusion.parties.relink import relink
from fusion.parties.store import opened
from fusion.party_tables import PARTY_CUT, PARTY_MEMBER, PARTY_REDIRECT
from fusion.tables import PARTY, PARTY_MENTION
from jobs.context import Counts, Run
from jobs.journal import Journal
from jobs.lease import lease
from jobs.manifest import latest
from jobs.query import ask
from jobs.train import registry_of
from lakehouse.clock import now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake


@dataclass(frozen=True)
class Said:
    """A mention by the record it stands in and its role there."""

    feed: str
    record_key: str
    role: str


def acted_at(lake: Lake, given: datetime | None) -> datetime:
    """When an act of an analyst is known: now, or when it says, but after what is published: the past is left as it was."""
    published = latest(lake)
    if given is None:
        return max(now(), published.at + timedelta(seconds=1)) if published else now()
    if published and given <= published.at:
        raise CallerError("act.past", f"{given.isoformat()} is not after the last published run ({published.as_of})", "Give a later time, or none.")
    return given


def show(lake: Lake, party: str, limit: int) -> dict[str, Any]:
    """A party as it stands: its id now, former ids, mentions with what each rests on, and cuts from it."""
    redirected = ask(lake, (PARTY_REDIRECT,), "SELECT into_party_id FROM gold.party_redirect WHERE party_id = ?", [party]).rows
    party_id = redirected[0][0] if redirected else party
    known = ask(lake, (PARTY,), "SELECT party_id, name, identifier, known_at FROM gold.party WHERE party_id = ?", [party_id]).dicts()
    mentions = ask(lake, (PARTY_MENTION, PARTY_MEMBER), """
        SELECT m.feed, m.record_key, m.role, m.name, m.identifier, m.country, m.is_disguised, m.known_at, b.weight, b.generation
        FROM gold.party_mention m LEFT JOIN gold.party_member b USING (text_id) WHERE m.party_id = ?
        ORDER BY m.known_at, m.feed, m.record_key, m.role""", [party_id]).dicts()
    if not known and not mentions:
        raise CallerError("party.unknown", f"No party has the id {party}", "See gold.party_mention by haechi sql.")
    cuts = ask(lake, (PARTY_CUT,), """SELECT feed, record_key, role, reason, who, known_at FROM gold.party_cut WHERE party_id = ? AND NOT is_restored
                                      ORDER BY known_at, feed, record_key""", [party_id]).dicts()
    former = ask(lake, (PARTY_REDIRECT,), "SELECT party_id FROM gold.party_redirect WHERE into_party_id = ? ORDER BY 1", [party_id]).rows
    names = sorted({one["name"] for one in mentions if one["name"]})
    return {"party_id": party_id, "former_ids": [row[0] for row in former], "known_at": (known or mentions)[0]["known_at"], "names": names[:limit],
            "mentions": mentions[:limit], "total": len(mentions), "cuts": cuts}


def cut(lake: Lake, said: Said, reason: str, who: str, at: datetime | None) -> dict[str, Any]:
    """Cut a mention from the party it is of; the next run gives it one of its own, and it stays apart from the former."""
    return _act(lake, said, reason, who, at, is_restored=False)


def restore(lake: Lake, said: Said, reason: str, who: str, at: datetime | None) -> dict[str, Any]:
    """Take a cut back; the next run links the mention again."""
    return _act(lake, said, reason, who, at, is_restored=True)


def _act(lake: Lake, said: Said, reason: str, who: str, at: datetime | None, is_restored: bool) -> dict[str, Any]:
    with lease(lake.folder, "parties restore" if is_restored else "parties cut"):
        lake.reread()
        Journal(lake).make_way()
        key = [said.feed, said.record_key, said.role]
        found = ask(lake, (PARTY_MENTION,), "SELECT party_id FROM gold.party_mention WHERE feed = ? AND record_key = ? AND role = ?", key).rows
        if not found:
            raise CallerError("mention.unknown", f"{said.feed} {said.record_key} names no {said.role}",
                              "See gold.party_mention by haechi sql for feed, record_key and role.")
        standing = ask(lake, (PARTY_CUT,), """
            SELECT party_id FROM gold.party_cut WHERE feed = ? AND record_key = ? AND role = ? AND NOT is_restored""", key).rows
        if is_restored and not standing:
            raise CallerError("cut.none", f"{said.feed} {said.record_key} {said.role} is not cut from a party", "See haechi parties show ID.")
        parties = [row[0] for row in standing] if is_restored else [found[0][0]]
        known_at = acted_at(lake, at)
        # The text of a mention that is cut is its own, whatever other records say in the same words.
        number = int.from_bytes(sha256("|".join(key).encode()).digest()[:8], "big", signed=True)
        lake.append_rows([{**asdict(said), "party_id": party, "text_id": number, "is_restored": is_restored, "reason": reason, "who": who,
                           "known_at": known_at} for party in parties], PARTY_CUT)
    return {**asdict(said), "parties": parties, "state": "restored" if is_restored else "cut", "known_at": known_at.isoformat()}


def run(run: Run) -> Counts:
    """Link every text anew under a new generation; what moved is left in the run's notes."""
    with opened(run.known, run.as_of, run.settings["parties.memory"]) as store:
        report, estimated = relink(store, run.settings)
    if estimated:
        registry_of(run.lake, run.settings).keep_linkage(estimated.number, estimated.told, run.business_date)
    run.notes["relinked"] = report
    return Counts(report["texts"], report["moved"])


def lines(report: dict[str, Any]) -> Sequence[tuple[str, Any]]:
    """What a relink moved, for people."""
    return [(name.replace("_", " "), ", ".join(value) if isinstance(value, list) else value) for name, value in report.items()]
