"""Files made to harm who opens them: archives that expand without end, messages that nest, refer or repeat without end."""

import gzip
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from good_messages import EVENT, GROUP, ROW

# Feed, and what writes the file.
Hostile = tuple[str, Callable[[Path], object]]
GIGABYTE = 1 << 30


def _zeros(size: int) -> bytes:
    """Raw deflate of so many zeros: one block, which ends on a byte and knows nothing of those before it, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (size >> 20) + b"\x03\x00"


def zip_of(path: Path, *members: tuple[str, int, bytes, int], told: int | None = None, listed: int = 1) -> None:
    """A zip of (name, method, packed bytes, size), each listed so many times; `told` is the number of entries it claims."""
    body, directory = b"", b""
    for name, method, packed, size in members:
        # Few of these are ever unpacked to the end, where their sum is looked at.
        total = zlib.crc32(bytes(size)) if method and size < 1 << 26 else zlib.crc32(packed) if not method else 0
        head = struct.pack("<HHHHHLLLHH", 20, 0x800, method, 0, 33, total, len(packed), min(size, 0xFFFFFFFE), len(name.encode()), 0)
        directory += (b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHLL", 0, 0, 0, 0, len(body)) + name.encode()) * listed
        body += b"PK\x03\x04" + head + name.encode() + packed
    number = min(0xFFFF, len(members) * listed if told is None else told)
    path.write_bytes(body + directory + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, number, number, len(directory), len(body), 0))


def _gzip_of(path: Path, raw: bytes) -> None:
    path.write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + raw + struct.pack("<LL", 0, 0))


def _text(content: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _lzma(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xml", bytes(16 << 20))


def archives() -> Iterator[tuple[str, Hostile]]:
    """Archives that would expand to gigabytes, list a million members, or lie about themselves."""
    ten_gigabytes = _zeros(10 * GIGABYTE)
    yield "bomb.zip", ("declaration", lambda path: zip_of(path, ("a.xml", 8, ten_gigabytes, 10 * GIGABYTE)))
    yield "bomb told small.zip", ("declaration", lambda path: zip_of(path, ("a.xml", 8, ten_gigabytes, 100)))
    yield "bomb.gz", ("declaration", lambda path: _gzip_of(path, ten_gigabytes))
    yield "bomb of lines.gz", ("outcome", lambda path: _gzip_of(path, ten_gigabytes))
    yield "bomb in parts.zip", ("outcome", lambda path: zip_of(path, ("a.jsonl", 8, _zeros(9 << 20), 9 << 20), listed=1000))
    yield "bomb by another method.zip", ("declaration", _lzma)
    yield "million members.zip", ("declaration", lambda path: zip_of(path, ("a.xml", 0, b"<a/>", 4), listed=1_000_000))
    yield "million members told as one.zip", ("declaration", lambda path: zip_of(path, ("a.xml", 0, b"<a/>", 4), listed=1_000_000, told=1))
    yield "nested.zip", ("declaration", lambda path: zip_of(path, ("inner.zip", 0, b"PK\x05\x06", 4), ("b.gz", 0, b"\x1f\x8b", 2)))
    yield "nested.gz", ("declaration", lambda path: path.write_bytes(gzip.compress(gzip.compress(b"<a/>"))))
    yield "encrypted.zip", ("declaration", lambda path: (_stored(path), path.write_bytes(path.read_bytes().replace(b"\0\x08", b"\1\x08"))))
    yield "no name.zip", ("declaration", lambda path: (_stored(path), path.write_bytes(path.read_bytes().replace("수".encode(), b"\xff\xfe\xfd"))))
    yield "cut.zip", ("declaration", lambda path: (_stored(path), path.write_bytes(path.read_bytes()[:-5])))
    yield "cut.gz", ("declaration", lambda path: path.write_bytes(gzip.compress(b"<a/>" * 9)[:-9]))
    yield "head alone.gz", ("declaration", lambda path: path.write_bytes(b"\x1f\x8b"))


def _stored(path: Path) -> None:
    zip_of(path, ("수.xml", 0, b"<a/>", 4))


def bombs() -> Iterator[tuple[str, Hostile]]:
    """Messages that nest or expand without end."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    yield "billion laughs", ("declaration", _text(f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]><a>&a9;</a>'))
    yield "one entity often", ("air_waybill", _text(f'<!DOCTYPE a [<!ENTITY x "{"y" * 100_000}">]><a>{"&x;" * 100_000}</a>'))
    yield "deep XML", ("declaration", _text("<a>" * 100_000 + "</a>" * 100_000))
    for feed in ("carrier_event", "outcome"):
        yield f"deep lists, {feed}", (feed, _text("[" * 100_000 + "]" * 100_000))
        yield f"deep objects, {feed}", (feed, _text('{"a":' * 100_000 + "1" + "}" * 100_000))
        yield f"deep error, {feed}", (feed, _text('{"errors":[{"message":' + "[" * 960 + "]" * 960 + "}]}"))
        yield f"long number, {feed}", (feed, _text('{"a":' + "9" * 5_000_000 + "}"))
        for name, value in (("NaN", "NaN"), ("infinity", "-Infinity"), ("400 digits", "9" * 400), ("400 digits below zero", "-" + "1" * 400)):
            yield f"{name}, {feed}", (feed, _text(f'{{"a": {value}}}'))


