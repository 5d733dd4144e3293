"""Every observer, in the order of the feeds: a new family of facts is one file and one line here."""

from fusion.observers.observer import Observer

OBSERVERS: tuple[Observer, ...] = ()
