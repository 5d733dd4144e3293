"""EDIFACT messages that the tests send, and how they read them."""

from feeds import manifest, terminal_event
from feeds.feed import Bounds, Feed, Record

BOUNDS = Bounds(10_000_000, 1_000_000, 64)
FEEDS = (manifest.FEED, terminal_event.FEED)
CUSCAR = (
    "UNH+M1+CUSCAR:D:95B:UN:1.4'BGM+85+MAN001+9'DTM+137:202601050900:203'RFF+ABT:26HSLI0133I'NAD+CA+HSLI:172:20'"
    "TDT+20+0123E+1++HSLI:172:20:HAE LINE+++9074729:146:11:HAE ONE:KR'LOC+60+KRPUS:139:6'DTM+132:20260106:102'"
    "EQD+CN+CSQU3054383+45G1:102:5++3+5'SEL+S-1+CA'SEL+K-2+CU'EQD+CN+MSKU1234569+22G1:102:5++3+5'SEL+S-3+SH'"
    "CNI+1+HBL-001'RFF+BM:MBL777'RFF+BH:HBL-001'RFF+AAQ:26HSLI0133I10010001'CNT+11:120:PK'LOC+9+CNSHA:139:6:SHANGHAI'"
    "LOC+11+KRPUS:139:6+PNIT:TER:ZZZ'LOC+7+KRSEL:139:6'LOC+88+CNNGB:139:6'NAD+CZ+S9:160:ZZZ++GUANG TRADE:CO LTD+1 HARBOUR RD+SHANGHAI++200000+CN'"
    "NAD+CN+++ACME?'S KOREA+12 SEJONG-DAERO:2F+SEOUL++04524+KR'COM+02 555:TE'NAD+NI+++SAME AS CONSIGNEE'GID+1+100:CT'FTX+AAA+++WIRELESS:EAR?+PHONES'"
    "FTX+AAA+++BLUETOOTH 5?:3'MEA+AAE+G+KGM:900,5'SGP+CSQU3054383+100'GID+2+20:PK'FTX+AAA+++CHARGERS'MEA+AAE+G+KGM:99.5'DGS+IMD+9+3481'CST++851830:122'"
    "CNI+2+MBL888'RFF+BM:MBL888'GID+1+7:BG'FTX+AAA+++SALT'MEA+AAE+G+TNE:7'MEA+VOL++MTQ:8.5'SGP+MSKU1234569+7'"
    "CNT+16:2'CNT+10:2'UNT+46+M1'"
)
COARRI = (
    "UNH+7+COARRI:D:95B:UN:ITG13'BGM+44+R1+9'TDT+20+0123E+1++HSLI:172:20+++D7AB:103::HAE ONE'LOC+11+KRPUS:139:6+PNIT:TER:ZZZ'DTM+178:202601060500:203'"
    "NAD+CF+HSLI:160:166'EQD+CN+CSQU3054383+45G1:102:5++3+5'RFF+BM:MBL777'DTM+203:202601060830:203'LOC+9+CNSHA:139:6'LOC+147+0120306::5'"
    "MEA+AAE+T+KGM:3900'MEA+AAE+EGW+KGM:24000'MEA+AAE+VGM+KGM:24310'SEL+S-1+CA'SEL+K-2+CU'FTX+AAI+++DOOR DENT:LEFT'"
    "EQD+CN+MSKU1234569+22G1:102:5++3+4'DTM+203:2601060845:201'MEA+AAE+EGW+KGM:2300'CNT+16:2'UNT+22+7'"
)
CODECO = (
    "UNH+62269+CODECO:D:95B:UN:ITG13'BGM+36++9'TDT+20+055N+1++HSLI:172:166+++D7AB:103::HAE ONE'NAD+CF+HSLI:160:166'EQD+CN+CSQU3054383+22G1:102:5++3+5'"
    "RFF+BN:B77'DTM+7:202601071259KST:303'LOC+11+KRPUS:139:6'LOC+165+KRPUS:139:6+PNIT:TER:ZZZ'TMP+2+-18,5:CEL'SEL+S-1+SH+1'TDT+1++3+31+HAUL:172+++BUSAN80A1234:146'"
    "DAM+1+DEN:ZZZ::DENT+LEFT:ZZZ::LEFT'CNT+16:1'UNT+15+62269'"
)


def sent(*messages: str, count: int | None = None) -> str:
    return f"UNB+UNOA:2+HSLI:ZZ+KRCUS:ZZ+260105:0930+I77'{''.join(messages)}UNZ+{len(messages) if count is None else count}+I77'"


def read(feed: Feed, text: str, bounds: Bounds = BOUNDS) -> list[Record]:
    """The records, having seen that as many are counted."""
    found = list(feed.read(text, bounds))
    whole = len(found) == 1 and found[0].refusal and not found[0].position
    assert whole or feed.count(text) == len(found)
    return found


def values(feed: Feed, text: str) -> list[dict]:
    return [dict(record.values or {}) for record in read(feed, text)]


def told(record: dict, **expected: object) -> None:
    assert {name: record[name] for name in expected} == expected
