"""Good messages of every form that feeds take: simulated, small synthetic ones, and samples of others where they lie beside the project."""

import gzip
import io
import json
import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from edifact_sent import COARRI, CODECO, CUSCAR, sent

from feeds.registry import BY_NAME
from simulation.world import simulate

SHARED = Path(__file__).resolve().parents[3] / "shared"
Message = tuple[str, bytes]


@dataclass(frozen=True)
class Form:
    """A form of message, how it is built, and good messages of it, each with its feed."""

    name: str
    kind: str
    messages: tuple[Message, ...]


BAPLIE = (
    "UNH+1+BAPLIE:D:95B:UN:SMDG20'BGM++391651645+9'DTM+137:1604140307:201'TDT+20+042+++HSLI:172:20+++D7AB:103::HAE ONE'LOC+5+USLGB:139:6'LOC+61+TWKHH:139:6'"
    "DTM+178:1604130400:201'LOC+147+0100414::5'FTX+AAA+++GENERAL'MEA+WT++KGM:4500'LOC+9+USLGB'LOC+11+TWKHH'RFF+BM:1'EQD+CN+CSQU3054383+4500+++4'NAD+CA+HSL:172:20'"
    "LOC+147+0100114::5'MEA+WT++KGM:26000'TMP+2+-18.0:CEL'LOC+9+USLGB'LOC+11+TWKHH'EQD+CN+MSKU1234569+4500+++5'DGS+IMD+9+3481'UNT+22+1'"
)
EVENT = {"eventID": "E1", "eventType": "EQUIPMENT", "eventClassifierCode": "ACT", "eventDateTime": "2026-01-05T09:00:00Z", "eventCreatedDateTime": "2026-01-05T09:01:00Z",
         "equipmentEventTypeCode": "LOAD", "equipmentReference": "CSQU3054383", "ISOEquipmentCode": "45G1", "emptyIndicatorCode": "LADEN", "changeRemark": 'a "quoted" ] } , [ {\\',
         "eventLocation": {"UNLocationCode": "KRPUS", "latitude": 35.1, "facilityCode": "PNIT"}, "seals": [{"sealNumber": "S-1", "sealSource": "CUS"}],
         "transportCall": {"UNLocationCode": "CNSHA", "vessel": {"vesselIMONumber": "9074729", "vesselName": "HAE ONE"}, "carrierVoyageNumber": "0123E"},
         "documentReferences": [{"documentReferenceType": "TRD", "documentReferenceValue": "MBL777"}, {"documentReferenceType": "BKG", "documentReferenceValue": "B77"}]}
EVENT_3 = {"eventID": "N1", "eventDateTime": "2026-01-05T09:00:00Z", "eventUpdatedDateTime": "2026-01-05T10:00:00+09:00", "isRetracted": False,
           "eventClassification": {"eventTypeCode": "EQUIPMENT", "eventClassifierCode": "ACT", "equipmentEventTypeCode": "CUSI"},
           "eventLocation": {"UNLocationCode": "KRPUS", "facility": {"facilityCode": "PNC", "facilityCodeListProvider": "SMDG"}},
           "equipmentDetails": {"equipmentReference": "CSQU3054383", "seals": [{"number": "S1", "source": "CUS"}, "S2"]}, "transportDetails": {"delayReasonCodes": ["WEA", "STR"]},
           "shipmentDetails": {"documentReference": {"typeCode": "BKG", "reference": "B1"}, "additionalDocumentReferences": [{"typeCode": "TRD", "reference": "M1"}]}}
