"""Every feed, in the order of feeds' own house: a new feed is one file and one line here."""

from feeds import cargo_progress, declaration, declaration_open, outcome
from feeds.feed import Feed
from lakehouse.errors import CallerError

FEEDS: tuple[Feed, ...] = (declaration.FEED, declaration_open.FEED, cargo_progress.FEED, outcome.FEED)
BY_NAME = {feed.name: feed for feed in FEEDS}


def feed_named(name: str) -> Feed:
    """The feed of that name; CallerError names those there are."""
    if name not in BY_NAME:
        raise CallerError("feed.unknown", f"'{name}' is no feed", f"Feeds: {', '.join(BY_NAME)}.")
    return BY_NAME[name]
