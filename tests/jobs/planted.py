"""A landing whose messages hold a thousand personal values and names, each known to the test, in every form a feed has."""

import gzip
import json
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DAY = "2024-03-04"
NAMESPACE = "urn:kr:gov:kcs:data:standard:KCS_DeclarationOfIMP_929SchemaModule:1:0"
_AT = f"{DAY}T09:12:00+09:00"


@dataclass(frozen=True)
class Value:
    """A value as it was planted, once read: its kind and its plain text."""

    kind: str
    plain: str


class Planter:
    """Makes values and names that nobody has, each once, and remembers them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.values: list[Value] = []
        self.names: list[str] = []

    def _plant(self, kind: str, plain: str, *forms: str) -> str:
        self.values.append(Value(kind, plain))
        return forms[len(self.values) % len(forms)]

    def _digits(self, count: int) -> str:
        return "".join(self._chance.choices("0123456789", k=count))

    def name(self) -> str:
        self.names.append(f"심은이름{len(self.names):03d}번" if len(self.names) % 2 else f"PLANTED NAME {len(self.names):03d}")
        return self.names[-1]

    def code(self) -> str:
        digits = self._digits(12)
        return self._plant("customs", f"P{digits}", f"P{digits}", f"p{digits}", f"P {digits}")

    def phone(self) -> str:
        one, two = self._digits(4), self._digits(4)
        return self._plant("phone", f"010{one}{two}", f"010-{one}-{two}", f"010{one}{two}", f"+82 10 {one} {two}", f"010.{one}.{two}", f"+8210{one}{two}",
                           f"010)0{one[1:]}-{two}" if one[0] == "0" else f"010 {one} {two}")

    def mail(self) -> str:
        box = f"planted.{self._digits(9)}"
        return self._plant("email", f"{box}@example.com", f"{box}@example.com", f"{box.upper()}@Example.com")

    def resident(self) -> str:
        front, back = f"{self._digits(2)}0{self._chance.randint(1, 9)}1{self._chance.randint(0, 9)}", f"{self._chance.randint(1, 8)}{self._digits(6)}"
        return self._plant("resident", front + back, f"{front}-{back}", front + back)

    def passport(self) -> str:
        digits = self._digits(8)
        return self._plant("passport", f"M{digits}", f"M{digits}") if len(self.values) % 2 else self._plant(
            "passport", f"M{digits[:3]}A{digits[3:7]}", f"M{digits[:3]}A{digits[3:7]}")


def json_feeds(plant: Planter, number: int) -> dict[str, str]:
    """One line of each JSON Lines feed."""
    lines = {
        "courier": {"record_type": "shipment", "tracking_no": f"T-{number}", "courier_code": "EX", "created_at": _AT, "hawb_no": f"H{number:06d}",
                    "shipper": {"name": "LAMP WORKS", "address": "1 ROAD", "country": "CN", "phone": plant.phone()},
                    "consignee": {"name": plant.name(), "address": f"서울 {plant.phone()}로", "postcode": "04524", "customs_id": plant.code(), "phone": plant.phone()},
                    "pieces": 1, "weight_kg": 0.4, "declared_value": {"amount": 9.9, "currency": "USD"},
                    "lines": [{"seq": 1, "description": f"lamp for {plant.mail()}", "hs_code": "940520", "quantity": 1, "unit_value": 9.9, "origin": "CN"}]},
        "order": {"order_no": f"O{number}", "market_code": "D12200001", "ordered_at": _AT, "currency": "USD", "total_paid": 9.9,
                  "seller": {"id": "S", "name": "LAMP WORKS", "country": "CN"},
                  "buyer": {"customs_id": plant.code(), "name": plant.name(), "phone": plant.phone(), "address": f"집 {plant.phone()}"},
                  "lines": [{"seq": 1, "title": "lamp", "quantity": 1, "unit_price": 9.9}], "ship_from": "CN",
                  "purchase_url": f"https://shop.example/?mail={plant.mail().replace('@', '%40')}"},
        "clearance_list": {"list_no": "AE02312600001167", "line": number + 1, "submitted_at": _AT, "hawb_no": f"H{number:06d}", "seller_name": "LAMP WORKS",
                           "seller_country": "CN", "goods": f"lamp {plant.resident()}", "hs6": "940520", "quantity": 1, "price_usd": 9.9, "weight_kg": 0.4,
                           "consignee": {"customs_id": plant.code(), "name": plant.name(), "phone": plant.phone()}},
        "baggage": {"bag_tag": f"0180{number:06d}", "flight": "KE0124", "arrived_at": _AT, "origin": "BKK", "weight_kg": 20, "traveller_token": plant.passport()},
        "screening": {"screening_id": f"X{number}", "modality": "canine", "office": "030", "captured_at": _AT,
                      "subject": {"kind": "traveller", "ref": plant.passport()}, "operator_result": "clear", "operator_note": f"연락처{plant.phone()}확인"},
        "outcome": {"outcome_id": f"I{number}", "subject": {"kind": "declaration", "ref": f"43894{number:05d}0001M"}, "inspected_at": _AT, "office": "030",
                    "result": "clean", "found": f"명의 {plant.code()}", "officer_ref": "R1"},
    }
    text = {feed: json.dumps(line, ensure_ascii=number % 3 == 0) for feed, line in lines.items()}
    # What some senders escape though they need not.
    return {feed: line.replace("010", "\\u003010") if number % 7 == 3 else line for feed, line in text.items()}


def declaration(plant: Planter, number: int) -> str:
    phone = plant.phone()
    return (f'<?xml version="1.0" encoding="UTF-8"?><wco:Declaration xmlns:wco="{NAMESPACE}" xmlns:kcs="{NAMESPACE}"><wco:DeclarationOfficeID>03010</wco:DeclarationOfficeID>'
            f"<wco:ID>43894{number:05d}0001M</wco:ID><wco:InvoiceAmount currencyID=\"USD\">90.00</wco:InvoiceAmount><wco:IssueDateTime>20240304</wco:IssueDateTime>"
            '<wco:TotalGrossMassMeasure kcsUnitCode="KG">12.0</wco:TotalGrossMassMeasure><wco:TotalPackageQuantity kcsUnitCode="CT">1</wco:TotalPackageQuantity>'
            "<wco:TypeCode>GOVCBR929</wco:TypeCode><wco:GoodsShipment><wco:ExportationCountryCode>CN</wco:ExportationCountryCode>"
            f"<wco:GovernmentAgencyGoodsItem><wco:SequenceNumeric>001</wco:SequenceNumeric><wco:Commodity><wco:CargoDescription>LAMP {phone.replace('0', '&#48;', 1)}"
            "</wco:CargoDescription><wco:Classification><wco:ID>9405200000</wco:ID></wco:Classification></wco:Commodity></wco:GovernmentAgencyGoodsItem>"
            f"<wco:Seller><wco:ID>CNLAM0001</wco:ID><wco:Name>LAMP WORKS</wco:Name></wco:Seller>"
            f"<wco:UCR><kcs:CustomsAssignedReferenceID>24HSLI0133I{number:08d}</kcs:CustomsAssignedReferenceID></wco:UCR></wco:GoodsShipment>"
            f"<wco:Importer><wco:ID>{plant.code()}</wco:ID><wco:Name>{plant.name()}</wco:Name></wco:Importer>"
            f'<wco:Payer><wco:ID schemeAgencyID="380">{plant.code()}</wco:ID><wco:Name>{plant.name()}</wco:Name>'
            f"<wco:Communication><wco:TypeID>TE</wco:TypeID><wco:ID>{plant.phone()}</wco:ID></wco:Communication>"
            f"<wco:Communication><wco:TypeID>EM</wco:TypeID><wco:ID>{plant.mail()}</wco:ID></wco:Communication></wco:Payer></wco:Declaration>")


def progress(plant: Planter, number: int) -> str:
    return ("<cargCsclPrgsInfoQryRtnVo><ntceInfo/><cargCsclPrgsInfoQryVo>"
            f"<cargMtNo>24HSLI0133I{number:08d}</cargMtNo><hblNo>HBL{number:06d}</hblNo><mblNo>01612345675</mblNo><prnm>LAMP {plant.phone()}</prnm><cargTp>수입 일반화물</cargTp>"
            f"<prcsDttm>20240304091200</prcsDttm><ttwg>12</ttwg><wghtUt>KG</wghtUt><etprDt>20240303</etprDt><frwrEntsConm>{plant.name()}</frwrEntsConm></cargCsclPrgsInfoQryVo>"
            "<tCnt>1</tCnt><cargCsclPrgsInfoDtlQryVo><cargTrcnRelaBsopTpcd>반입신고</cargTrcnRelaBsopTpcd><prcsDttm>20240304091200</prcsDttm><shedSgn>03012202</shedSgn>"
            "<wght>12</wght><wghtUt>KG</wghtUt></cargCsclPrgsInfoDtlQryVo></cargCsclPrgsInfoQryRtnVo>")


def waybill(plant: Planter, number: int) -> str:
    contact = (f"<DefinedTradeContact><PersonName>{plant.name()}</PersonName><DirectTelephoneCommunication><CompleteNumber>{plant.phone().lstrip('+')}</CompleteNumber>"
               f"</DirectTelephoneCommunication><URIEmailCommunication><URIID>{plant.mail()}</URIID></URIEmailCommunication></DefinedTradeContact>")
    return ('<h:HouseWaybill xmlns:h="iata:housewaybill:1" xmlns="iata:datamodel:3"><h:MessageHeaderDocument><ID>m</ID><TypeCode>703</TypeCode>'
            f"<IssueDateTime>{_AT}</IssueDateTime><PurposeCode>Creation</PurposeCode></h:MessageHeaderDocument><h:BusinessHeaderDocument><ID>SEL{number:06d}</ID>"
            "</h:BusinessHeaderDocument><h:MasterConsignment><TransportContractDocument><ID>016-1234-5675</ID></TransportContractDocument><IncludedHouseConsignment>"
            f"<TotalPieceQuantity>1</TotalPieceQuantity><ConsigneeParty><Name>{plant.name()}</Name>{contact}</ConsigneeParty>"
            f"<IncludedCustomsNote><ContentCode>T</ContentCode><Content>{plant.code()}</Content><SubjectCode>CNE</SubjectCode><CountryID>KR</CountryID></IncludedCustomsNote>"
            "</IncludedHouseConsignment></h:MasterConsignment></h:HouseWaybill>")


def manifest(plant: Planter, number: int) -> str:
    text = (f"UNB+UNOC:3+HSLI:ZZ+KRCUS:ZZ+240304:0930+I{number}'UNH+M1+CUSCAR:D:95B:UN:1.4'BGM+85+MAN{number}+9'DTM+137:202403040900:203'RFF+ABT:24HSLI0133I'"
            f"TDT+20+0123E+1++HSLI:172:20:HAE LINE+++9074729:146:11:HAE ONE:KR'CNI+1+HBL-{number}'RFF+BM:MBL{number}'RFF+BH:HBL-{number}'LOC+9+CNSHA:139:6'LOC+11+KRPUS:139:6'"
            f"NAD+CN+++{plant.name()}+12 SEJONG-DAERO+SEOUL++04524+KR'COM+{plant.phone().replace('+', '?+')}:TE'COM+{plant.mail()}:EM'GID+1+100:CT'"
            f"FTX+AAA+++LAMPS OF {plant.code()} CALL {plant.phone().replace('+', '?+')} NOW'MEA+AAE+G+KGM:900'UNT+14+M1'UNZ+1+I{number}'")
    # Some senders cut their interchanges into lines of one length, wherever that falls.
    return "\r\n".join(text[at:at + 80] for at in range(0, len(text), 80)) if number % 2 else text.replace("'", "'\n")


def tables(plant: Planter, count: int) -> dict[str, str]:
    """The CSV feeds."""
    firms = [f"한빛물산{number:07d},importer,한빛물산,HANBIT,1208600000,A,2001-01-01,\"서울, {plant.phone()}\",{plant.name()},active,{DAY}" for number in range(count)]
    listed = [f"L{number},individual,{plant.name()},,KR,여권 {plant.passport()} 주민 {plant.resident()},{DAY}," for number in range(count)]
    return {"party_registry": "customs_id,kind,name_ko,name_en,business_no,aeo_grade,established_on,address,representative,status,updated_on\n" + "\n".join(firms),
            "watchlist": "entry_id,kind,name,aliases,country,reason,valid_from,valid_to\n" + "\n".join(listed)}


def broken(plant: Planter) -> dict[str, bytes]:
    """Files that nobody can read, as `feed/name`."""
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    return {
        "courier/cut.jsonl": f'{{"record_type": "shipment", "consignee": {{"name": "{plant.name()}", "phone": "{plant.phone()}", "customs_id": "{plant.code()}'.encode(),
        "order/no-json.txt": f"{plant.name()};{plant.mail()};{plant.phone()};{plant.resident()}\n<<{plant.passport()}>>".encode(),
        "declaration/cut.xml": declaration(plant, 90_001)[:-20].encode(),
        "declaration/unencoded.xml": "<a>전화".encode("cp949") + plant.phone().encode() + "부호".encode("cp949") + plant.code().encode() + b"\xff</a>",
        "declaration/utf-16.xml": declaration(plant, 90_002).encode("utf-16-le"),
        "manifest/cut.edi": manifest(plant, 90_003).replace("CUSCAR", "CUSREP").encode(),
        "clearance_list/wide.jsonl": f'{{"list_no": "W", "goods": "{plant.phone().translate(wide)} {plant.resident().translate(wide)}'.encode(),
        "cargo_progress/answer.xml": (f"<cargCsclPrgsInfoQryRtnVo><ntceInfo>조회 불가 {plant.phone()} {plant.name()}</ntceInfo><tCnt>-1</tCnt>"
                                      "</cargCsclPrgsInfoQryRtnVo>").encode(),
    }


def plant_landing(landing: Path, rounds: int, seed: int = 17) -> Planter:
    """Write the landing; what was planted in it."""
    plant, day = Planter(seed), landing / DAY
    lines: dict[str, list[str]] = {}
    single: dict[str, Callable[[Planter, int], str]] = {"declaration": declaration, "cargo_progress": progress, "air_waybill": waybill, "manifest": manifest}
    for number in range(rounds):
        for feed, line in json_feeds(plant, number).items():
            lines.setdefault(feed, []).append(line)
        for feed, make in single.items():
            _write(day / feed / f"{number}.{'edi' if feed == 'manifest' else 'xml'}", make(plant, number).encode())
    for feed, said in lines.items():
        half = len(said) // 2
        _write(day / feed / f"{plant.code()} first.jsonl.gz", gzip.compress("\n".join(said[:half]).encode()))
        with zipfile.ZipFile(_made(day / feed / "second.zip"), "w") as archive:
            archive.writestr(f"from {plant.mail()} of today.jsonl", "\n".join(said[half:]))
    for feed, text in tables(plant, rounds).items():
        _write(day / feed / f"rows_{plant.phone()}.csv", text.encode())
    for name, content in broken(plant).items():
        _write(day / name, content)
    assert len({value.plain for value in plant.values}) == len(plant.values)
    return plant


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write(path: Path, content: bytes) -> None:
    _made(path).write_bytes(content)


def told_in(text: str, plant: Planter) -> list[Value]:
    """Planted values that a text tells, whatever stands between their digits; found without the patterns that hide them."""
    bare = re.sub(r"[\s().\-\0]|\\u0000", "", text)
    digits = "|".join(re.findall(r"\d{9,}", bare))
    lower = text.lower().replace("%40", "@")
    mails = "|".join(lower[max(0, found.start() - 40):found.end() + 20] for found in re.finditer("@", lower))
    found = []
    for value in plant.values:
        where = {"email": mails, "passport": bare}.get(value.kind, digits)
        # A phone is told by what follows its trunk 0 too.
        wanted = value.plain[1:] if value.kind in ("customs", "phone") else value.plain
        if wanted in where:
            found.append(value)
    return found