AT = "2026-01-05T09:12:00+09:00"
PERSON = {"name": "받는이", "customs_id": "P123456789012", "phone": "010-1234-5678", "postcode": "06000", "address": "서울\n1층"}
LINES = {
    "courier": [
        {"record_type": "shipment", "tracking_no": "T-1", "courier_code": "EX", "created_at": AT, "hawb_no": "H1", "shipper": {"name": "Lamp Works", "country": "CN"}, "consignee": PERSON, "pieces": 1,
         "weight_kg": 0.42, "declared_value": {"amount": 39.9, "currency": "USD"}, "order_refs": ["A", "B"], "dims_cm": [10, 20.5, 30],
         "lines": [{"seq": 1, "description": "lamp", "hs_code": "940520", "quantity": 2, "unit_value": 19.95, "origin": "CN"}]},
        {"record_type": "event", "tracking_no": "T-1", "event_code": "ARRIVED", "event_at": AT, "unlocode": "KRICN", "note": "\u2028{"}],
    "order": [{"order_no": "O1", "market_code": "D12200001", "ordered_at": AT, "currency": "USD", "total_paid": 304.4, "seller": {"id": "S", "registered_on": "2025-11-02"}, "buyer": PERSON,
               "lines": [{"seq": 1, "sku": "K", "title": "램프", "category_path": ["a", "b"], "quantity": 2, "unit_price": 152.2}], "ship_from": "CN"}],
    "clearance_list": [{"list_no": "AE02312600001167", "line": 1, "submitted_at": AT, "hawb_no": "H1", "goods": "lamp", "hs6": "940520", "quantity": 1, "price_usd": 39.9, "weight_kg": 0.42, "consignee": PERSON}],
    "baggage": [{"bag_tag": "0988123456", "flight": "KE0124", "arrived_at": AT, "origin": "BKK", "weight_kg": 21.4, "declared": False, "declared_value_usd": 0, "traveller_token": "t"}],
    "screening": [{"screening_id": "X1", "modality": "nii", "device_id": "d", "office": "030", "captured_at": AT, "subject": {"kind": "container", "ref": "CSQU3054383"},
                   "detections": [{"label": "false_wall", "confidence": 0.87, "box": [0.1, 0.2, 0.3, 0.4]}], "operator_result": "suspect"}],
    "outcome": [{"outcome_id": "R1", "subject": {"kind": "parcel", "ref": "T-1"}, "inspected_at": AT, "office": "030", "depth": "physical", "result": "violation",
                 "violations": [{"type": "quantity", "severity": "minor", "additional_duty_krw": 1250000, "seized": False}], "selected_by": "rule", "confidence": "high"}],
}
CSV = {
    "party_registry": 'customs_id,kind,name_ko,name_en,business_no,aeo_grade,established_on,address,representative,status,updated_on\n'
                      '가나다라1234567,importer,"가나 ""상사""",GANA,1234567890,AA,2020-01-01,"서울\n1층",,active,2026-01-02\n나다라마1234567,broker,나다,"NADA, LTD.",,,,,,closed,2026-01-03\n',
    "tariff": "hs10,regime_code,country,valid_from,valid_to,rate_percent,specific_krw,specific_unit\n8518300000,A,,2026-01-01,,8,,\n8518300000,FCN1,CN,2026-01-01,2026-12-31,0,,\n",
    "exchange_rate": 'currency,valid_from,krw_per_unit\r\nUSD,2026-01-04,"1,412.35"\r\nEUR,2026-01-04,1600\r\n',
    "watchlist": 'entry_id,kind,name,aliases,country,reason,valid_from,valid_to\nL1,entity,Firm,"A; B|C",CN,"why,\nso",2026-01-01,\nL2,vessel,Ship,,,,,\n',
    "declaration_open": ",".join(field.source for field in BY_NAME["declaration_open"].fields)
                        + "\n97061800,2020-01-01,30,B,11,21,11,10,ZZR1LT6,QLRUBN9,0VKY2BR,,440890,BE,BE,0.0,FEU1,G,108.0,372254.4,0,0\n85945645,2020-01-01,40,C,15,21,13,40,SWF9S4X,7JD1S2X,NKXQ5AB,,1,CN,CN,8,A,Y,1,2,1,2\n",
}
SDN = ('36,"AEROLINEA UNO",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'UNO\'."\r\n7,"MV ""SEVEN""","vessel","NPWMD] [IFSR","-0- ","CALL7","Tanker","99,144","56,068",'
       '"Panama","OWNER CO.","Former Vessel Flag Malta; Vessel Registration Identification IMO 9187629; MMSI 572469210."\r\n\x1a')
