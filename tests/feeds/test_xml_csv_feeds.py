"""Waybills, watchlists, the registry, the tariff and exchange rates: other people's messages whole, and broken ones accounted for."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import air_waybill, exchange_rate, party_registry, tariff, watchlist
from feeds.feed import SILVER_FIELDS, Bounds, Feed, Record
from feeds.parsing import Parsing
from lakehouse.settings import load_settings

BOUNDS = Bounds(10_000_000, 1_000_000, 64)
NEW = (air_waybill.FEED, watchlist.FEED, party_registry.FEED, tariff.FEED, exchange_rate.FEED)
SDN = '36,"AEROLINEA UNO",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'UNO\'."'
VESSEL = ('7,"MV ""SEVEN""","vessel","NPWMD] [IFSR","-0- ","CALL7","Tanker","99,144","56,068","Panama","OWNER CO.",'
          '"Former Vessel Flag Malta; Vessel Registration Identification IMO 9187629; MMSI 572469210; Linked To: OWNER CO., LTD."')
PERSON = ('8,"DOE, Jo","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 01 Feb 1971; alt. DOB circa 1960; POB Lima, Peru; '
          'nationality Peru; citizen Chile; Gender Female; Passport AB12 (Peru) expires 01 Jan 2030."')
HOUSE = """<h:HouseWaybill xmlns:h="iata:housewaybill:{version}" xmlns="iata:datamodel:{version}">
<h:MessageHeaderDocument><ID>m</ID><TypeCode>703</TypeCode><IssueDateTime>2026-01-05T09:00:00+09:00</IssueDateTime>
<PurposeCode>{purpose}</PurposeCode></h:MessageHeaderDocument><h:BusinessHeaderDocument><ID>HAWB 01</ID></h:BusinessHeaderDocument>
<h:MasterConsignment><TransportContractDocument><ID>{master}</ID></TransportContractDocument><IncludedHouseConsignment>
<DeclaredValueForCustomsAmount currencyID="USD">120.5</DeclaredValueForCustomsAmount><TotalPieceQuantity>2</TotalPieceQuantity>
<ConsignorParty><Name>A</Name></ConsignorParty>
<AssociatedParty><Name>N</Name><RoleCode>NI</RoleCode></AssociatedParty><AssociatedParty><Name>O</Name><RoleCode>ZZ</RoleCode></AssociatedParty>
<IncludedHouseConsignmentItem><TypeCode>851830</TypeCode><TypeCode>850440</TypeCode></IncludedHouseConsignmentItem>
<IncludedHouseConsignmentItem><TypeCode>851830</TypeCode></IncludedHouseConsignmentItem>
</IncludedHouseConsignment></h:MasterConsignment></h:HouseWaybill>"""


def landed(folder: Path, feed: Feed, content: str | bytes | Path) -> list[dict]:
    """Bronze rows of one file, balanced."""
    path = content if isinstance(content, Path) else folder / "landed"
    if not isinstance(content, Path):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = list(Parsing.of(feed, load_settings({})).rows({"file": path.name, "path": str(path), "known_seconds": 0, "finding": ""}))
    assert max(row["file_records"] for row in found) == sum("ordinal" in row for row in found)
    return found


def said(row: dict) -> dict:
    return row["values"]


def waybill(purpose: str = "Creation", master: str = "180-12345675", version: str = "1") -> str:
    return HOUSE.format(purpose=purpose, master=master, version=version)


def test_the_korean_house_waybill_is_read_with_its_customs_notes(shared: Path, tmp_path: Path) -> None:
    [row] = landed(tmp_path, air_waybill.FEED, shared / "samples/cargo-xml/SEL22222222_XFZB.xml")
    told = said(row)
    assert row["refusal"] is None and row["record_key"] == "888-11111111|SEL22222222"
    assert [(n["content_code"], n["subject_code"], n["country"]) for n in told["customs_notes"]] == [
        ("T", "SHP", "KR"), ("CP", "SHP", "KR"), ("CT", "SHP", "KR"), ("T", "CNE", "DE")]
    assert told["consignor_tax_id"] == "5432109876" and told["consignee_country"] == "DE" and told["consignor_postcode"] == "12345"
    assert (told["origin"], told["destination"], told["master_destination"]) == ("ICN", "FDH", "FRA")
    assert (told["pieces"], told["packages"], told["gross_weight"], told["gross_weight_unit"]) == ("10", "200", "134.0", "KGM")
    assert (told["total_prepaid"], told["total_prepaid_currency"], told["total_collect"]) == ("420", "KRW", "0")
    assert told["goods"].startswith("SPARE PARTS") and told["hs_codes"] == ["1133557799"] and told["master_pieces"] == "59"


