"""Every observer, in the order of the feeds: a new family of facts is one file and one line here."""

from fusion.observers.air_waybill import AIR_WAYBILL
from fusion.observers.baggage import BAGGAGE
from fusion.observers.carrier import CARRIER
from fusion.observers.goods import GOODS
from fusion.observers.listed import LISTED
from fusion.observers.manifest import MANIFEST
from fusion.observers.network import NETWORK
from fusion.observers.observer import Observer
from fusion.observers.order import ORDER
from fusion.observers.papers import PAPERS
from fusion.observers.parcel import PARCEL
from fusion.observers.premium import PREMIUM
from fusion.observers.screening import SCREENING
from fusion.observers.terminal import TERMINAL
from fusion.observers.watched import WATCHED

OBSERVERS: tuple[Observer, ...] = (
    PAPERS,
    PREMIUM,
    MANIFEST,
    TERMINAL,
    CARRIER,
    AIR_WAYBILL,
    PARCEL,
    LISTED,
    ORDER,
    SCREENING,
    BAGGAGE,
    WATCHED,
    GOODS,
    NETWORK,
)
