"""EDIFACT feeds: tolerant where senders are, one record a group, one in all where a message or its envelope is broken."""

import re
from pathlib import Path

import pytest
from edifact_sent import BOUNDS, COARRI, CODECO, CUSCAR, FEEDS, read, sent, told, values

from feeds import manifest, terminal_event
from feeds.feed import BRONZE_FIELDS, SILVER_FIELDS, Bounds, Feed, record_key
from feeds.pseudonym import pseudonymise


def refusals(feed: Feed, text: str, bounds: Bounds = BOUNDS) -> list[str]:
    return [record.refusal for record in read(feed, text, bounds)]


def test_a_captured_stowage_plan_is_read_with_every_container(shared: Path) -> None:
    text = (shared / "samples/edifact/D95BBAPLIE.edi").read_text()
    found = read(terminal_event.FEED, text)
    rows = [dict(record.values or {}) for record in found]
    assert [row["container_no"] for row in rows] == ["OOLU4293959", "MOEU0710945", "OOLU8757889"] and all(r.raw.startswith("LOC+147") for r in found)
    told(rows[2], event_kind="stowage", event_at="201604140307", stowage_position="0100114", gross_mass="26000", gross_kind="WT", discharge_port="TWKHH",
         loading_port="USLGB", full_empty_code="5", vessel_id="VRIB3", vessel_id_list="103", vessel_name="OOCL BEIJING", voyage_no="042", operator_code="OOL",
         size_type_code="4500", check_digit_is_valid="true", envelope_faults=[], document_at=None)
    assert record_key(terminal_event.FEED, rows[0]) == "1865|1907|OOLU4293959|201604140307"
    without = values(terminal_event.FEED, re.sub("UN[BZ][^']*'", "", text))
    assert [row["event_at"] for row in without] == [None] * 3 and without[0]["envelope_faults"] == ["unb"]
    assert record_key(terminal_event.FEED, without[0]) == "|1907|OOLU4293959|"


def test_a_manifest_gives_each_consignment_with_its_containers_and_parties() -> None:
    first, second = values(manifest.FEED, sent(CUSCAR))
    told(first, master_bl="MBL777", house_bl="HBL-001", cargo_control_no="26HSLI0133I10010001", mrn="26HSLI0133I", interchange_ref="I77", message_ref="M1",
         interchange_sender="HSLI", prepared_at="202601050930", document_at="202601050900", function_code="9", document_no="MAN001", transport_mode="1", voyage_no="0123E",
         carrier_code="HSLI", vessel_id="9074729", vessel_id_list="146", vessel_name="HAE ONE", vessel_country="KR", arrival_estimated_at="20260106", loading_port="CNSHA",
         discharge_port="KRPUS", discharge_terminal="PNIT", delivery_place="KRSEL", receipt_place="CNNGB", arrival_place="KRPUS", packages="120", package_code="PK",
         gross_mass="1000.0", gross_mass_unit="KGM", goods="WIRELESS EAR+PHONES BLUETOOTH 5:3 CHARGERS", container_nos=["CSQU3054383"], seal_nos=["S-1", "K-2"],
         consignor_name="GUANG TRADE CO LTD", consignor_id="S9", consignor_address="1 HARBOUR RD SHANGHAI", consignor_country="CN", consignee_name="ACME'S KOREA",
         consignee_address="12 SEJONG-DAERO 2F SEOUL", consignee_postcode="04524", consignee_phone="02 555", notify_name="SAME AS CONSIGNEE", hs_codes=["851830"],
         un_numbers=["3481"], imo_classes=["9"], envelope_faults=[])
    told(second, master_bl="MBL888", house_bl=None, gross_mass="7", gross_mass_unit="TNE", packages="7", package_code="BG", volume="8.5", discharge_port=None)
    [container] = first["containers"]
    told(container, size_type_code="45G1", full_empty_code="5", packages="100", check_digit_is_valid="true")
    assert [(seal["seal_no"], seal["source_code"]) for seal in container["seals"]] == [("S-1", "CA"), ("K-2", "CU")]
    assert second["containers"][0]["check_digit_is_valid"] == "false"
    assert [record_key(manifest.FEED, row) for row in (first, second)] == ["MBL777|HBL-001", "MBL888|"]


