"""Contacts: the phones, codes, addresses, sellers and purchases that shipments share, appended as they become known."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion import contact_keys as key
from fusion import keys
from fusion.money import with_usd
from fusion.records import Records
from fusion.tables import CONTACT

_BESIDE = ("customs_id", "phone", "postcode", "hs6", "usd")
_SAME = ("shipment_id", "kind", "value", "role", "feed", "record_key")


@dataclass(frozen=True)
class Named:
    """What the records of a feed name of one role, each as Spark SQL over its silver columns.

    `kinds` are the contacts themselves, `beside` what of CONTACT's further columns the same record names. `amount` and
    `currency` are the value of the goods.
    """

    feed: str
    role: str
    seen_on: str
    kinds: tuple[tuple[str, str], ...]
    beside: Mapping[str, str]
    columns: tuple[str, ...]
    where: str = "true"
    amount: str = "CAST(NULL AS DOUBLE)"
    currency: str = "'USD'"


def _person(prefix: str, feed: str, role: str, seen_on: str, hs6: str, columns: tuple[str, ...], **further: str) -> Named:
    """A person with code, phone and home, as parcels' papers name them under a prefix."""
    mine = {"customs_id": key.plain(f"{prefix}_customs_id"), "phone": key.plain(f"{prefix}_phone")}
    return Named(feed, role, seen_on, (*mine.items(), ("address", key.address(f"{prefix}_address"))),
                 mine | {"postcode": key.postcode(f"{prefix}_postcode"), "hs6": hs6},
                 (*(f"{prefix}_{name}" for name in ("customs_id", "phone", "postcode", "address")), *columns), **further)


_ORDERED_ON, _CREATED_ON = "CAST(ordered_at AS DATE)", "CAST(created_at AS DATE)"
_DEAREST = "array_max(transform(lines, l -> struct(coalesce(l.unit_value * l.quantity, 0D) AS value, regexp_replace(l.hs_code, '[^0-9]', '') AS hs))).hs"
_PAID = ("CASE WHEN size(lines) > 0 THEN aggregate(lines, 0D, (t, l) -> t + coalesce(l.quantity * l.unit_price, 0D)) - coalesce(discount, 0D) "
         "ELSE total_paid - coalesce(shipping_fee, 0D) END")
_SELLER = f"coalesce(concat(market_code, '|', seller_id), {key.seller('seller_name')})"
_PARCEL = {"where": "record_type = 'shipment'", "amount": "declared_value_amount", "currency": "declared_value_currency"}
_ITEM = f"nullif({keys.hs6('get(items, 0).hs_code')}, '')"
_ARRIVED_ON = "coalesce(arrived_on, issued_on)"


def _purchase(who: str, column: str) -> tuple[str, str]:
    """One purchase: a seller, a day, and the buyer by code, phone or home, as a hash."""
    return "purchase", f"CASE WHEN {column} IS NOT NULL AND {_SELLER} IS NOT NULL THEN sha2(concat_ws('|', {_SELLER}, {_ORDERED_ON}, '{who}', {column}), 256) END"


