"""How the parties to a shipment are written on its papers: names vary a little from filing to filing, or hide a firm."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.draws import Ints, Texts, chance
from simulation.ledger import party_ids
from simulation.names import FRONT, as_written, business_number, escaped, loosely, objects, respelled
from simulation.places import COUNTRIES


def party_texts(rng: np.random.Generator, agents: Agents, cargo: pd.DataFrame) -> dict[str, Texts]:
    """Codes, names and places of all parties to each shipment, and who they truly are."""
    count = len(cargo)
    firms, sellers = agents.importers, agents.sellers
    importer, seller = cargo["importer"].to_numpy(), cargo["seller"].to_numpy()
    # A few import through another firm: importer and payer differ.
    payer = np.where(chance(rng, 0.04, count), (importer + 1) % len(firms), importer)
    shift, known = cargo["supplier_shift"].to_numpy(), int((~sellers["is_newcomer"]).sum())
    supplier = np.where(shift > 0, (seller + shift) % known, seller)
    own = np.where(chance(rng, 0.85, count), importer % 5, rng.integers(0, 5, count)).tolist()
    stems = firms["stem"].tolist()
    loose = np.where(chance(rng, 0.85, count), 0, rng.integers(0, 4, count)).tolist()
    country = objects([place.code for place in COUNTRIES])
    home, branch = sellers["country"].to_numpy(), cargo["branch_country"].to_numpy()
    codes = firms["code"].to_numpy()
    business = [business_number(number) for number in firms["business_no"].tolist()]
    own_name = party_ids("seller", seller)
    # Who sends a front forward is named by nobody: the front is a party of its own.
    named = np.where(cargo["alias_style"] == FRONT, party_ids("front", seller), own_name)
    return {
        "importer_party": party_ids("importer", importer),
        "payer_party": party_ids("importer", payer),
        "broker_party": party_ids("broker", cargo["broker"]),
        "forwarder_party": party_ids("forwarder", cargo["forwarder"]),
        "consignor_party": own_name,
        "seller_party": named,
        "supplier_party": np.where(supplier == seller, named, party_ids("seller", supplier)),
        "exporter_party": np.where(cargo["market_code"] != "", named, ""),
        "importer_code": codes[importer],
        "importer_name": escaped([as_written(stems[i], s) for i, s in zip(importer.tolist(), own, strict=True)]),
        "payer_code": codes[payer],
        "payer_name": escaped([as_written(stems[i], s) for i, s in zip(payer.tolist(), own, strict=True)]),
        "payer_business_no": objects(business)[payer],
        "payer_postcode": firms["postcode"].astype(str).to_numpy()[payer],
        "payer_phone": firms["phone"].astype(str).to_numpy()[payer],
        "payment": firms["payment"].to_numpy()[importer],
        "broker_name": escaped(agents.brokers["name"].tolist())[cargo["broker"]],
        "forwarder_sign": agents.forwarders["sign"].to_numpy()[cargo["forwarder"]],
        "forwarder_name": escaped(agents.forwarders["name"].tolist())[cargo["forwarder"]],
        **_overseas(sellers, "seller", seller, cargo["alias_style"].to_numpy(), loose),
        "seller_country": country[np.where(branch >= 0, branch, home[seller])],
        **_overseas(sellers, "supplier", supplier, np.where(supplier == seller, cargo["alias_style"], 0), [0] * count),
        "supplier_country": country[np.where((branch >= 0) & (supplier == seller), branch, home[supplier])],
    }


def _overseas(sellers: pd.DataFrame, role: str, who: Ints, alias: Ints, loose: list[int]) -> dict[str, Texts]:
    """Id and name of a seller in a role; who hides behind another spelling has another id, too."""
    ids, names = sellers["id"].tolist(), sellers["name"].tolist()
    pairs = []
    for place, style, habit in zip(who.tolist(), alias.tolist(), loose, strict=True):
        if style == 0:
            pairs.append((ids[place], loosely(names[place], habit)))
        else:
            # A front is called like a firm far away in the list, which it is not.
            name = names[(place * 31 + 7) % len(names)] if style == FRONT else respelled(names[place], style)
            pairs.append((f"{ids[place][:2]}{name.replace(' ', '')[:6]}{99_999 - place % 90_000}", name))
    return {f"{role}_id": objects([pair[0] for pair in pairs]), f"{role}_name": escaped([pair[1] for pair in pairs])}
