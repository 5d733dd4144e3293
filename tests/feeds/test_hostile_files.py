"""Hostile files: refused within seconds and in little memory, nothing unpacked beside them, no file or address touched by what they name."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import hostile_files
import pytest
from accounted import land, take
from good_messages import HOUSE, UN, simulated, zipped
from hostile_files import Hostile, zip_of
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
MEMORY_MB, SECONDS = 256, 10
# Messages of many small parts, to see that no part is taken once for each of the others.
MANY = 4_000
# The codes that files may be refused with.
REFUSED = (
    (("archive.bounds", "record.bounds"), ("bomb.zip", "bomb.gz", "bomb of lines.gz")),
    (("archive.bounds",), ("million members.zip", "million members told as one.zip")),
    (("archive.nested",), ("nested.zip", "nested.gz")),
    (("archive.unreadable",), ("bomb by another method.zip", "encrypted.zip", "no name.zip", "cut.zip", "cut.gz", "head alone.gz")),
    (("xml.entities",), ("billion laughs", "one entity often")), (("xml.malformed",), ("deep XML",)),
)


def measured(folder: Path, given: Iterable[tuple[str, Hostile]]) -> dict[str, dict]:
    """What became of each file, all landed in one process that is not this one."""
    names = {}
    for number, (name, (feed, make)) in enumerate(given):
        path = folder / f"{feed} {number}{Path(name).suffix if '.' in name else ''}"
        names[path.name] = name
        make(path)
    done = subprocess.run([sys.executable, Path(__file__).with_name("measured.py"), folder], capture_output=True, text=True, check=False, timeout=300,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent)))})
    found = {names[told["file"]]: told for told in map(json.loads, done.stdout.splitlines())}
    assert set(found) == set(names.values()), f"{set(names.values()) - set(found)} ended the process: {done.returncode} {done.stderr[-300:]}"
    return found


def test_bombs_are_refused_in_seconds_and_little_memory(tmp_path: Path) -> None:
    found = measured(tmp_path, [*hostile_files.archives(), *hostile_files.bombs()])
    assert not {name: found[name] for codes, names in REFUSED for name in names if not set(found[name]["refusals"]) <= set(codes)}
    for name, told in found.items():
        assert told["seconds"] < SECONDS and told["peak_mb"] < MEMORY_MB, (name, told["seconds"], told["peak_mb"])
        assert name == "bomb in parts.zip" or all(told["refusals"]), name
    parts = found["bomb in parts.zip"]["refusals"]
    assert len(parts) == 1000 and parts.count("archive.bounds") >= 999


def test_no_message_is_taken_once_for_each_of_its_parts(tmp_path: Path) -> None:
    for name, told in measured(tmp_path, hostile_files.labours(MANY)).items():
        assert "fault" not in told and told["seconds"] < 3 * SECONDS, (name, told.get("fault"), told["seconds"])


def test_names_in_an_archive_are_text_and_nothing_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    names = ("../../slipped.xml", str(tmp_path / "slipped.xml"), "..\\..\\slipped.xml", "수입/../../slipped.xml", "C:\\slipped.xml")
    zip_of(folder / "slip.zip", *((name, 0, b"<a/>", 4) for name in names))
    rows = land("declaration", folder / "slip.zip")
    assert [(row["position"], row["refusal"]) for row in rows] == [(name, "xml.form") for name in names]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "slip.zip"]


CANARY = "the canary sings"
_DECLARED = "<!DOCTYPE {root} [{inner}]>"
ATTACKS = {
    "file": '<!ENTITY x SYSTEM "file://{canary}">', "path": '<!ENTITY x SYSTEM "{canary}">', "address": '<!ENTITY x SYSTEM "{address}/x">', "parameter": '<!ENTITY % p SYSTEM "{address}/p.dtd"> %p;',
    "public": '<!ENTITY x PUBLIC "-//X//EN" "{address}/x">', "notation": '<!NOTATION n SYSTEM "{address}/n"><!ENTITY x SYSTEM "{canary}" NDATA n>',
}
XML = {"declaration": (simulated()["declaration"][0].decode(), "wco:Declaration"), "cargo_progress": (simulated()["cargo_progress"][0].decode(), "cargCsclPrgsInfoQryRtnVo"),
       "air_waybill": (HOUSE, "h:HouseWaybill"), "watchlist": (UN, "CONSOLIDATED_LIST")}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def is_called(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def attacked(feed: str, prolog: str) -> str:
    """A good message with a prolog before it and a reference in its first text."""
    message = XML[feed][0].partition("?>")[2] if XML[feed][0].startswith("<?xml") else XML[feed][0]
    at = message.index("</")
    return prolog + message[:at] + "&x;" + message[at:]


def prologs(canary: Path, address: str, root: str) -> Iterator[str]:
    yield f'<!DOCTYPE {root} SYSTEM "{address}/whole.dtd">'
    yield f'<?xml-stylesheet type="text/xsl" href="{address}/style.xsl"?>'
    for inner in ATTACKS.values():
        yield _DECLARED.format(root=root, inner=inner.format(canary=canary, address=address))


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-7", "cp037", "cp949")


@pytest.mark.parametrize("feed", XML)
def test_no_file_and_no_address_is_touched(feed: str, tmp_path: Path, listener: socket.socket) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for prolog in prologs(canary, address, XML[feed][1]):
        for encoding in ENCODINGS:
            named = f'<?xml version="1.0" encoding="{encoding}"?>'
            for text in (named + attacked(feed, prolog), "\ufeff" + named + attacked(feed, prolog), attacked(feed, prolog)):
                (tmp_path / "m.xml").write_bytes(text.encode(encoding, "replace"))
                rows = land(feed, tmp_path / "m.xml")
                assert all(row["refusal"] for row in rows) and CANARY not in repr(rows), (encoding, prolog)
    assert not is_called(listener)


def test_a_careless_parser_would_touch_them(tmp_path: Path, listener: socket.socket) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY)
    text = attacked("watchlist", _DECLARED.format(root="CONSOLIDATED_LIST", inner=ATTACKS["file"].format(canary=canary)))
    assert CANARY in "".join(etree.fromstring(text, etree.XMLParser(resolve_entities=True, load_dtd=True)).itertext())
    socket.create_connection(listener.getsockname()).close()
    assert is_called(listener)


@pytest.mark.parametrize("feed", XML)
def test_what_includes_another_file_includes_nothing(feed: str, tmp_path: Path) -> None:
    (tmp_path / "canary.txt").write_text(CANARY)
    inclusion = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{tmp_path / "canary.txt"}" parse="text"/>'
    message = XML[feed][0]
    at = message.index("</")
    (tmp_path / "m.xml").write_text(message[:at] + inclusion + message[at:], encoding="utf-8")
    assert CANARY not in repr(land(feed, tmp_path / "m.xml"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_personal_codes_leave_wide_text_whole_or_broken(encoding: str, tmp_path: Path) -> None:
    text = UN.replace("N &amp; M", "P123456789012 010-1234-5678 a.b@example.com")
    for message in (text, text[:400]):
        for sent in (message.encode(encoding), message.encode(encoding)[:-1], message.encode(encoding) + b"\xff"):
            (tmp_path / "m.xml").write_bytes(sent)
            told = repr(land("watchlist", tmp_path / "m.xml"))
            assert not [code for code in ("123456789012", "1234-5678", "example") if code in told] and "~P" in told


def test_half_characters_are_told_as_their_escapes(tmp_path: Path) -> None:
    for text in ('{"errors":[{"message":"\\ud800 no"}]}', '{"events":[{"eventID":"\\udfff"}]}', '{"\\ud800":1,"\\ud800":2}', '{"errors":[{"message":[["\\ud800"]]}]}'):
        (tmp_path / "m.json").write_text(text)
        rows = land("carrier_event", tmp_path / "m.json")
        take("carrier_event", rows)
        assert [bool(row["refusal"]) for row in rows] == [True]


def test_an_archive_may_expand_as_far_as_its_bound_and_no_further(tmp_path: Path) -> None:
    line = simulated()["cargo_progress"][0]
    (tmp_path / "many.zip").write_bytes(zipped(*((f"{number}.xml", line + b" " * number) for number in range(300))))
    assert not [row["refusal"] for row in land("cargo_progress", tmp_path / "many.zip") if row["refusal"]]
