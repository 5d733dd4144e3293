"""Malformed messages made of good ones: the same form and number always give the same mutant."""

import gzip
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from random import Random

from changes import changed, cut, flip, repeat, token
from good_messages import Form, Message

NAMES = ("../../etc/passwd", "/etc/passwd", "a\\b.xml", "수입.xml", "dir/", "x.zip", "X.GZ", "a.tar", "n" * 300, "a\0b", "a#b", " ", ".part", "truth/a", "two.msg")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def _zip(rng: Random, members: Sequence[bytes]) -> bytes:
    """An archive of members, some under names and methods that nobody should send."""
    whole = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(whole, "w") as archive:
        # A name may come twice, which zipfile warns of.
        warnings.simplefilter("ignore")
        for place, content in enumerate(members):
            archive.writestr(zipfile.ZipInfo(rng.choice(NAMES) if rng.random() < 0.2 else f"{place}.msg"), content, rng.choice(METHODS) if rng.random() < 0.2 else zipfile.ZIP_DEFLATED)
        archive.comment = b"PK" * rng.choice((0, 0, 9))
    return whole.getvalue()


def _zip_headers(rng: Random, archive: bytes) -> bytes:
    """Change single bytes of the headers: flags, methods, sizes, offsets, names."""
    changed_bytes = bytearray(archive)
    heads = [found.start() for found in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)", archive)]
    for _ in range(rng.randint(1, 3)):
        at = rng.choice(heads) + rng.randrange(4, 60)
        if at < len(changed_bytes):
            changed_bytes[at] = rng.choice((0, 1, 8, 0xFF, rng.randrange(256)))
    return bytes(changed_bytes)


def _gzip(rng: Random, contents: Sequence[bytes]) -> bytes:
    """One or several members after one another, some of them raw or of another kind."""
    packed = b"".join(gzip.compress(content, rng.choice((0, 1, 9)), mtime=0) for content in contents[:rng.choice((1, 1, 2))])
    return rng.choice((packed, packed, packed + b"junk", packed[:10] + zlib.compress(contents[0]), gzip.compress(packed, mtime=0), b"\x1f\x8b" + contents[0]))


KINDS = {"declaration": "xml", "cargo_progress": "xml", **dict.fromkeys(("party_registry", "tariff", "exchange_rate", "watchlist", "declaration_open"), "csv")}


def _packed(rng: Random, form: Form) -> Message:
    """An archive of good and malformed messages, whole or damaged."""
    feed, archive = rng.choice(form.messages)
    content = _unpacked(form, archive)
    inner = [changed(rng, KINDS.get(feed, "lines"), content, content) if rng.random() < 0.5 else content for _ in range(rng.randint(1, 4))]
    made = (_zip if form.kind == "zip" else _gzip)(rng, inner)
    if rng.random() < 0.6:
        damages = (flip, cut, repeat, token, *((lambda rng, whole, _: _zip_headers(rng, whole),) * 4 if form.kind == "zip" else ()))
        made = rng.choice(damages)(rng, made, b"")
    return feed, made


def _unpacked(form: Form, archive: bytes) -> bytes:
    if form.kind == "gz":
        return gzip.decompress(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(opened.namelist()[0])


def mutant(form: Form, number: int) -> Message:
    """The mutant of a form that bears a number, with its feed."""
    rng = Random(f"{form.name}:{number}")
    if form.kind in ("zip", "gz"):
        return _packed(rng, form)
    feed, message = rng.choice(form.messages)
    other = rng.choice([content for of, content in form.messages if of == feed])
    return feed, changed(rng, form.kind, message, other)