def test_master_waybills_are_read_with_flights_charges_and_units(shared: Path, tmp_path: Path) -> None:
    folder = shared / "samples/cargo-xml"
    several, example = (said(landed(tmp_path, air_waybill.FEED, folder / name)[0])
                        for name in ("888-11111111_XFWB_multipleULD_multipleHTS.xml", "xfwbExample.xml"))
    assert [uld["uld_no"] for uld in several["ulds"]] == ["PMC1337XX", "AKE4711XX"] and several["hs_codes"] == ["000111", "000222"]
    assert [(f["flight_no"], f["origin"], f["destination"]) for f in several["flights"]] == [("XX8012", "ORK", "DUB"), ("XX345", "DUB", "AUH")]
    assert (several["weight_charge"], several["total_prepaid"], several["total_prepaid_currency"]) == ("4626.48", "4860.03", "EUR")
    assert several["total_collect"] is None and several["house_awb"] is None and several["master_awb_plain"] == "88811111111"
    assert several["forwarder_account_id"] == "87654321" and several["forwarder_country"] == "IE" and several["forwarder_agent_code"] == "3456789"
    assert example["handling_codes"] == ["EAP", "NSC"] and len(example["accounting_notes"]) == 5 and len(example["charges"]) == 2


def test_every_master_is_keyed_with_an_empty_house(shared: Path, tmp_path: Path) -> None:
    keys = {landed(tmp_path, air_waybill.FEED, path)[0]["record_key"] for path in (shared / "samples/cargo-xml").glob("*XFWB*.xml")}
    assert keys == {"888-11111111|"}


@pytest.mark.parametrize("version", ["1", "2", "1.01"])
def test_a_house_waybill_in_any_version_of_its_namespace(tmp_path: Path, version: str) -> None:
    told = said(landed(tmp_path, air_waybill.FEED, waybill(version=version))[0])
    assert (told["message_type"], told["house_awb"], told["house_awb_plain"], told["master_awb_plain"]) == ("XFZB", "HAWB 01", "HAWB01", "18012345675")
    assert (told["customs_value"], told["customs_value_currency"], told["pieces"]) == ("120.5", "USD", "2")
    assert (told["consignor_name"], told["notify_name"], [party["name"] for party in told["other_parties"]]) == ("A", "N", ["N", "O"])
    assert told["hs_codes"] == ["851830", "850440"]


def test_a_master_is_read_by_its_face_rating(tmp_path: Path) -> None:
    rating = ("<ApplicableRating><TypeCode>{0}</TypeCode><IncludedMasterConsignmentItem><TypeCode>{1}</TypeCode></IncludedMasterConsignmentItem></ApplicableRating>"
              "<ApplicableTotalRating><TypeCode>{0}</TypeCode><ApplicablePrepaidCollectMonetarySummation><PrepaidIndicator>false</PrepaidIndicator>"
              '<GrandTotalAmount currencyID="KRW">{1}</GrandTotalAmount></ApplicablePrepaidCollectMonetarySummation></ApplicableTotalRating>')
    text = ('<w:Waybill xmlns:w="iata:waybill:1"><w:BusinessHeaderDocument><ID>18012345675</ID></w:BusinessHeaderDocument><w:MasterConsignment>'
            "{}</w:MasterConsignment></w:Waybill>")
    both, agent = (said(landed(tmp_path, air_waybill.FEED, text.format(inner))[0])
                   for inner in (rating.format("A", "111") + rating.format("F", "222"), rating.format("A", "111")))
    assert (both["hs_codes"], both["total_collect"]) == (["222"], "222")
    assert (agent["hs_codes"], agent["total_collect"], agent["total_prepaid"]) == (["111"], "111", None)


def test_a_deletion_says_so_and_a_message_without_consignment_is_read(tmp_path: Path) -> None:
    assert said(landed(tmp_path, air_waybill.FEED, waybill("Deletion"))[0])["purpose_code"] == "Deletion"
    bare = waybill().split("<h:MasterConsignment>", maxsplit=1)[0] + "</h:HouseWaybill>"
    assert said(landed(tmp_path, air_waybill.FEED, bare)[0])["master_awb"] is None


@pytest.mark.parametrize(("text", "code"), [
    (waybill().replace("iata:housewaybill:1", "iata:waybill:1"), "xml.form"), (waybill().replace("iata:housewaybill:1", "urn:other"), "xml.form"),
    (waybill().replace("HouseWaybill", "HouseManifest"), "xml.form"), (waybill()[:400], "xml.malformed"), ("<!DOCTYPE a>" + waybill(), "xml.entities"),
])
def test_another_message_is_refused_whole(tmp_path: Path, text: str, code: str) -> None:
    assert [row["refusal"] for row in landed(tmp_path, air_waybill.FEED, text)] == [code]