def labours(many: int) -> Iterator[tuple[str, Hostile]]:
    """Messages of many small things that could be taken once for each of many others."""
    row = ROW.format(1, 1)
    yield "attributes", ("declaration", _text("<a " + " ".join(f"b{n}=''" for n in range(many)) + "/>"))
    yield "comments", ("watchlist", _text("<CONSOLIDATED_LIST>" + "<!--" * many))
    yield "rows by steps", ("cargo_progress", _text("<cargCsclPrgsInfoQryRtnVo><ntceInfo>[N00]</ntceInfo>" + row * (many // 2) + "<cargCsclPrgsInfoDtlQryVo/>" * many + "</cargCsclPrgsInfoQryRtnVo>"))
    yield "entries in entries", ("watchlist", _text("<CONSOLIDATED_LIST>" + "<ENTITY>" * 60 + GROUP * many + "</ENTITY>" * 60 + "</CONSOLIDATED_LIST>"))
    yield "documents", ("carrier_event", _text(json.dumps([EVENT | {"documentReferences": [{"type": "TRD", "value": str(n)} for n in range(many * 10)]}])))
    yield "open strings", ("carrier_event", _text('"\\' * many * 10))
    yield "one lead of many containers", ("terminal_event", _text("UNH+1+BAPLIE'LOC+147+1'" + "FTX+AAA+++GENERAL'" * many + "EQD+CN+A'" * many + "UNT+1+1'"))
    yield "one container of many bills", ("manifest", _text("UNH+1+CUSCAR'EQD+CN+CSQU3054383'" + "".join(f"SEL+{n}'" for n in range(many)) + "CNI+1+A'" * many + "UNT+1+1'"))
    yield "released", ("manifest", _text("UNH+1+CUSCAR'" + "?" * many * 10 + "'" * many))
    yield "service characters", ("manifest", _text("UNA:+.? '" * many))
    yield "open quotes", ("tariff", _text("hs10,regime_code,country,valid_from,valid_to,rate_percent,specific_krw,specific_unit\n" + '1,"\n' * many))
    yield "remarks", ("watchlist", _text("1,A" + ",-0-" * 9 + ',"' + "Passport (x (" * many + '"\n'))
    yield "half an address", ("outcome", _text("a@" + "b" * many * 10 + "@" + "c." * many * 10))
    yield "digits", ("outcome", _text("0" * many * 10 + "-" * many * 10))
    yield "slow codec", ("declaration", _text(b'<?xml version="1.0" encoding="punycode"?>' + b"a" * many * 10 + b"-" + b"zz9" * many * 10))
