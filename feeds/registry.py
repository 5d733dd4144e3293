"""Every feed, in the order of feeds' own house: a new feed is one file and one line here."""

from feeds import (
    air_waybill,
    baggage,
    cargo_progress,
    carrier_event,
    clearance_list,
    courier,
    declaration,
    declaration_open,
    exchange_rate,
    manifest,
    order,
    outcome,
    party_registry,
    screening,
    tariff,
    terminal_event,
    watchlist,
)
from feeds.feed import Feed
from lakehouse.errors import CallerError

FEEDS: tuple[Feed, ...] = tuple(module.FEED for module in (
    declaration, declaration_open, manifest, cargo_progress, terminal_event, carrier_event, air_waybill, clearance_list,
    courier, order, baggage, screening, party_registry, watchlist, tariff, exchange_rate, outcome))
BY_NAME = {feed.name: feed for feed in FEEDS}


def feed_named(name: str) -> Feed:
    """The feed of that name; CallerError names those there are."""
    if name not in BY_NAME:
        raise CallerError("feed.unknown", f"'{name}' is no feed", f"Feeds: {', '.join(BY_NAME)}.")
    return BY_NAME[name]
