"""Messages of senders the simulated world has none of: terminals, ocean carriers, express couriers, marketplaces; all made up, the same for the same seed."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

_GOODS = ("WIRELESS EARPHONES", "STEEL BOLTS M8", "COTTON SHIRTS", "CERAMIC TILES", "LED LAMPS", "FROZEN SQUID")
_WEIGHTS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True))


def container_no(serial: int) -> str:
    """A container number with its check digit."""
    bare = f"HAEU{serial % 1_000_000:06d}"
    return bare + str(sum((_WEIGHTS.get(mark) or int(mark)) << place for place, mark in enumerate(bare)) % 11 % 10)


def _interchange(kind: str, number: int, segments: list[str]) -> str:
    message = [f"UNH+{number}+{kind}", *segments]
    whole = [f"UNB+UNOA:2+HAEL:ZZ+KRCUS:ZZ+260105:0930+I{number}", *message, f"UNT+{len(message) + 1}+{number}", f"UNZ+1+I{number}"]
    return "'\n".join(whole) + "'\n"


def coarri(rng: Random, number: int, containers: int) -> str:
    """A discharge report: eleven segments a container, a line feed after each as most terminals send them."""
    said = ["BGM+44+R1+9", f"TDT+20+{number:04d}E+1++HAEL:172:20+++D7AB:103::HAE ONE", "LOC+11+KRPUS:139:6+PNIT:TER:ZZZ", "DTM+178:202601060500:203",
            "NAD+CF+HAEL:160:166"]
    for place in range(containers):
        serial = number * containers + place
        tare = rng.choice((2200, 3900))
        said += [
            f"EQD+CN+{container_no(serial)}+45G1:102:5++3+5", f"RFF+BM:HAEL{serial:08d}", f"DTM+203:20260106{place // 60 % 24:02d}{place % 60:02d}:203",
            "LOC+9+CNSHA:139:6", f"LOC+147+{place % 70:03d}{place % 12:02d}06::5", f"MEA+AAE+T+KGM:{tare}", f"MEA+AAE+EGW+KGM:{tare + rng.randrange(9000, 20000)}",
            f"MEA+AAE+VGM+KGM:{tare + rng.randrange(9000, 20000)}", f"SEL+S{serial:07d}+CA", f"SEL+K{serial:07d}+CU", "FTX+AAI+++DOOR DENT:LEFT",
        ]
    return _interchange("COARRI:D:95B:UN:ITG13", number, [*said, f"CNT+16:{containers}"])


def cuscar(rng: Random, number: int, consignments: int) -> str:
    """A manifest: one container, three parties and two goods items a consignment, some of its texts released."""
    said = [f"BGM+85+MAN{number:04d}+9", "DTM+137:202601050900:203", f"RFF+ABT:26HAEL{number:04d}I",
            "TDT+20+0123E+1++HAEL:172:20:HAE LINE+++9074729:146:11:HAE ONE:KR", "LOC+60+KRPUS:139:6", "DTM+132:20260106:102"]
    for place in range(1, consignments + 1):
        serial = number * consignments + place
        box, packages = container_no(serial), rng.randrange(2, 900)
        said += [
            f"CNI+{place}+HHAE{serial:08d}", f"RFF+BM:HAEL{serial // 4:08d}", f"RFF+BH:HHAE{serial:08d}", f"RFF+AAQ:26HAEL{number:04d}I{place:04d}0001",
            f"CNT+11:{packages}:CT", "LOC+9+CNSHA:139:6:SHANGHAI", "LOC+11+KRPUS:139:6+PNIT:TER:ZZZ", "LOC+7+KRSEL:139:6",
            f"NAD+CZ+++YANGTZE TRADE {serial % 400}:CO LTD+{serial % 90} HARBOUR RD+SHANGHAI++200000+CN",
            f"NAD+CN+++HANGANG IMPORT {serial % 300}+{serial % 400} SEJONG-DAERO:2F+SEOUL++04524+KR", "NAD+NI+++SAME AS CONSIGNEE",
            f"GID+1+{packages - 1}:CT", f"FTX+AAA+++{rng.choice(_GOODS)}:GRADE A", f"MEA+AAE+G+KGM:{packages * 11.5:.1f}", f"SGP+{box}+{packages - 1}",
            "GID+2+1:CT", f"FTX+AAA+++SPARE PARTS FOR BUYER?'S USE {serial % 50}", "MEA+AAE+G+KGM:9.5", f"SGP+{box}+1",
            f"EQD+CN+{box}+22G1:102:5++3+5", f"SEL+S{serial:07d}+CA",
        ]
    return _interchange("CUSCAR:D:95B:UN", number, [*said, f"CNT+10:{consignments}"])


def _instant(serial: int, days_later: int = 0) -> str:
    return f"2026-01-{serial % 20 + 1 + days_later:02d}T{serial % 24:02d}:{serial % 60:02d}:{serial * 7 % 60:02d}+09:00"


def _person(serial: int) -> dict[str, str]:
    return {"name": f"받는이 {serial % 4000}", "address": f"서울특별시 중구 세종대로 {serial % 400}길 {serial % 90}", "postcode": f"{serial % 63000:05d}",
            "customs_id": f"P{100_000_000_000 + serial % 900_000_000}", "phone": f"010-{serial % 9000 + 1000}-{serial * 7 % 9000 + 1000}"}


def courier(rng: Random, parcels: int) -> Iterator[str]:
    """Lines of a courier: each parcel's shipment, and three events after it."""
    for serial in range(parcels):
        tracking, value = f"HX{serial:012d}", round(rng.uniform(5, 180), 2)
        yield _line({
            "record_type": "shipment", "tracking_no": tracking, "courier_code": "HXE", "created_at": _instant(serial), "hawb_no": f"HX{serial:09d}",
            "mawb_no": f"180-{serial // 300:08d}",
            "shipper": {"name": f"Shenzhen Seller {serial % 700}", "address": f"{serial % 99} Bao'an Road, Shenzhen", "country": "CN",
                        "phone": f"+86 {13_800_000_000 + serial % 700}"},
            "consignee": _person(serial), "pieces": 1, "weight_kg": round(rng.uniform(0.1, 9), 2), "declared_value": {"amount": value, "currency": "USD"},
            "lines": [{"seq": place + 1, "description": rng.choice(_GOODS).lower(), "hs_code": "851830", "quantity": 1, "unit_value": value, "origin": "CN"}
                      for place in range(1 + serial % 2)],
            "order_refs": [f"OR{serial:010d}"]})
        for later, (code, place) in enumerate((("DEPARTED", "CNSZX"), ("ARRIVED", "KRICN"), ("DELIVERED", "KRSEL"))):
            yield _line({"record_type": "event", "tracking_no": tracking, "event_code": code, "event_at": _instant(serial, later), "unlocode": place})


def orders(rng: Random, count: int) -> Iterator[str]:
    """Lines of a marketplace, one an order."""
    for serial in range(count):
        price, many = round(rng.uniform(3, 90), 2), 1 + serial % 3
        yield _line({
            "order_no": f"OR{serial:010d}", "market_code": "D12200001", "market_name": "Haemarket", "ordered_at": _instant(serial), "paid_at": _instant(serial),
            "currency": "USD", "total_paid": round(price * many + 8, 2), "shipping_fee": 8.0, "discount": 0.0,
            "seller": {"id": f"S{serial % 700}", "name": f"Shenzhen Seller {serial % 700}", "country": "CN", "registered_on": "2025-11-02"},
            "buyer": _person(serial), "ship_from": "CN", "forwarder_code": "HXE",
            "lines": [{"seq": place + 1, "sku": f"SKU{serial % 5000}", "title": rng.choice(_GOODS).title(), "category_path": ["Home", "Tools"],
                       "quantity": 1, "unit_price": price} for place in range(many)]})


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)