@pytest.mark.parametrize(("name", "number"), [("sdn.csv", 7379), ("alt.csv", 9682), ("add.csv", 11696)])
def test_ofac_lists_are_read_whole(shared: Path, tmp_path: Path, name: str, number: int) -> None:
    found = landed(tmp_path, watchlist.FEED, shared / "samples/watchlist" / name)
    assert len(found) == len({row["record_key"] for row in found}) == number
    assert not [row for row in found if row["refusal"]]
    declared = {field.name for field in watchlist.FIELDS}
    assert all(set(said(row)) <= declared for row in found[::97])


def test_the_un_list_is_read_whole_with_aliases_and_births(shared: Path, tmp_path: Path) -> None:
    found = landed(tmp_path, watchlist.FEED, shared / "samples/watchlist/UN_consolidated.xml")
    told = {row["record_key"]: said(row) for row in found}
    assert len(found) == len(told) == 1003 and not [row for row in found if row["refusal"]]
    first, third, group = told["UN|CDi.001|entry|"], told["UN|CDi.003|entry|"], told["UN|YEe.001|entry|"]
    assert (first["kind"], first["listed_on"], first["updated_on"], first["birth_dates"]) == ("individual", "2012-12-31", "2016-10-13", ["1971"])
    assert first["aliases"] == [] and third["aliases"][0]["quality"] == "Low" and third["birth_places"][1] == "Ruhengeri, Rwanda"
    assert len(third["designations"]) == 3 and group["kind"] == "entity" and group["addresses"][0]["country"] == "Yemen"


def test_ofac_columns_and_remarks_become_fields(tmp_path: Path) -> None:
    plain, vessel, person = (said(row) for row in landed(tmp_path, watchlist.FEED, "\n".join((SDN, VESSEL, PERSON))))
    assert (plain["kind"], plain["title"], plain["aliases"][0]["name"]) == ("entity", None, "UNO")
    assert (vessel["name"], vessel["programs"], vessel["title"], vessel["tonnage"]) == ('MV "SEVEN"', ["NPWMD", "IFSR"], None, "99,144")
    assert (vessel["imo_no"], vessel["mmsi"], vessel["former_flags"], vessel["linked_to"]) == ("9187629", "572469210", ["Malta"], ["OWNER CO., LTD."])
    assert (person["birth_dates"], person["birth_places"], person["nationalities"]) == (["1971-02-01", "circa 1960"], ["Lima, Peru"], ["Peru", "Chile"])
    assert person["documents"] == [{"type": "Passport", "number": "AB12", "country": "Peru", "issued_on": None, "note": "01 Jan 2030"}]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\r\n\x1a", "\n\x1a\n", "\n\n"])
def test_line_endings_and_the_end_of_file_mark_are_no_content(tmp_path: Path, ending: str) -> None:
    found = landed(tmp_path, watchlist.FEED, ending.rstrip("\x1a").join((SDN, VESSEL)) + ending)
    plain = landed(tmp_path, watchlist.FEED, f"{SDN}\n{VESSEL}")
    assert [(row["record_key"], row["content_hash"]) for row in found] == [(row["record_key"], row["content_hash"]) for row in plain]


def test_broken_lines_of_a_list_are_refused_alone(tmp_path: Path) -> None:
    cut, short = SDN[: SDN.index("UNO") + 3], '9,"NAME",-0- '
    found = landed(tmp_path, watchlist.FEED, "\n".join((SDN, cut, short, "", VESSEL, '36,12,"aka","OTHER",-0- ')))
    assert [row["refusal"] for row in found] == [None, "csv.row", "csv.row", None, "csv.row"]
    assert found[3]["position"] == "line 5"


@pytest.mark.parametrize(("text", "code"), [
    ("a,b,c\n1,2,3\n", "watchlist.form"), ("\x1a", "file.empty"), ("<sdnList/>", "xml.form"), ("<CONSOLIDATED_LIST><INDIVIDUALS>", "xml.malformed"),
    ("<!DOCTYPE a><CONSOLIDATED_LIST/>", "xml.entities"), ("entry_id,kind,aliases\n1,vessel,a\n", "csv.header"),
])
def test_what_is_no_list_is_one_refused_record(tmp_path: Path, text: str, code: str) -> None:
    assert [(row["refusal"], row["file_records"]) for row in landed(tmp_path, watchlist.FEED, text)] == [(code, 1)]


def test_a_local_list_splits_its_aliases(tmp_path: Path) -> None:
    text = "entry_id,kind,name,aliases,country,reason,valid_from,valid_to\nL1,Entity,Firm,A; B|C,CN,why,2026-01-01,\n,,,,,,,\nL2,vessel,Ship,,,,,\nL3,short\n"
    found = landed(tmp_path, watchlist.FEED, text)
    assert [row["record_key"] for row in found if row.get("record_key")] == ["LOCAL|L1|entry|", "LOCAL|L2|entry|"]
    assert [row["refusal"] for row in found] == [None, None, "csv.row"]
    assert [alias["name"] for alias in said(found[0])["aliases"]] == ["A", "B", "C"] and said(found[0])["kind"] == "entity"


