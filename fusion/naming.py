"""Naming: how the records of each feed say which consignment they are about, declared once a feed."""

from dataclasses import dataclass
from enum import StrEnum

from fusion import keys

NOTHING = "CAST(NULL AS STRING)"


class Owner(StrEnum):
    """What a record can be about. Cargo and declaration are identities; numbers of the others come back after a while."""

    CARGO = "cargo"
    DECLARATION = "declaration"
    PARCEL = "parcel"
    CONTAINER = "container"
    MASTER = "master"
    ORDER = "order"
    BUYER = "buyer"
    BAG = "bag"
    TRAVELLER = "traveller"


# How many days may lie between what names a number and what is told of it.
WINDOW_DAYS = {Owner.PARCEL: keys.ARRIVAL_WINDOW_DAYS, Owner.CONTAINER: keys.TRIP_WINDOW_DAYS, Owner.MASTER: keys.ARRIVAL_WINDOW_DAYS,
               Owner.ORDER: keys.ARRIVAL_WINDOW_DAYS, Owner.BUYER: keys.DELIVERY_DAYS, Owner.BAG: keys.BAG_WINDOW_DAYS, Owner.TRAVELLER: keys.BAG_WINDOW_DAYS}


@dataclass(frozen=True)
class Naming:
    """What a feed's records name, each as Spark SQL over their silver columns.

    `seen_on` is the day around which the numbers hold. `cargo_no`, `house`, `master` and `tracking` identify a consignment: records
    that share one are about the same one. `about` are further numbers the record is about,
    `carries` numbers that its consignment goes with: arrays of text by kind of owner. `bill` is the master bill that a record
    about a container or a whole master names: it keeps trips of one container apart, and stands for the house bill where
    the master has no houses.
    """

    feed: str
    seen_on: str
    cargo_no: str = NOTHING
    house: str = NOTHING
    master: str = NOTHING
    tracking: str = NOTHING
    about: tuple[tuple[Owner, str], ...] = ()
    carries: tuple[tuple[Owner, str], ...] = ()
    bill: str = NOTHING


def _subject(kind: str, number: str) -> str:
    return f"CASE WHEN subject_kind = '{kind}' THEN array({number}) END"


_PARCEL_NUMBERS = f"array_distinct(array({keys.bill('subject_ref')}, {keys.plain('subject_ref')}))"
_SUBJECTS = (
    (Owner.CONTAINER, _subject("container", keys.container("subject_ref"))),
    (Owner.PARCEL, f"CASE WHEN subject_kind = 'parcel' THEN {_PARCEL_NUMBERS} END"),
    (Owner.BAG, _subject("baggage", keys.plain("subject_ref"))),
    (Owner.TRAVELLER, _subject("traveller", keys.plain("subject_ref"))),
)
_HOUSE, _MASTER = keys.bill("house_bl"), keys.bill("master_bl")
# A bill without houses is its own house; a declaration that has its cargo's number may name the master of many.
_SOLE = f"coalesce({_HOUSE}, {_MASTER})"