@pytest.mark.parametrize(("refs", "master", "house"), [
    ("CNI+1+H1'RFF+BM:M1'", "M1", "H1"), ("CNI+1+M-1'RFF+BM:m1'", "m1", None), ("CNI+1+H1'RFF+BH:H1'", None, "H1"), ("CNI+1+M1'RFF+BH:H1'", "M1", "H1"),
    ("CNI+1+M1'", "M1", None), ("CNI+1'RFF+BM:M1'RFF+BH:H1'", "M1", "H1"), ("CNI+1'", None, None), ("CNI+1+H1'RFF+MB:M1'RFF+HWB:H1'", "M1", "H1"),
])
def test_a_consignment_names_its_house_bill_else_its_master(refs: str, master: str | None, house: str | None) -> None:
    told(values(manifest.FEED, f"UNH+1+CUSCAR'{refs}UNT+3+1'")[0], master_bl=master, house_bl=house)


@pytest.mark.parametrize(("body", "packages", "mass"), [
    ("CNI+1+A'CNT+11:5'MEA+AAE+G+KGM:9'GID+1+3:CT'MEA+AAE+G+KGM:2'", "5", "9"), ("CNI+1+A'GID+1+3:CT'MEA+AAE+G+KGM:2'GID+2+4:CT'MEA+AAE+G+KGM:0.5'", "7", "2.5"),
    ("CNI+1+A'CNT+7:55.5:KGM'CNT+8:60'", "60", "55.5"), ("CNI+1+A'EQD+CN+CSQU3054383'MEA+AAE+T+KGM:3900'MEA+AAE+G+KGM:24000'CNT+11:1'", "1", "24000"),
    ("CNI+1+A'GID+1+3'MEA+AAE+G+KGM:2'GID+2+x'MEA+AAE+G+LBR:4'", "3 + x", "2 + 4"), ("CNI+1+A'", None, None), ("CNI+1+A'MEA+WT++KGM:1,5'SGP+CNCSQU3054383+2'", "2", "1.5"),
])
def test_packages_and_gross_mass_are_taken_from_whichever_level_tells_them(body: str, packages: str | None, mass: str | None) -> None:
    told(values(manifest.FEED, f"UNH+1+CUSCAR'{body}UNT+3+1'")[0], packages=packages, gross_mass=mass)


def test_discharge_is_read_with_weights_kept_apart_and_seals_by_source() -> None:
    first, second = values(terminal_event.FEED, sent(COARRI))
    told(first, event_kind="discharge", event_at="202601060830", terminal_code="PNIT", event_port="KRPUS", loading_port="CNSHA", discharge_port="KRPUS", tare_mass="3900",
         gross_mass="24310", gross_kind="VGM", status_code="3", full_empty_code="5", stowage_position="0120306", bill_of_lading="MBL777", remark="DOOR DENT LEFT",
         vessel_id="D7AB", vessel_id_list="103", vessel_name="HAE ONE", voyage_no="0123E", arrived_at="202601060500", operator_code="HSLI", envelope_faults=[])
    assert [(one["kind"], one["value"]) for one in first["measures"]] == [("T", "3900"), ("EGW", "24000"), ("VGM", "24310")]
    assert [(seal["seal_no"], seal["source_code"]) for seal in first["seals"]] == [("S-1", "CA"), ("K-2", "CU")]
    told(second, event_at="202601060845", gross_kind="EGW", check_digit_is_valid="false", seals=[])
    assert values(terminal_event.FEED, sent(COARRI.replace("BGM+44", "BGM+46")))[0]["event_kind"] == "load"
    assert values(terminal_event.FEED, sent(COARRI.replace("BGM+44", "BGM+98")))[0]["event_kind"] is None


