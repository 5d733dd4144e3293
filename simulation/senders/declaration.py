"""Customs brokers send declarations, some still in the encodings of old."""

from __future__ import annotations

import numpy as np

from simulation.declaration_xml import declaration_xml
from simulation.draws import stream
from simulation.happened import Filed, Record, records_of
from simulation.ledger import About
from simulation.outbox import CORRECTED, MISTAKEN, Batch, Post
from simulation.slots import DAY
from simulation.wire import positions

ROLES = ("importer", "payer", "seller", "supplier", "exporter", "forwarder", "broker")


def brokers(happened: Filed) -> list[Post]:
    """Each shipment's declaration when it is filed."""
    lot, shipments, items = happened.lot, happened.shipments, records_of(happened.items)
    first = positions(happened.items, len(shipments)).tolist()
    is_old = (stream(lot.seed, "old encodings").random(len(shipments)) < lot.scenario.mess.old_encoding).tolist()

    def write(batch: Batch) -> list[bytes]:
        issued_on = [happened.calendar.compact(day) for day in (batch.issued // DAY).tolist()]
        texts = []
        for row, version, today in zip(batch.rows, batch.versions, issued_on, strict=True):
            record = shipments[row]
            if version == MISTAKEN:
                record = _mistaken(row, record)
            elif version == CORRECTED:
                record = record | {"issued_on": today}
            encoding = "UTF-8" if not is_old[row] else "EUC-KR" if row % 3 == 0 else "CP949"
            text = declaration_xml(record, items[first[row]:first[row + 1]], encoding)
            texts.append(text.encode(encoding, "strict" if encoding == "UTF-8" else "xmlcharrefreplace"))
        return texts

    names = [record["declaration_no"] for record in shipments]
    about = About(names, happened.rows, parties={role: happened.cargo[f"{role}_party"] for role in ROLES})
    return [Post("declaration", "declarations", np.asarray(happened.seconds("t_declared")), write, names, about=about)]


def _mistaken(row: int, record: Record) -> Record:
    """What a clerk typed first: a package too many, now and then more weight."""
    mistaken = record | {"declared_packages": record["declared_packages"] + 1 + row % 3}
    if row % 2:
        mistaken["declared_gross_kg"] = record["declared_gross_kg"] * (1.02 + row % 7 / 20)
    return mistaken
