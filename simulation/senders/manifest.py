"""Ocean carriers file a manifest (CUSCAR) for each master bill, with one consignment a house."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from simulation.edi import ORIGINAL, REPLACEMENT, at_minute, interchange, main_carriage, released
from simulation.happened import Happened, Record
from simulation.ledger import About
from simulation.outbox import CORRECTED, MISTAKEN, Batch, Post
from simulation.places import TERMINALS
from simulation.vessels import VESSELS

_FORM = "CUSCAR:D:95B:UN:1.4"


def lines(happened: Happened) -> list[Post]:
    """The manifest of each master bill when it is filed; an amendment replaces it whole."""
    shipments, boxes = happened.shipments, happened.containers
    houses: dict[int, list[int]] = defaultdict(list)
    contained: dict[int, list[Record]] = defaultdict(list)
    for box in boxes:
        contained[box["master"]].append(box)
    for row, master in enumerate(happened.cargo["master"].tolist()):
        if master in contained:
            houses[master].append(row)
    masters = sorted(houses)
    firsts = [houses[master][0] for master in masters]
    leaves = happened.seconds("t_manifest")[firsts]
    expected = happened.calendar.minutes(np.array([contained[master][0]["t_eta"] for master in masters], dtype=np.int64))

    def write(batch: Batch) -> list[str]:
        texts = []
        for place, version, at in zip(batch.rows, batch.versions, happened.calendar.minutes(batch.issued), strict=True):
            master = masters[place]
            cargo = [shipments[row] for row in houses[master]]
            if version == MISTAKEN:
                cargo[place % len(cargo)] = _mistaken(place, cargo[place % len(cargo)])
            function = REPLACEMENT if version == CORRECTED else ORIGINAL
            said = [f"BGM+85+{cargo[0]['mrn']}{cargo[0]['msn']:04d}+{function}", at_minute("137", at)]
            said += _header(cargo[0], expected[place], contained[master])
            for number, row in enumerate(cargo, 1):
                said += _consignment(number, row, contained[master])
            said += [f"CNT+16:{len(contained[master])}", f"CNT+10:{len(cargo)}"]
            reference = f"M{happened.lot.number:03d}{place:07d}"
            texts.append(interchange(_FORM, cargo[0]["carrier_sign"], "KRCUSTOMS", at, reference, said))
        return texts

    names = [shipments[row]["master_bl"] for row in firsts]
    many = np.array([len(houses[master]) for master in masters], dtype=np.int64)
    rows = [row for master in masters for row in houses[master]]
    about = About([f"{shipments[row]['master_bl']}|{shipments[row]['house_bl']}" for row in rows], np.array(rows, dtype=np.int64),
                  message=np.repeat(np.arange(len(masters)), many), parties=_parties([shipments[row] for row in rows]))
    return [Post("manifest", "manifests", leaves, write, names, ".edi", many, about=about)]


def _parties(rows: list[Record]) -> dict[str, list[str]]:
    """Who is named; the notify party is the consignee."""
    named = {"consignor": "consignor", "consignee": "importer", "notify": "importer", "forwarder": "forwarder"}
    return {role: [row[f"{who}_party"] for row in rows] for role, who in named.items()} | {
        "vessel": [VESSELS[row["craft"]].party for row in rows]}


def _header(row: Record, expected: str, boxes: list[Record]) -> list[str]:
    """What all houses share: manifest number, carrier, vessel, arrival, and the containers with their seals."""
    said = [
        f"RFF+ABT:{row['mrn']}", f"NAD+CA+{row['carrier_sign']}:172:20",
        main_carriage(row["voyage_no"], row["carrier_sign"], VESSELS[row["craft"]], row["flag"]),
        f"LOC+60+{row['locode']}:139:6", at_minute("132", expected),
    ]
    for box in boxes:
        said.append(f"EQD+CN+{box['container_no']}+{box['size_type']}:102:5++3+5")
        if box["is_seal_told"]:
            said.append(f"SEL+{box['seal_loaded']}+CA")
            if box["seal_second"]:
                said.append(f"SEL+{box['seal_second']}+SH")
    return said


def _consignment(number: int, row: Record, boxes: list[Record]) -> list[str]:
    """One house: bills, goods, weight, parties, and its packages by container."""
    packages = row["bill_packages"]
    shares = [(boxes[0], packages)] if len(boxes) == 1 else [(box, box["packages"]) for box in boxes]
    return [
        f"CNI+{number}+{row['house_bl']}", f"RFF+BM:{row['master_bl']}", f"RFF+BH:{row['house_bl']}",
        f"RFF+AAQ:{row['cargo_control_no']}", f"CNT+11:{packages}:{row['package_unit']}",
        f"LOC+9+{row['load_port']}:139:6", f"LOC+11+{row['locode']}:139:6+{TERMINALS[row['entry']]}:TER:ZZZ",
        f"LOC+7+{row['delivery_place']}:139:6",
        f"NAD+CZ+{row['seller_id']}:160:ZZZ++{released(row['seller_latin'])}+{row['serial'] % 900 + 1} INDUSTRIAL RD"
        f"+{released(row['seller_city'])}+++{row['seller_country']}",
        f"NAD+CN+{row['importer_business_no']}:167:ZZZ++{released(row['importer_latin'])}+KOREA+++{row['importer_postcode']}+KR",
        f"COM+{row['importer_phone']}:TE", "NAD+NI+++SAME AS CONSIGNEE",
        f"NAD+FW+{row['forwarder_sign']}:172:20++{released(row['forwarder_latin'])}",
        f"GID+1+{packages}:{row['package_unit']}", f"FTX+AAA+++{released(row['cargo_words'])}",
        f"MEA+AAE+G+KGM:{row['bill_gross_kg']:.1f}",
        *(f"SGP+{box['container_no']}+{many}" for box, many in shares),
    ]


def _mistaken(place: int, row: Record) -> Record:
    """What a clerk typed first: a package too many, a weight of another line, or letters of a name that changed places."""
    if place % 3 == 0:
        return row | {"bill_packages": row["bill_packages"] + 1 + place % 5}
    if place % 3 == 1:
        return row | {"bill_gross_kg": row["bill_gross_kg"] * (1.03 + place % 9 / 20)}
    name = row["importer_latin"]
    return row | {"importer_latin": name[1] + name[0] + name[2:]}
