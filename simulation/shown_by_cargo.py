"""What shows of cargo: the declaration beside bill, cargo service, terminal, carrier, registry and scan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from simulation.cargo import AIR, FCL
from simulation.draws import Bools, Ints
from simulation.goods import GOODS
from simulation.happened import Happened
from simulation.ledger import members
from simulation.money import PREMIUM
from simulation.scans import CONTAINER, LOOKS
from simulation.shown import BOX_KG, BOX_RATIO, CLOCK_SECONDS, WEIGHT_KG, WEIGHT_RATIO, Shown, Side, Type, apart
from simulation.signs import INSURED_RATIO, tied
from simulation.slots import DAY

_DECLARED, _PROGRESS = ("declaration", "declarations"), ("cargo_progress", "progress")
_BILL, _WAYBILL = ("manifest", "manifests"), ("air_waybill", "houses")
_TRACK, _LANDED, _GATE = ("carrier_event", "events"), ("terminal_event", "discharges"), ("terminal_event", "gate-outs")
_REGISTRY = ("party_registry", "")


def shown_by_cargo(happened: Happened) -> Iterator[Shown]:
    """Everything that shows of a lot's cargo."""
    main = happened.items[happened.items["seq"] == 1].reset_index(drop=True)
    yield from _amounts(happened)
    yield from _origins(happened, main)
    yield from _names(happened, main)
    yield from _boxes(happened)
    yield from _scanned(happened, main)


def _bills(happened: Happened, type_: Type, rule: str, which: Bools, left: pd.Series, right: pd.Series) -> Iterator[Shown]:
    """The declaration beside the bill: the manifest's by sea, the waybill's by air."""
    is_air = (happened.cargo["mode"] == AIR).to_numpy()
    for source, among in ((_BILL, ~is_air), (_WAYBILL, is_air)):
        yield _shown(type_, rule, which & among, (_DECLARED, left), (source, right))


def _shown(type_: Type, rule: str, which: Bools, left: tuple[tuple[str, str], pd.Series], right: tuple[tuple[str, str], pd.Series]) -> Shown:
    rows = np.flatnonzero(which)
    return Shown(type_, rule, rows, Side(*left[0], left[1].to_numpy()[rows]), Side(*right[0], right[1].to_numpy()[rows]))


def _amounts(happened: Happened) -> Iterator[Shown]:
    """Weights, packages, and what was insured beside what is invoiced."""
    cargo = happened.cargo
    is_in = (cargo["t_carried_in"] < happened.lot.days * DAY).to_numpy()
    gross, packages = cargo["declared_gross_kg"], cargo["declared_packages"]
    for seen, rule, among in (("bill", "bill", np.ones(len(cargo), dtype=np.bool_)), ("measured", "carried_in", is_in)):
        kg, pieces = cargo[f"{seen}_gross_kg"], cargo[f"{seen}_packages"]
        is_other_kg, is_other = apart(gross, kg, WEIGHT_RATIO, WEIGHT_KG) & among, (pieces != packages).to_numpy() & among
        yield _shown("weight", f"{rule}_weight", is_other_kg, (_DECLARED, gross), (_PROGRESS, kg))
        yield _shown("packages", f"{rule}_packages", is_other, (_DECLARED, packages), (_PROGRESS, pieces))
        if seen == "bill":
            yield from _bills(happened, "weight", "bill_weight", is_other_kg, gross, kg)
            yield from _bills(happened, "packages", "bill_packages", is_other, packages, pieces)
    insured = (cargo["insurance_krw"] / cargo["krw_per_usd"] / PREMIUM).round(2)
    is_dear = ((insured > INSURED_RATIO * cargo["invoice_usd"]) & (cargo["insurance_krw"] > 0)).to_numpy()
    yield _shown("value", "insured", is_dear, (_DECLARED, cargo["invoice_usd"]), (_DECLARED, insured))