def test_a_gate_move_is_read_with_its_truck() -> None:
    [row] = values(terminal_event.FEED, CODECO)
    told(row, event_kind="gate_out", event_at="2026-01-07T12:59:00+09:00", truck_id="BUSAN80A1234", truck_carrier_code="HAUL", vessel_id="D7AB", terminal_code="PNIT",
         booking_no="B77", temperature="-18.5", damages=["DENT LEFT"], envelope_faults=["unb"], interchange_ref=None)


def test_content_is_the_same_however_it_is_wrapped_and_other_where_a_value_is() -> None:
    plain = sent(CUSCAR)
    wrapped = "\n".join(plain[start:start + 80] for start in range(0, len(plain), 80))
    marks = {"+": "|", ":": "^", "'": "~"}
    declared = "UNA^|.! ~" + re.sub(r"[?](.)|([+:'])", lambda found: found[1] or marks[found[2]], plain)
    forms = [plain.replace("'", "'\r\n").replace("?'\r\n", "?'"), wrapped, "UNA:+.? '" + plain, "UNA:+,? '\n" + plain, "UNA:+.?'" + plain,
             declared, plain.replace("CNI+2+MBL888'", "CNI+2+MBL888++'"), "\ufeff" + plain + "\r\n\x1a"]
    expected = [record.parts for record in read(manifest.FEED, plain)]
    assert [[record.parts for record in read(manifest.FEED, form)] for form in forms] == [expected] * len(forms)
    other = [record.parts for record in read(manifest.FEED, plain.replace("SALT", "SUGAR"))]
    assert other[0] == expected[0] and other[1] != expected[1]


@pytest.mark.parametrize(("change", "fault"), [
    (("UNT+22", "UNT+23"), "segments 23/22"), (("UNT+22+7", "UNT+22+8"), "reference UNT"), (("UNZ+1", "UNZ+4"), "messages 4/1"), (("UNZ+1+I77", "UNZ+1+I7"), "reference UNZ"),
    (("CNT+16:2", "CNT+16:9"), "equipment 9/2"), (("UNT+22", "UNT+"), "segments -/22"), (("UNT+22", "UNT+000022"), None),
])
def test_trailers_that_do_not_match_are_noted_and_taken(change: tuple[str, str], fault: str | None) -> None:
    assert [row["envelope_faults"] for row in values(terminal_event.FEED, sent(COARRI).replace(*change))] == [[fault] if fault else []] * 2


def test_the_packages_of_a_message_are_compared_with_its_consignments() -> None:
    body = "CNI+1+A'GID+1+3'CNI+2+B'GID+1+4'"
    assert [values(manifest.FEED, f"UNH+1+CUSCAR'{body}CNT+11:{total}'UNT+7+1'")[1]["envelope_faults"][1:] for total in (7, 8)] == [[], ["packages 8/7"]]
    assert [row["packages"] for row in values(manifest.FEED, "UNH+1+CUSCAR'CNI+1+A'CNT+11:3'CNI+2+B'CNT+11:4'UNT+6+1'")] == ["3", "4"]


BROKEN = "UNH+9+COARRI:D:95B:UN'BGM+44'EQD+CN+CSQU3054383'EQD+CN+CSQU3054384'"


