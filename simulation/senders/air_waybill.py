"""Airlines send the master air waybill (XFWB), forwarders the houses under it (XFZB), before the flight lands."""

from __future__ import annotations

from xml.sax.saxutils import escape

import numpy as np

from simulation.cargo import AIR
from simulation.draws import Ints, groups_of, stream
from simulation.happened import Happened, Record
from simulation.ledger import MASTER, About
from simulation.outbox import CORRECTED, MISTAKEN, Batch, Post
from simulation.passage import FLIGHT_HOURS
from simulation.places import COUNTRIES
from simulation.timing import HOUR
from simulation.waybill_xml import CREATION, UPDATE, Issue, Load, dashed, house_xml, master_xml

_LATIN = ("importer_latin", "seller_latin", "forwarder_latin")
# What an airline charges a consolidator, who charges each house by itself and more.
_WHOLESALE = 0.7


def airlines(happened: Happened) -> list[Post]:
    """The houses' waybills a while before the manifest, then the master's; a correction is an update of the same number."""
    shipments, calendar = happened.shipments, happened.calendar
    flown = np.flatnonzero((happened.cargo["mode"] == AIR).to_numpy())
    rows = flown.tolist()
    rng = stream(happened.lot.seed, "airlines")
    manifest = happened.seconds("t_manifest")[flown]
    hours = np.array([FLIGHT_HOURS[country.code] for country in COUNTRIES])[happened.cargo["load_country"].to_numpy()[flown]]
    departs = calendar.iso(happened.seconds("t_arrival")[flown] - hours * HOUR)
    masters = [[rows[place] for place in group] for group in groups_of(happened.cargo["master"].to_numpy()[flown])]
    leads = [flown.searchsorted(group[0]).item() for group in masters]
    escaped = {row: shipments[row] | {name: escape(shipments[row][name]) for name in _LATIN} for row in rows}
    charged = (rng.uniform(0.97, 1.03, len(rows)) * happened.cargo["freight_usd"].to_numpy()[flown]).tolist()
    loads = {row: _load(shipments[row], charge) for row, charge in zip(rows, charged, strict=True)}
    wholes = [_whole([loads[row] for row in group]) for group in masters]
    whole_of = {row: whole for group, whole in zip(masters, wholes, strict=True) for row in group}

    def issues(batch: Batch, mark: str) -> list[Issue]:
        return [Issue(f"{mark}{happened.lot.number:03d}{place:07d}", f"{at}+09:00", UPDATE if version == CORRECTED else CREATION)
                for place, version, at in zip(batch.rows, batch.versions, calendar.iso(batch.issued), strict=True)]

    def write_houses(batch: Batch) -> list[str]:
        return [house_xml(escaped[rows[place]], issue, _said(loads[rows[place]], version), whole_of[rows[place]], departs[place])
                for place, version, issue in zip(batch.rows, batch.versions, issues(batch, "H"), strict=True)]

    def write_masters(batch: Batch) -> list[str]:
        return [master_xml(escaped[masters[place][0]], issue, _said(wholes[place], version), departs[leads[place]], len(masters[place]))
                for place, version, issue in zip(batch.rows, batch.versions, issues(batch, "W"), strict=True)]

    ahead = (rng.uniform(0.4, 2.5, len(rows)) * HOUR).astype(np.int64)
    houses_leave, masters_leave = (np.maximum(at, 60) for at in (manifest - ahead, manifest[leads] - ahead[leads] // 4))
    bills = [f"{shipments[row]['master_bl']}_{shipments[row]['house_bl']}" for row in rows]
    return [Post("air_waybill", "houses", houses_leave, write_houses, bills, about=_of_houses([shipments[row] for row in rows], flown)),
            Post("air_waybill", "masters", masters_leave, write_masters, [shipments[group[0]]["master_bl"] for group in masters],
                 about=_of_masters([shipments[group[0]] for group in masters], masters))]


def _of_houses(rows: list[Record], flown: Ints) -> About:
    return About([f"{dashed(row['master_bl'])}|{row['house_bl']}" for row in rows], flown,
                 parties={"consignor": [row["consignor_party"] for row in rows], "consignee": [row["importer_party"] for row in rows]})


def _of_masters(rows: list[Record], groups: list[list[int]]) -> About:
    """A master names the forwarder, and its agent abroad, who is another firm."""
    forwarders = [row["forwarder_party"] for row in rows]
    return About([f"{dashed(row['master_bl'])}|" for row in rows], np.array([row for group in groups for row in group], dtype=np.int64),
                 of=np.repeat(np.arange(len(groups)), [len(group) for group in groups]), level=MASTER,
                 parties={"consignor": [f"agent_of_{one}" for one in forwarders], "consignee": forwarders})


def _load(row: Record, charge: float) -> Load:
    return Load(row["bill_gross_kg"], row["bill_packages"], charge, row["terms"] in ("CIF", "CFR"))


def _whole(loads: list[Load]) -> Load:
    return Load(sum(load.gross_kg for load in loads), sum(load.pieces for load in loads), _WHOLESALE * sum(load.charge_usd for load in loads), True)


def _said(load: Load, version: int) -> Load:
    """The load, or what a clerk typed first."""
    return load._replace(gross_kg=load.gross_kg * 1.1 + 1, pieces=load.pieces + 1) if version == MISTAKEN else load