ADD, ALT = '36,25,"1 Street","Havana","Cuba",-0- \n36,26,-0- ,-0- ,"Panama",-0- \n', '36,12,"aka","OTHER",-0- \n36,13,"fka","ANOTHER, ONE","x"\n'
ENTRY = ("<INDIVIDUAL><DATAID>1</DATAID><REFERENCE_NUMBER>r1</REFERENCE_NUMBER><FIRST_NAME>N &amp; M</FIRST_NAME><UN_LIST_TYPE>X</UN_LIST_TYPE><LISTED_ON>2012-12-31</LISTED_ON>"
         "<NATIONALITY><VALUE>Y</VALUE></NATIONALITY><LAST_DAY_UPDATED><VALUE>2016-10-13</VALUE></LAST_DAY_UPDATED><INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>O</ALIAS_NAME></INDIVIDUAL_ALIAS>"
         "<INDIVIDUAL_DATE_OF_BIRTH><YEAR>1971</YEAR></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>")
GROUP = "<ENTITY><DATAID>2</DATAID><REFERENCE_NUMBER>r2</REFERENCE_NUMBER><FIRST_NAME>G</FIRST_NAME><ENTITY_ADDRESS><COUNTRY>Z</COUNTRY></ENTITY_ADDRESS></ENTITY>"
UN = f'<?xml version="1.0" encoding="utf-8"?>\n<CONSOLIDATED_LIST dateGenerated="2026-01-05T00:00:00Z"><INDIVIDUALS>{ENTRY}</INDIVIDUALS><ENTITIES>{GROUP}</ENTITIES></CONSOLIDATED_LIST>'
ROW = "<cargCsclPrgsInfoQryVo><cargMtNo>20HSLI0133I1504904{}</cargMtNo><hblNo>H{}</hblNo><etprDt>20260105</etprDt></cargCsclPrgsInfoQryVo>"
MANY = ("<cargCsclPrgsInfoQryRtnVo><ntceInfo>[N00] 다건</ntceInfo>" + "".join(ROW.format(n, n) for n in range(3)) + "<tCnt>3</tCnt></cargCsclPrgsInfoQryRtnVo>")
HOUSE = ('<h:HouseWaybill xmlns:h="iata:housewaybill:1" xmlns="iata:datamodel:1"><h:MessageHeaderDocument><ID>m</ID><TypeCode>703</TypeCode><IssueDateTime>2026-01-05T09:00:00+09:00</IssueDateTime>'
         "<PurposeCode>Creation</PurposeCode></h:MessageHeaderDocument><h:BusinessHeaderDocument><ID>HAWB 01</ID></h:BusinessHeaderDocument><h:MasterConsignment><TransportContractDocument><ID>180-12345675</ID>"
         '</TransportContractDocument><IncludedHouseConsignment><DeclaredValueForCustomsAmount currencyID="USD">120.5</DeclaredValueForCustomsAmount><TotalPieceQuantity>2</TotalPieceQuantity><ConsignorParty>'
         "<Name>A</Name></ConsignorParty><AssociatedParty><Name>N</Name><RoleCode>NI</RoleCode></AssociatedParty></IncludedHouseConsignment></h:MasterConsignment></h:HouseWaybill>")
MASTER = ('<w:Waybill xmlns:w="iata:waybill:1"><w:MessageHeaderDocument><IssueDateTime>2026-01-05T09:00:00</IssueDateTime></w:MessageHeaderDocument><w:BusinessHeaderDocument><ID>18012345675</ID>'
          '</w:BusinessHeaderDocument><w:MasterConsignment><IncludedTareGrossWeightMeasure unitCode="KGM">10</IncludedTareGrossWeightMeasure><OriginLocation><ID>ICN</ID></OriginLocation></w:MasterConsignment></w:Waybill>')