@pytest.mark.parametrize(("text", "expected"), [
    ("hello", ["edifact.malformed"]), (" \n", ["edifact.malformed"]), (sent(COARRI)[:-1], ["edifact.cut"]), (sent(COARRI)[:300], ["edifact.cut"]), (COARRI[:-3], ["edifact.cut"]),
    (sent(COARRI).split("UNZ")[0], ["edifact.cut"]), (sent(), ["edifact.none"]), (sent(CUSCAR), ["edifact.form"]), (sent("UNH+1+COARRI'BGM+44'UNT+3+1'"), ["edifact.none"]),
    (sent(COARRI, BROKEN, CODECO), ["", "", "edifact.cut", ""]), (sent(BROKEN, COARRI), ["edifact.cut", "", ""]), (COARRI + BROKEN, ["", "", "edifact.cut"]),
    (sent(COARRI, "BGM+44'EQD+CN+CSQU3054383'UNT+3+1'"), ["", "", "edifact.cut"]), (sent(COARRI, CUSCAR, CODECO), ["", "", "edifact.form", ""]),
    (sent(COARRI) + "\n" + sent(BROKEN), ["", "", "edifact.cut"]), (sent(COARRI) + sent(CODECO)[:200], ["", "", "edifact.cut"]),
    (sent(COARRI)[:300] + sent(CODECO), ["edifact.cut", ""]), (sent(COARRI) + "UNA:*.? ~" + sent(CODECO).replace("+", "*").replace("'", "~"), ["", "", ""]),
    (sent(COARRI.replace("DOOR", "DRIVER'S DOOR")), ["edifact.segment", ""]), (sent(COARRI.replace("BGM+", "bgm+"), CODECO), ["edifact.segment", ""]),
    (sent(COARRI.replace("SEL+S-1+CA", "FTX+AAI+++EQD?'EQD+CN+X??")), ["", ""]), (sent(COARRI) + "junk", ["", "", "edifact.cut"]), (sent(COARRI) + "UNZ+1+I77'", ["", "", "edifact.none"]),
    (f"UNA:+.?'UNB+UNOA:1+A+B+260105:0930+1'UNG+X'{COARRI}{CODECO}UNE+2'UNZ+1+1'", ["", "", ""]), ("junk UNA:+.? '" + sent(COARRI), ["edifact.cut", "", ""]),
    (sent(COARRI).replace("'", "\n").replace(":", "%").replace("UNB", "UNA%+.? \nUNB", 1), ["", ""]), (sent(COARRI).translate(str.maketrans("'+:", "\x1c\x1d\x1f")), ["", ""]),
    (sent(COARRI.replace("DOOR", "DOOR?")), ["", ""]), (sent(COARRI.replace("EQD+CN+MSKU", "?EQD+CN+MSKU")), ["edifact.segment"]),
])
def test_what_is_broken_is_one_record_and_the_rest_is_read(text: str, expected: list[str]) -> None:
    assert refusals(terminal_event.FEED, text) == expected


def test_bounds_refuse_the_record_that_exceeds_them_alone() -> None:
    long = sent(COARRI.replace("DOOR", "D" * 3000))
    assert refusals(terminal_event.FEED, long, Bounds(10_000, 1_000, 64)) == ["record.bounds", ""]
    assert refusals(terminal_event.FEED, long, Bounds(2_000, 10_000, 64)) == ["record.bounds", ""]
    found = read(terminal_event.FEED, sent(COARRI.replace("R1", "R" * 3000)), Bounds(2_000, 10_000, 64))
    assert [record.refusal for record in found] == ["record.bounds"] * 2 and all(len(record.raw) <= 2_000 for record in found)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_value_read_is_a_declared_field(feed: Feed) -> None:
    names = {field.name for field in feed.fields}
    text = sent(CUSCAR) if feed is manifest.FEED else sent(COARRI, CODECO)
    for row in values(feed, text):
        assert set(row) == names
        for field in feed.fields:
            if field.type == "list":
                assert all(set(item) <= {inner.name for inner in field.items} for item in row[field.name] or [])
    assert set(feed.key) <= names and all(field.source for field in feed.fields)
    assert not names & {field.name for field in (*BRONZE_FIELDS, *SILVER_FIELDS)}


def test_personal_values_leave_without_breaking_a_message() -> None:
    text = pseudonymise(sent(CUSCAR.replace("COM+02 555:TE", "COM+?+82 10 1234 5678:TE'COM+a.b@example.com:EM")), "key")
    first, second = values(manifest.FEED, text)
    assert first["consignee_phone"].startswith("~H") and "example" not in text and second["goods"] == "SALT"