NAMINGS: tuple[Naming, ...] = (
    Naming("declaration", "coalesce(arrived_on, issued_on)", cargo_no=keys.cargo("cargo_control_no"),
           house=f"coalesce({_HOUSE}, CASE WHEN {keys.cargo('cargo_control_no')} IS NULL THEN {_MASTER} END)", master=_MASTER,
           about=((Owner.DECLARATION, "array(declaration_no)"),),
           carries=((Owner.CONTAINER, keys.containers("container_nos")), (Owner.MASTER, f"array({_MASTER})"), (Owner.PARCEL, f"array({_HOUSE})"),
                    (Owner.ORDER, f"transform(order_nos, one -> {keys.plain('one')})"))),
    Naming("cargo_progress", "coalesce(arrived_on, CAST(processed_at AS DATE))", cargo_no=keys.cargo("cargo_control_no"), house=_SOLE, master=_MASTER,
           carries=((Owner.CONTAINER, f"array({keys.container('container_no')})"), (Owner.MASTER, f"array({_MASTER})"), (Owner.PARCEL, f"array({_HOUSE})"))),
    Naming("manifest", "CAST(coalesce(arrived_at, arrival_estimated_at, document_at, prepared_at) AS DATE)", cargo_no=keys.cargo("cargo_control_no"),
           house=_SOLE, master=_MASTER,
           carries=((Owner.CONTAINER, keys.containers("container_nos")), (Owner.MASTER, f"array({_MASTER})"))),
    Naming("air_waybill", "CAST(coalesce(get(flights, 0).departs_at, sent_at) AS DATE)", house=keys.bill("house_awb_plain"), master=keys.bill("master_awb_plain"),
           about=((Owner.MASTER, f"CASE WHEN coalesce(house_awb_plain, '') = '' THEN array({keys.bill('master_awb_plain')}) END"),),
           carries=((Owner.MASTER, f"array({keys.bill('master_awb_plain')})"), (Owner.PARCEL, f"array({keys.bill('house_awb_plain')})")),
           bill=f"CASE WHEN coalesce(house_awb_plain, '') = '' THEN {keys.bill('master_awb_plain')} END"),
    Naming("courier", "CAST(coalesce(created_at, event_at) AS DATE)", tracking=keys.plain("tracking_no"),
           house=keys.bill("hawb_no"), master=keys.bill("mawb_no"),
           carries=((Owner.PARCEL, f"array({keys.plain('tracking_no')}, {keys.bill('hawb_no')})"), (Owner.MASTER, f"array({keys.bill('mawb_no')})"),
                    (Owner.ORDER, f"transform(order_refs, one -> {keys.plain('one')})"),
                    # A parcel that names no order may be that of one that no parcel names.
                    (Owner.BUYER, f"CASE WHEN coalesce(size(order_refs), 0) = 0 THEN array({keys.plain('consignee_customs_id')}) END"))),
    Naming("clearance_list", "CAST(submitted_at AS DATE)", house=keys.bill("hawb_no"), master=keys.bill("mawb_no"),
           carries=((Owner.PARCEL, f"array({keys.bill('hawb_no')})"), (Owner.MASTER, f"array({keys.bill('mawb_no')})"))),
    Naming("order", "CAST(ordered_at AS DATE)",
           about=((Owner.ORDER, f"array({keys.plain('order_no')})"), (Owner.BUYER, f"array({keys.plain('buyer_customs_id')})"))),
    Naming("terminal_event", "CAST(coalesce(event_at, document_at, prepared_at) AS DATE)",
           about=((Owner.CONTAINER, f"array({keys.container('container_no')})"),), bill=keys.bill("bill_of_lading"),
           carries=((Owner.CONTAINER, f"array({keys.container('container_no')})"), (Owner.MASTER, f"array({keys.bill('bill_of_lading')})"))),
    Naming("carrier_event", "CAST(event_at AS DATE)",
           about=((Owner.CONTAINER, f"array({keys.container('equipment_reference')})"),
                  (Owner.MASTER, f"CASE WHEN {keys.container('equipment_reference')} IS NULL THEN array({_MASTER}) END")), bill=_MASTER,
           carries=((Owner.CONTAINER, f"array({keys.container('equipment_reference')})"), (Owner.MASTER, f"array({_MASTER})"))),
    Naming("baggage", "arrived_on", about=((Owner.BAG, f"array({keys.plain('bag_tag')})"),),
           carries=((Owner.TRAVELLER, f"array({keys.plain('traveller_token')})"),)),
    Naming("screening", "CAST(captured_at AS DATE)", about=_SUBJECTS),
    Naming("outcome", "CAST(inspected_at AS DATE)", about=((Owner.DECLARATION, _subject("declaration", keys.plain("subject_ref"))), *_SUBJECTS[:3])),
)
BY_FEED = {naming.feed: naming for naming in NAMINGS}