NAMED: tuple[Named, ...] = (
    _person("consignee", "courier", "consignee", _CREATED_ON, f"nullif(substr({_DEAREST}, 1, 6), '')",
            ("record_type", "created_at", "lines", "declared_value_amount", "declared_value_currency"), **_PARCEL),
    Named("courier", "shipper", _CREATED_ON, (("seller", key.seller("shipper_name")), ("phone", key.plain("shipper_phone"))), {},
          ("record_type", "created_at", "shipper_name", "shipper_phone"), where=_PARCEL["where"]),
    _person("consignee", "clearance_list", "consignee", "CAST(submitted_at AS DATE)", f"nullif({keys.hs6('hs6')}, '')",
            ("submitted_at", "hs6", "price_usd"), amount="price_usd"),
    Named("clearance_list", "seller", "CAST(submitted_at AS DATE)", (("seller", key.seller("seller_name")),), {}, ("submitted_at", "seller_name")),
    _person("buyer", "order", "buyer", _ORDERED_ON, "CAST(NULL AS STRING)", ("ordered_at",)),
    Named("order", "buyer", _ORDERED_ON, (_purchase("code", key.plain("buyer_customs_id")), _purchase("phone", key.plain("buyer_phone")), _purchase("home", key.address("buyer_address"))), {},
          ("ordered_at", "market_code", "seller_id", "seller_name", "buyer_customs_id", "buyer_phone", "buyer_address", "lines", "discount", "total_paid", "shipping_fee", "currency"),
          amount=_PAID, currency="currency"),
    Named("order", "seller", _ORDERED_ON, (("seller", key.seller("seller_name")),), {}, ("ordered_at", "seller_name")),
    Named("declaration", "importer", _ARRIVED_ON, (("customs_id", key.plain("importer_id")),), {"customs_id": key.plain("importer_id"), "hs6": _ITEM, "postcode": key.postcode("payer_postcode")},
          ("arrived_on", "issued_on", "importer_id", "items", "payer_postcode")),
    Named("declaration", "payer", _ARRIVED_ON, (("address", key.address("payer_address")),), {"customs_id": key.plain("payer_id"), "hs6": _ITEM, "postcode": key.postcode("payer_postcode")},
          ("arrived_on", "issued_on", "payer_id", "payer_address", "payer_postcode", "items")),
    Named("declaration", "seller", _ARRIVED_ON, (("seller", key.seller("coalesce(exporter_name, seller_name)")),), {}, ("arrived_on", "issued_on", "exporter_name", "seller_name")),
    Named("declaration", "supplier", _ARRIVED_ON, (("seller", key.seller("supplier_name")),), {}, ("arrived_on", "issued_on", "supplier_name")),
    Named("baggage", "traveller", "arrived_on", (("traveller", key.plain("traveller_token")),), {}, ("arrived_on", "traveller_token")),
)


def new_contacts(records: Records) -> DataFrame:
    """Contacts of the shipments of the records that are not held yet."""
    told: DataFrame | None = None
    for feed in dict.fromkeys(named.feed for named in NAMED):
        mine = [named for named in NAMED if named.feed == feed]
        rows = records.versions(feed, tuple(dict.fromkeys(column for named in mine for column in named.columns)))
        for named in mine:
            made = _contacts(records, rows, named)
            told = made if told is None else told.unionByName(made)
    assert told is not None
    first = told.groupBy(*_SAME).agg(F.min_by(F.struct("seen_on", *_BESIDE, "known_at"), F.struct("known_at", "seen_on")).alias("row")).select(*_SAME, "row.*")
    held = records.lake.read(records.spark, CONTACT).join(F.broadcast(records.spine.select("shipment_id").distinct()), "shipment_id", "left_semi").select(*_SAME)
    return first.join(held, list(_SAME), "left_anti").select(*CONTACT.columns)


def _contacts(records: Records, rows: DataFrame, named: Named) -> DataFrame:
    kinds = ", ".join(f"struct('{kind}' AS kind, {sql} AS value)" for kind, sql in named.kinds)
    valued = rows.where(named.where)
    if named.amount == Named.amount:
        valued = valued.withColumn("usd_per_unit", F.lit(None).cast("double"))
    else:
        valued = with_usd(valued, records.spark, records.lake, named.currency, named.seen_on)
    beside = {name: named.beside.get(name, "CAST(NULL AS STRING)") for name in _BESIDE[:-1]} | {"usd": f"({named.amount}) * usd_per_unit"}
    made = valued.selectExpr("shipment_id", "record_key", f"{named.seen_on} AS seen_on", "greatest(known_at, linked_at) AS known_at",
                             *(f"{sql} AS {name}" for name, sql in beside.items()), f"inline(array({kinds}))")
    return made.where("value IS NOT NULL AND seen_on IS NOT NULL").withColumns({"role": F.lit(named.role), "feed": F.lit(named.feed)})
