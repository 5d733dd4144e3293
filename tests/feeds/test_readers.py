"""Readers on good, broken and hostile messages; nothing is lost, nothing is expanded, nothing personal stays."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.feed import Bounds, Feed
from feeds.parsing import Parsing
from feeds.pseudonym import pseudonymise
from feeds.registry import FEEDS
from lakehouse.settings import load_settings

BOUNDS = Bounds(10_000_000, 1_000_000, 64)
OUTCOME = {"outcome_id": "O1", "subject": {"kind": "declaration", "ref": "A"}, "inspected_at": "2026-06-01T10:00:00+09:00", "result": "clean"}


def rows(path: Path, feed: str) -> list[dict]:
    parsing = Parsing.of(next(f for f in FEEDS if f.name == feed), load_settings({}))
    return list(parsing.rows({"file": path.name, "path": str(path), "known_seconds": 0, "finding": ""}))


def landed(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("content", "code"), [
    (b"", "file.empty"), (b"<wco:Declaration", "xml.malformed"), (b"<a/>", "xml.form"),
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml.entities"),
    (b'<?xml version="1.0" encoding="utf-8"?><a>\xff</a>', "text.encoding"), (b"   \n", "file.empty"),
])
def test_what_cannot_be_read_is_one_refused_record(tmp_path: Path, content: bytes, code: str) -> None:
    found = rows(landed(tmp_path, "m.xml", content), "declaration")
    assert [(r["refusal"], r["file_records"]) for r in found] == [(code, 1)]


def test_the_official_declaration_is_read_whole(shared: Path) -> None:
    path = next((shared / "samples/kcs-929").glob("*.xml"))
    [row] = rows(path, "declaration")
    said = row["values"]
    assert row["refusal"] is None and said["declaration_no"] == "4062001070010U"
    assert said["house_bl"] == "DBSC96100123AB01" and said["container_nos"] == ["TCNU4394926"] and len(said["order_nos"]) == 2
    assert said["items"][0]["duty_rate_percent"] == "99.99" and said["items"][0]["details"][0]["unit_price"] == "30.402575"
    assert "6510071645915" not in row["raw"] and "id@domain.com" not in row["raw"]


def test_unipass_answers_are_read_with_every_step_and_errors_told_apart(shared: Path) -> None:
    found = {path.name: rows(path, "cargo_progress")[0] for path in (shared / "samples/unipass").glob("*.xml")}
    steps = {name: len(row["values"]["steps"]) for name, row in found.items() if row.get("values")}
    assert steps == {"completed-cn-air.xml": 11, "completed-cn-ship.xml": 13, "completed-uk-air.xml": 12,
                     "completed-us-air.xml": 10, "completed-us-air2.xml": 10}
    assert len({row["refusal"] for row in found.values() if row["refusal"]}) == 4


ANSWER = "<cargCsclPrgsInfoQryRtnVo><ntceInfo>{}</ntceInfo>{}</cargCsclPrgsInfoQryRtnVo>"
ROW, STEP = "<cargCsclPrgsInfoQryVo><cargMtNo>{}</cargMtNo></cargCsclPrgsInfoQryVo>", "<cargCsclPrgsInfoDtlQryVo/>"
A, B = ROW.format("20HSLI0133I15049040"), ROW.format("20HSLI0133I15049041")


@pytest.mark.parametrize(("notice", "body", "expected"), [
    ("[N00]", A + B, [None, None]), (" [N00]", A + B, [None, None]), ("&#91;N00]", A + B, [None, None]), ("[N00]", A, [None]), ("", A + STEP, [None]), ("", f"{A}<!-- [N00] {B} -->", [None]),
    ("[N00]", f"{A}<x><![CDATA[{B}]]></x>", [None]), ("[N00]", A + B.replace("<carg", "<p:carg", 1).replace("</cargCscl", "</p:cargCscl").replace("Vo>", "Vo xmlns:p='u'>", 1), [None, None]),
    # Several cargoes in what is no list of them, or steps that may be any of theirs.
    ("", A + B, ["xml.form"]), ("[N00]", A + B + STEP, ["xml.form"]), ("[N00]", "", ["unipass.none"]),
])
def test_rows_of_an_answer_are_counted_by_their_tags(notice: str, body: str, expected: list[str | None], tmp_path: Path) -> None:
    found = rows(landed(tmp_path, "a.xml", ANSWER.format(notice, body).encode()), "cargo_progress")
    assert ([row["refusal"] for row in found], found[0]["file_records"]) == (expected, len(expected))


@pytest.mark.parametrize("encoding", ["utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "cp037", "utf-16", "hex", "no-such"])
def test_an_encoding_that_no_message_has_is_refused(encoding: str, tmp_path: Path) -> None:
    sent = f"<?xml version='1.0' encoding='{encoding}'?><a>P123456789012 \\ud800 +2AA- xn--a</a>".encode()
    [row] = rows(landed(tmp_path, "a.xml", sent), "declaration")
    assert row["refusal"] == "text.encoding" and encoding in row["raw"] and "P123456789012" not in row["raw"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"])
def test_wide_text_is_read_with_or_without_a_mark(encoding: str, shared: Path, tmp_path: Path) -> None:
    text = next((shared / "samples/kcs-929").glob("*.xml")).read_text(encoding="utf-8")
    wide, plain = (rows(landed(tmp_path, name, text.encode(of)), "declaration")[0] for name, of in (("w.xml", encoding), ("p.xml", "utf-8")))
    assert wide["content_hash"] == plain["content_hash"] and wide["raw"] == plain["raw"]


def test_white_space_and_prefixes_are_not_content(shared: Path, tmp_path: Path) -> None:
    text = next((shared / "samples/kcs-929").glob("*.xml")).read_text(encoding="utf-8")
    spaced = text.replace("\n\t", "\n      ").replace("<wco:ID>4062001070010U</wco:ID>", "<wco:ID>\n 4062001070010U </wco:ID>").replace("<kcs:", "<k2:").replace("</kcs:", "</k2:")
    spaced = spaced.replace("xmlns:kcs", "xmlns:k2")
    first, second = (rows(landed(tmp_path, f"{n}.xml", t.encode()), "declaration")[0] for n, t in enumerate((text, spaced)))
    other = rows(landed(tmp_path, "o.xml", text.replace("RABBIT", "RABBITS").encode()), "declaration")[0]
    assert first["content_hash"] == second["content_hash"] != other["content_hash"]


def test_cp949_gzip_and_zip_give_the_same_record(shared: Path, tmp_path: Path) -> None:
    text = next((shared / "samples/kcs-929").glob("*.xml")).read_text(encoding="utf-8").replace("\uff65", "")
    korean = text.replace('encoding="UTF-8"', 'encoding="EUC-KR"').encode("cp949")
    zipped = tmp_path / "d.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a/one.xml", korean)
    forms = [landed(tmp_path, "u.xml", text.encode()), landed(tmp_path, "k.xml", korean), landed(tmp_path, "g.gz", gzip.compress(korean)), zipped]
    assert len({rows(path, "declaration")[0]["content_hash"] for path in forms}) == 1


def test_a_bomb_is_refused_before_it_expands(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.xml", b"0" * 60_000_000)
        archive.writestr("inner.zip", b"PK")
    assert sorted(str(r["refusal"]) for r in rows(path, "declaration")) == ["archive.bounds", "archive.nested"]


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    assert rows(landed(tmp_path, "g.gz", gzip.compress(b"x" * 1000)[:-9]), "declaration")[0]["refusal"] == "archive.unreadable"


def test_json_lines_are_counted_line_by_line(tmp_path: Path) -> None:
    lines = [json.dumps(OUTCOME), "", "{broken", "[1]", '{"outcome_id": NaN}', json.dumps(OUTCOME) + "x", '{"a":' * 100 + "1" + "}" * 100]
    found = rows(landed(tmp_path, "o.jsonl", "\n".join(lines).encode()), "outcome")
    assert found[0]["file_records"] == len(found) == 6
    assert [r["refusal"] for r in found] == [None, *["json.malformed"] * 4, "record.bounds"]


def test_a_csv_without_a_needed_column_is_one_record(tmp_path: Path) -> None:
    found = rows(landed(tmp_path, "o.csv", b"Declaration ID,Date\n1,2020-01-01\n2,2020-01-01\n"), "declaration_open")
    assert [(r["refusal"], r["file_records"]) for r in found] == [("csv.header", 1)]


def test_a_csv_of_only_a_header_holds_no_record(tmp_path: Path) -> None:
    header = ",".join(f.source for f in next(f for f in FEEDS if f.name == "declaration_open").fields)
    assert rows(landed(tmp_path, "o.csv", header.encode()), "declaration_open") == [
        {"file": "o.csv", "sha256": rows(tmp_path / "o.csv", "declaration_open")[0]["sha256"], "known_seconds": 0, "finding": None, "file_records": 0}]


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_crash_and_counted_alike(text: str) -> None:
    for feed in FEEDS:
        found = list(feed.read(text, BOUNDS))
        whole = len(found) == 1 and found[0].refusal and not found[0].position
        assert whole or len(found) == feed.count(text)


@pytest.mark.parametrize("personal", ["P123456789012", "900101-1234567", "9001011234567", "010-1234-5678", "01012345678", "a.b@example.com", "M123A4567"])
def test_personal_codes_leave_the_text(personal: str) -> None:
    hidden = pseudonymise(f"<x>{personal}</x> {personal}!", "key")
    assert personal not in hidden and hidden == pseudonymise(f"<x>{personal}</x> {personal}!", "key")
    assert hidden != pseudonymise(f"<x>{personal}</x> {personal}!", "other")


@pytest.mark.parametrize("plain", ["4389417308012M", "20HSLI0133I15049137", "381051012874", "D12200001", "관세상사1234561", "TCNU4394926", "2026-06-30"])
def test_other_codes_stay(plain: str) -> None:
    assert pseudonymise(plain, "key") == plain


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_every_feed_is_declared_whole(feed: Feed) -> None:
    names = {field.name for field in feed.fields}
    assert set(feed.key) <= names and feed.silver.columns[:2] == ("record_key", "issued_at")
    assert feed.hidden <= names and not feed.hidden & set(feed.silver.columns)
    assert all(field.source or field.name.startswith("is_") for field in feed.fields)


def test_what_customs_itself_decided_is_marked() -> None:
    echoes = {f.name for feed in FEEDS for f in feed.fields if f.echo}
    assert echoes == {"process_code", "process_type", "is_managed_cargo", "is_customs_held", "is_customs_step", "selected_by"}


def test_separators_of_edifact_are_no_phone_prefix() -> None:
    assert pseudonymise("BGM++391651645+9'TDT+20+V1++++++9074729:146'", "key") == "BGM++391651645+9'TDT+20+V1++++++9074729:146'"
    assert "82101234" not in pseudonymise("COM+?+821012345678:TE'", "key")
