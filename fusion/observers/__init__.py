"""Every observer, in the order of the feeds: a new family of facts is one file and one line here."""

from fusion.observers.air_waybill import AIR_WAYBILL
from fusion.observers.carrier import CARRIER
from fusion.observers.manifest import MANIFEST
from fusion.observers.observer import Observer
from fusion.observers.papers import PAPERS
from fusion.observers.premium import PREMIUM
from fusion.observers.terminal import TERMINAL

OBSERVERS: tuple[Observer, ...] = (
    PAPERS,
    PREMIUM,
    MANIFEST,
    TERMINAL,
    CARRIER,
    AIR_WAYBILL,
)
