"""The texts on the papers of parcels: names, codes, phones and addresses as this or that sender writes them, ready for JSON."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pandas as pd

from simulation.draws import Ints, Texts, chance, stream
from simulation.ledger import party_ids
from simulation.lots import Lot
from simulation.names import loosely, objects
from simulation.parcels.people import addresses, customs_ids, names, phones, postcodes
from simulation.parcels.traders import COURIERS, FORWARDERS, ParcelAgents, disguised
from simulation.parcels.wares import VAGUE_WORDS, WARES
from simulation.places import COUNTRIES

# Now and then a courier leaves a field empty.
NO_CODE_RATIO, NO_PHONE_RATIO, LOOSE_RATIO, KOREAN_WORDS_RATIO = 0.01, 0.02, 0.15, 0.15
QUOTED_WORDS: tuple[tuple[str, str], ...] = tuple((json.dumps(ware.words), json.dumps(ware.words_ko, ensure_ascii=False)) for ware in WARES)


def write_papers(lot: Lot, agents: ParcelAgents, parcels: pd.DataFrame) -> pd.DataFrame:
    """Add every text about parties that the messages of a parcel need."""
    rng, count = stream(lot.seed, "parcel papers"), len(parcels)
    is_latin, styles = parcels["is_latin"].to_numpy(dtype=bool), rng.integers(0, 1 << 20, count)
    consignee, phone = parcels["consignee"].to_numpy(), phones(parcels["phone"].to_numpy())
    code = customs_ids(consignee)
    is_bare, is_silent = chance(rng, NO_CODE_RATIO, count).tolist(), chance(rng, NO_PHONE_RATIO, count).tolist()
    seller = spelled(agents, parcels["seller"].to_numpy(), parcels["spelling"].to_numpy(), np.where(chance(rng, LOOSE_RATIO, count), styles, 0))
    return parcels.assign(
        **_parties(agents, parcels),
        consignee_name=names(consignee, is_latin), consignee_code=["" if bare else text for text, bare in zip(code, is_bare, strict=True)],
        consignee_phone=["" if silent else text for text, silent in zip(phone, is_silent, strict=True)], declared_code=code,
        address=addresses(parcels["home"].to_numpy(), styles), postcode=postcodes(parcels["home"].to_numpy()),
        buyer_name=names(parcels["buyer"].to_numpy(), is_latin), buyer_code=customs_ids(parcels["order_person"].to_numpy()),
        buyer_phone=phones(agents.people.phone_owners(parcels["buyer"].to_numpy())),
        buyer_address=addresses(parcels["order_home"].to_numpy(), styles // 16), buyer_postcode=postcodes(parcels["order_home"].to_numpy()),
        seller_name=seller, **_shippers(agents, parcels, seller, styles),
        courier_code=objects([one.code for one in COURIERS])[parcels["courier"]],
        is_korean_words=chance(rng, KOREAN_WORDS_RATIO, count),
    )


def _parties(agents: ParcelAgents, parcels: pd.DataFrame) -> dict[str, Texts]:
    """Who is truly named. A code goes astray with its owner's name: who is named so is the owner where phone or home are the owner's
    or a relative's, else it is the one whose phone and home they are."""
    people, named, receiver = agents.people, parcels["consignee"].to_numpy(), parcels["receiver"].to_numpy()
    home = people.home[named]
    is_own = (parcels["phone"] == people.phone_owners(named)) | (parcels["home"] == home) | (people.home[receiver] == home)
    seller, forwarder = party_ids("shop", parcels["seller"]), parcels["forwarder"].to_numpy()
    return {
        "consignee_party": party_ids("person", np.where(is_own, named, receiver)), "buyer_party": party_ids("person", parcels["buyer"]),
        "seller_party": seller, "shipper_party": np.where(forwarder < 0, seller, party_ids("sender_on", forwarder)),
        "forwarder_party": party_ids("courier", parcels["courier"]), "broker_party": party_ids("broker_of_courier", parcels["courier"]),
    }


def spelled(agents: ParcelAgents, seller: Ints, spelling: Ints, style: Ints) -> list[str]:
    """Sellers' names as written: disguised where `spelling` is set, else loosely by `style`."""
    whole = agents.sellers["name"].tolist()
    return [disguised(whole[who], odd) if odd else loosely(whole[who], loose)
            for who, odd, loose in zip(seller.tolist(), spelling.tolist(), style.tolist(), strict=True)]


def _shippers(agents: ParcelAgents, parcels: pd.DataFrame, seller: list[str], styles: Ints) -> dict[str, list[str]]:
    """Who hands the parcel over abroad: the seller, or the forwarder who sends it on."""
    country = [COUNTRIES[place].code for place in parcels["country"].tolist()]
    rows = zip(parcels["forwarder"].tolist(), seller, parcels["seller"].tolist(), country, styles.tolist(), strict=True)
    shipper, place, phone = [], [], []
    for forwarder, name, who, code, style in rows:
        shipper.append(name if forwarder < 0 else FORWARDERS[forwarder].name)
        number = who if forwarder < 0 else 90_000 + forwarder
        place.append(f"{number % 911 + 1} EXAMPLE ROAD, DISTRICT {number % 13 + 1}, {code}")
        phone.append(f"+{80 + number % 9}-000{number:06d}" if style % 5 else "")
    return {"shipper_name": shipper, "shipper_address": place, "shipper_phone": phone, "country_code": country}


def words_of(lines: pd.DataFrame, parcels: pd.DataFrame) -> list[str]:
    """What the courier writes of each line, quoted."""
    vague = [json.dumps(word) for word in VAGUE_WORDS]
    is_korean = parcels["is_korean_words"].to_numpy(dtype=bool)[lines["ship"]].astype(np.int64).tolist()
    told = parcels["words"].to_numpy()[lines["ship"]].tolist()
    return [vague[word - 1] if word else QUOTED_WORDS[ware][korean]
            for word, ware, korean in zip(told, lines["declared_ware"].tolist(), is_korean, strict=True)]


def registered(lot: Lot, agents: ParcelAgents) -> list[str]:
    """The day each seller registered."""
    return [(lot.start - timedelta(days=age)).isoformat() for age in agents.sellers["age_days"].tolist()]
