"""Keeping clear values: workers write what they replaced, once, whatever is retried, delivered again or written side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlalchemy import Connection, Insert, RowMapping, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL

from feeds.pseudonym import Personal, pseudonym_key
from feeds.vault import books
from feeds.vault.sealing import Sealer
from lakehouse.errors import CallerError
from lakehouse.settings import Settings

Lock = Literal["none", "share", "update"]
_REMEMBERED = 200_000
# What this process has written, so that a value met again costs nothing: the vault's own id, then pseudonym and when known.
_WRITTEN: dict[str, dict[str, int]] = {}


@dataclass(frozen=True)
class VaultAccess:
    """Where a vault is and what opens it: plain values, which travel to the workers and show in nothing that prints them."""

    url: str = field(repr=False)
    key: str = field(repr=False)
    pseudonym_key: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, folder: Path) -> "VaultAccess":
        """The vault that the settings name, else the one in the lake's own folder."""
        beside = URL.create("sqlite", database=str((folder / "vault.db").absolute())).render_as_string()
        return cls(settings["vault.url"] or beside, vault_key(settings), pseudonym_key(settings))

    @property
    def sealer(self) -> Sealer:
        """What encrypts under the vault's key."""
        return Sealer(self.key)


def vault_key(settings: Settings) -> str:
    """The key of the vault: a public one in development, CallerError in any other profile that gives none."""
    if not settings["vault.key"] and settings["profile"] != "development":
        raise CallerError("vault.key", f"Profile {settings['profile']} has no vault key", "Set HAECHI_VAULT_KEY to the key from the secret store.")
    return str(settings["vault.key"] or "haechi-development-vault")


def prepare(access: VaultAccess) -> None:
    """Make the vault where there is none; CallerError where it was made with other keys than those given."""
    books.make_file(access.url)
    sealer = access.sealer
    made = {"one": 1, "vault_id": uuid4().hex, "key": sealer.fingerprint, "pseudonym_key": Sealer(access.pseudonym_key).fingerprint,
            "audit_rows": 0, "audit_head": "", "audit_signature": sealer.sign("0 ")}
    with books.transaction(access.url) as connection:
        books.make_tables(connection)
        if connection.execute(select(books.SEAL.c.one)).first() is None:
            connection.execute(insert(books.SEAL).values(made))
        read_seal(connection, access)


def read_seal(connection: Connection, access: VaultAccess, lock: Lock = "none") -> RowMapping:
    """The vault's one row about itself, held still where asked; CallerError where other keys made it, which these would mix."""
    wanted = select(books.SEAL)
    # SQLite has one writer at a time and passes over this; PostgreSQL keeps whoever changes the key apart from who writes under it.
    seal = connection.execute(wanted if lock == "none" else wanted.with_for_update(read=lock == "share")).mappings().one()
    if seal["key"] != access.sealer.fingerprint:
        raise CallerError("vault.key", f"The vault {books.shown(access.url)} was sealed with another key", "Set HAECHI_VAULT_KEY to the key it was sealed with.")
    if seal["pseudonym_key"] != Sealer(access.pseudonym_key).fingerprint:
        raise CallerError("pseudonym.key", "The lake's pseudonyms were made with another key, under which each person would become two",
                          "Set HAECHI_PSEUDONYM_KEY to the key they were made with; a new key needs a new lake.")
    return seal


def require(access: VaultAccess) -> None:
    """CallerError where there is no vault to open."""
    if not books.is_there(access.url):
        raise CallerError("vault.missing", f"There is no vault at {books.shown(access.url)}", "Run haechi ingest, give --lake, or set HAECHI_VAULT_URL.")


def check(access: VaultAccess) -> bool:
    """Whether there is a vault; CallerError where these keys do not open it."""
    if not books.is_there(access.url):
        return False
    with books.transaction(access.url, is_reading=True) as connection:
        read_seal(connection, access)
    return True


class Gathered:
    """Clear values met since they were last kept, each with the earliest time at which it was known."""

    def __init__(self) -> None:
        self._values: dict[str, Personal] = {}
        self._known: dict[str, int] = {}

    def add(self, values: Mapping[str, Personal], known_seconds: int) -> None:
        """Take the values of one file."""
        for name, value in values.items():
            self._values.setdefault(name, value)
            self._known[name] = min(known_seconds, self._known.get(name, known_seconds))

    def keep(self, access: VaultAccess) -> None:
        """Write those that the vault does not hold, in one transaction; what was erased stays erased."""
        if self._values:
            _keep(access, self._values, self._known)
            self._values, self._known = {}, {}


def _keep(access: VaultAccess, values: Mapping[str, Personal], known: Mapping[str, int]) -> None:
    with books.transaction(access.url, is_reading=True) as connection:
        written = _WRITTEN.setdefault(read_seal(connection, access)["vault_id"], {})
    fresh = [name for name, seconds in known.items() if written.get(name, seconds + 1) > seconds]
    if not fresh:
        return
    sealer = access.sealer
    # In one order, so that two workers never wait for each other's rows.
    rows = [{"pseudonym": name, "kind": values[name].kind, "ciphertext": sealer.seal(name, values[name].value), "first_known_seconds": known[name]}
            for name in sorted(fresh)]
    with books.transaction(access.url) as connection:
        read_seal(connection, access, "share")
        connection.execute(upsert(connection.dialect.name), rows)
    if len(written) + len(fresh) > _REMEMBERED:
        written.clear()
    written.update((name, known[name]) for name in fresh)


def upsert(dialect: str) -> Insert:
    """The statement that adds entries; of one that is there already only an earlier time is taken."""
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(books.ENTRY)
    held, sent = books.ENTRY.c, statement.excluded
    added: Insert = statement.on_conflict_do_update(
        index_elements=[held.pseudonym], set_={"first_known_seconds": sent.first_known_seconds},
        where=held.ciphertext.is_not(None) & (held.first_known_seconds > sent.first_known_seconds))
    return added