def _origins(happened: Happened, main: pd.DataFrame) -> Iterator[Shown]:
    """Declared origin beside certificate, dispatch and loading; declared dispatch beside loading."""
    cargo, origin = happened.cargo, main["origin_code"]
    load, sent = cargo["load_code"], cargo["export_code"]
    claimed = happened.items[happened.items["regime"].str.startswith("F")].drop_duplicates("ship").set_index("ship").reindex(range(len(cargo)))
    is_claimed, is_certified = claimed["regime"].notna().to_numpy(), (cargo["certificate_flag"] == "Y").to_numpy()
    used = claimed["declared_net_kg"].round(1)
    total = (used / cargo["certificate_overuse"]).round(1)
    yield _shown("origin", "no_certificate", is_claimed & ~is_certified, (_DECLARED, claimed["regime"]), (_DECLARED, cargo["certificate_flag"]))
    yield _shown("origin", "certificate_country", is_claimed & is_certified & (cargo["certificate_code"] != claimed["origin_code"]).to_numpy(),
                 (_DECLARED, claimed["origin_code"]), (_DECLARED, cargo["certificate_code"]))
    yield _shown("origin", "certificate_used", is_claimed & is_certified & (used > total + 0.05).to_numpy(), (_DECLARED, used), (_DECLARED, total))
    yield _shown("origin", "dispatch", (origin != sent).to_numpy(), (_DECLARED, origin), (_DECLARED, sent))
    yield _shown("origin", "loading", (origin != load).to_numpy(), (_DECLARED, origin), (_PROGRESS, load))
    yield _shown("route", "dispatch_loading", (sent != load).to_numpy(), (_DECLARED, sent), (_PROGRESS, load))


def _names(happened: Happened, main: pd.DataFrame) -> Iterator[Shown]:
    """Goods and parties by name."""
    cargo, agents = happened.cargo, happened.agents
    code = main["hs10"]
    yield _shown("goods", "words", (main["described_good"] != main["declared_good"]).to_numpy(), (_DECLARED, main["trade_name"]), (_DECLARED, code))
    is_other = (cargo["bill_good"].to_numpy() != main["declared_good"].to_numpy()) & (cargo["bill_words"] == "").to_numpy()
    yield from _bills(happened, "goods", "bill_words", is_other, code, cargo["cargo_words"])
    yield from _bills(happened, "identity", "seller_name", (cargo["alias_style"] > 0).to_numpy(), cargo["seller_name"], cargo["seller_latin"])
    importer, seller = cargo["importer"].to_numpy(), cargo["seller"].to_numpy()
    is_known = (agents.sellers["is_tie_known"] & agents.sellers["is_registered"]).to_numpy()[seller]
    is_known &= agents.importers["is_registered"].to_numpy()[importer]
    is_untold = cargo["is_related"].to_numpy(dtype=bool) & ~cargo["is_relation_told"].to_numpy(dtype=bool) & is_known
    told = cargo["relation_code"].replace("", "none")
    yield _shown("identity", "relation", is_untold, (_DECLARED, told), (_REGISTRY, cargo["seller_party"]))
    penalised = pd.Series("penalised", cargo.index)
    yield _shown("identity", "ties", tied(agents, cargo, main), (_DECLARED, cargo["importer_party"]), (_REGISTRY, penalised))