@cache
def simulated() -> dict[str, tuple[bytes, ...]]:
    """Messages of a small simulated world, by feed."""
    found: dict[str, list[bytes]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), shipments=20, days=4, seed=7)
        for path in sorted(Path(folder).glob("*/*/*.zip")):
            with zipfile.ZipFile(path) as archive:
                found[path.parent.name] += [archive.read(name) for name in archive.namelist()]
    return {feed: tuple(messages[:12]) for feed, messages in found.items()}


def _samples(pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((SHARED / "samples").glob(pattern))]


def _few_lines(pattern: str) -> list[bytes]:
    return [b"\n".join(whole.split(b"\n")[:12]) + b"\n" for whole in _samples(pattern)]


def _few_entries() -> list[bytes]:
    """The UN list cut to its first entries."""
    return [re.sub(rb"(?s)(<(INDIVIDUAL|ENTITY)>(?:(?!</\2>).)*</\2>\s*){6,}", lambda found: b"".join(re.split(rb"(?<=</INDIVIDUAL>)|(?<=</ENTITY>)", found[0])[:3]), whole)
            for whole in _samples("watchlist/UN*.xml")]


def _of(feed: str, *messages: str | bytes) -> Iterator[Message]:
    return ((feed, message.encode() if isinstance(message, str) else message) for message in messages)


def json_lines(*objects: object) -> str:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in objects) + "\n"


def zipped(*members: tuple[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


@cache
def forms() -> tuple[Form, ...]:
    """Every form with its good messages."""
    events = (json_lines(EVENT, EVENT | {"eventID": "E2"}), json.dumps([EVENT, EVENT | {"eventID": "E3"}], indent=1), json.dumps(EVENT))
    whole = [message for feed, messages in simulated().items() for message in _of(feed, *messages[:4])]
    plain = [*whole, *(message for feed, text in CSV.items() for message in _of(feed, text)), *(message for feed, rows in LINES.items() for message in _of(feed, json_lines(*rows, *rows)))]
    return (
        Form("EDIFACT CUSCAR", "edifact", tuple(_of("manifest", sent(CUSCAR), CUSCAR, sent(CUSCAR, CUSCAR), "UNA:+.? '\n" + sent(CUSCAR).replace("'", "'\n").replace("?'\n", "?'")))),
        Form("EDIFACT COARRI, CODECO", "edifact", tuple(_of("terminal_event", sent(COARRI), sent(CODECO), sent(COARRI, CODECO), COARRI))),
        Form("EDIFACT BAPLIE", "edifact", tuple(_of("terminal_event", sent(BAPLIE), BAPLIE, *_samples("edifact/*.edi")))),
        Form("GOVCBR929 XML", "xml", tuple(_of("declaration", *simulated()["declaration"], *_samples("kcs-929/*.xml")))),
        Form("API001 XML", "xml", tuple(_of("cargo_progress", *simulated()["cargo_progress"], MANY, *_samples("unipass/*.xml")))),
        Form("Cargo-XML", "xml", tuple(_of("air_waybill", HOUSE, MASTER, *_samples("cargo-xml/*.xml")))),
        Form("UN XML", "xml", tuple(_of("watchlist", UN, *_few_entries()))),
        Form("DCSA 2.2 JSON", "json", tuple(_of("carrier_event", *events, *_samples("dcsa-tnt/tnt-220*.json")))),
        Form("DCSA 3.0 JSON", "json", tuple(_of("carrier_event", json.dumps({"events": [EVENT_3, EVENT_3 | {"eventID": "N2"}]}), *_samples("dcsa-tnt/tnt-300*.json")))),
        Form("JSON Lines", "lines", tuple(message for feed, rows in LINES.items() for message in _of(feed, json_lines(*rows, *rows)))),
        Form("CSV", "csv", tuple(message for feed, text in CSV.items() for message in _of(feed, text))),
        Form("OFAC CSV", "csv", tuple(_of("watchlist", SDN, ADD, ALT, *_few_lines("watchlist/*.csv")))),
        Form("zip", "zip", tuple((feed, zipped(("a/one.msg", message), ("two.msg", message))) for feed, message in plain)),
        Form("gz", "gz", tuple((feed, gzip.compress(message, mtime=0)) for feed, message in plain)),
    )