def un_list(*entries: str) -> str:
    return f"<CONSOLIDATED_LIST><INDIVIDUALS>{''.join(entries)}</INDIVIDUALS></CONSOLIDATED_LIST>"


def test_entries_are_held_against_the_bounds_one_by_one() -> None:
    small = "<INDIVIDUAL><REFERENCE_NUMBER>r{}</REFERENCE_NUMBER><FIRST_NAME>N</FIRST_NAME></INDIVIDUAL>"
    large = f"<ENTITY><REFERENCE_NUMBER>x</REFERENCE_NUMBER><FIRST_NAME>{'N' * 600}</FIRST_NAME></ENTITY>"
    text = un_list(*(small.format(number) for number in range(50)), large)
    for bounds in (Bounds(500, 1_000, 64), Bounds(1_000, 500, 64)):
        found = list(watchlist.read(text, bounds))
        assert len(found) == watchlist.count(text) == 51
        assert [record.refusal for record in found] == [""] * 50 + ["record.bounds"]


def test_an_entry_within_another_is_no_list(tmp_path: Path) -> None:
    text = un_list("<INDIVIDUAL><DATAID>1</DATAID></INDIVIDUAL>", "<ENTITY><DATAID>2</DATAID><x><INDIVIDUAL><DATAID>3</DATAID></INDIVIDUAL></x></ENTITY>")
    assert [(row["refusal"], row["file_records"]) for row in landed(tmp_path, watchlist.FEED, text)] == [("xml.form", 1)]


def test_entries_are_counted_by_their_tags_alone() -> None:
    text = un_list('<INDIVIDUAL a="1"><DATAID>7</DATAID></INDIVIDUAL>', "<!-- <ENTITY> -->", "<INDIVIDUAL/>", "<N><![CDATA[<ENTITY>]]></N>", '<x:ENTITY xmlns:x="u"/>')
    found = list(watchlist.read(text, BOUNDS))
    assert len(found) == watchlist.count(text) == 3 and found[0].values and found[0].values["entry_id"] == "7"
    # What stands under a prefix is an entry like any other.
    assert [record.refusal for record in found] == ["", "", ""]


@pytest.mark.parametrize(("feed", "text", "keys"), [
    (party_registry.FEED, "customs_id,kind,name_ko,name_en,business_no,aeo_grade,established_on,address,representative,status,updated_on\n"
                          "가나다라1234567,importer,가나,GANA,1234567890,AA,2020-01-01,서울,,active,2026-01-02\n", ["가나다라1234567"]),
    (tariff.FEED, "hs10,regime_code,country,valid_from,valid_to,rate_percent,specific_krw,specific_unit\n8518300000,A,,2026-01-01,,8,,\n"
                  "8518300000,FCN1,CN,2026-01-01,2026-12-31,0,,\n", ["8518300000|A||2026-01-01", "8518300000|FCN1|CN|2026-01-01"]),
    (exchange_rate.FEED, "currency,valid_from,krw_per_unit\nUSD,2026-01-04,\"1,412.35\"\n", ["USD|2026-01-04"]),
], ids=lambda value: value.name if isinstance(value, Feed) else "")
def test_rows_of_reference_files_are_keyed(tmp_path: Path, feed: Feed, text: str, keys: list[str]) -> None:
    found = landed(tmp_path, feed, text.encode())
    assert [row["record_key"] for row in found] == keys and not [row for row in found if row["refusal"]]


@given(st.text(alphabet=st.sampled_from('<>/!?-[]"|;,.:\r\n\x1a 0a가INDIVUALETY'), max_size=120), st.sampled_from(("", SDN + "\n", "entry_id,kind,name,aliases\n")))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_without_a_crash_and_counted_alike(text: str, head: str) -> None:
    for feed in NEW:
        found: list[Record] = list(feed.read(head + text, BOUNDS))
        whole = len(found) == 1 and found[0].refusal and not found[0].position
        assert whole or len(found) == feed.count(head + text)


@pytest.mark.parametrize("feed", NEW, ids=lambda feed: feed.name)
def test_every_feed_is_declared_whole(feed: Feed) -> None:
    names = {field.name for field in feed.fields}
    assert set(feed.key) <= names and not names & {field.name for field in SILVER_FIELDS}
    assert all(field.source or field.name.startswith("is_") for field in feed.fields)
    assert all(ord(character) < 0xAC00 for field in feed.fields for character in field.text.en)