def _boxes(happened: Happened) -> Iterator[Shown]:
    """What terminals and carriers saw of the containers."""
    cargo, boxes, calendar, end = happened.cargo, happened.boxes, happened.calendar, happened.lot.days * DAY
    ship = boxes["ship"].to_numpy(dtype=np.int64)
    full = (cargo["mode"] == FCL).to_numpy()[ship]
    load = cargo["load_code"].to_numpy(dtype=object)[ship]

    def each(type_: Type, rule: str, which: Bools, left: Side, right: Side) -> Shown:
        # The first of a shipment's containers that shows it.
        places = np.flatnonzero(np.asarray(which, dtype=np.bool_))
        places = places[np.unique(ship[places], return_index=True)[1]]
        sides = (Side(side.feed, side.post, np.asarray(side.values)[places]) for side in (left, right))
        return Shown(type_, rule, ship[places], *sides)

    is_read = (boxes["is_seal_read"] & boxes["is_seal_told"]).to_numpy()
    yield each("seal", "seal", full & is_read & (boxes["seal_loaded"] != boxes["seal_landed"]).to_numpy(),
               Side(*_BILL, boxes["seal_loaded"]), Side(*_LANDED, boxes["seal_landed"]))
    for rule, port in (("first_loading", "origin_port"), ("empty_pick_up", "pick_up_port")):
        found = boxes[port].str[:2].to_numpy(dtype=object)
        yield each("route", rule, full & (found != load), Side(*_BILL, load), Side(*_TRACK, found))
    told = cargo["delivery_place"].to_numpy()[ship]
    yield each("route", "delivery", full & (boxes["gate_shed"] == "").to_numpy() & (boxes["gate_place"].to_numpy() != told),
               Side(*_BILL, told), Side(*_GATE, boxes["gate_place"]))
    released, out = happened.seconds("t_released")[ship], boxes["t_gate_out"].to_numpy(dtype=np.int64)
    is_early = (out < released - CLOCK_SECONDS) & (released < end) & (boxes["gate_shed"] == "").to_numpy() & full
    yield each("timing", "gate_before_release", is_early, Side(*_PROGRESS, calendar.iso(np.minimum(released, end))), Side(*_GATE, calendar.iso(out)))
    yield from _masses(happened)


def _masses(happened: Happened) -> Iterator[Shown]:
    """All containers of a bill less tare beside all its houses: as the shipper verified, and over a weighbridge where all were weighed."""
    cargo, boxes = happened.cargo, happened.boxes
    masters, of = np.unique(boxes["master"].to_numpy(dtype=np.int64), return_inverse=True)
    of = of.reshape(-1)
    many = np.bincount(of)
    bill = np.bincount(cargo["master"], cargo["bill_gross_kg"], int(cargo["master"].max()) + 1)[masters]
    at_gate = (boxes["ship"] % 4 != 3).to_numpy()
    for rule, column, source, is_weighed in (("verified_mass", "vgm_kg", _LANDED, np.ones(len(boxes), dtype=np.bool_)),
                                             ("gate_weight", "weighed_kg", _GATE, at_gate)):
        net = np.bincount(of, boxes[column] - boxes["tare_kg"], len(masters))
        is_apart = apart(bill, net, BOX_RATIO, 0) & (np.abs(net - bill) > BOX_KG * many) & (np.bincount(of, is_weighed, len(masters)) == many)
        chosen = np.flatnonzero(is_apart)
        within, rows = members(cargo["master"].to_numpy(dtype=np.int64), masters[chosen])
        yield Shown("weight", rule, rows, Side(*_BILL, bill[chosen][within].round(1)), Side(*source, net[chosen][within].round(1)))


def _scanned(happened: Happened, main: pd.DataFrame) -> Iterator[Shown]:
    """What a scan shows that the declared goods do not look like, or an operator suspects."""
    master, declared = happened.cargo["master"].to_numpy(dtype=np.int64), main["declared_good"].tolist()
    seen: dict[int, tuple[str, float]] = {}
    for scan in happened.scans:
        look = LOOKS[declared[scan.row]]
        odd = [label for label in scan.labels if not look or label[0] != look[0]] or (scan.labels if scan.result == "suspect" else [])
        for row in (_beside(master, scan.row) if scan.kind == CONTAINER else [scan.row]) if odd else ():
            seen.setdefault(row, max(odd, key=lambda label: label[1]))
    rows = np.array(sorted(seen), dtype=np.int64)
    labels, sure, goods = [], [], []
    for row in rows.tolist():
        labels.append(seen[row][0])
        sure.append(seen[row][1])
        goods.append(GOODS[declared[row]].trade_names[0])
    yield Shown("screening", "scan", rows, Side("screening", "cargo-scans", labels, sure), Side(*_DECLARED, goods))


def _beside(master: Ints, row: int) -> list[int]:
    return [int(other) for other in np.flatnonzero(master == master[row])]
