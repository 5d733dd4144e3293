"""Where goods come from and arrive: countries, ports, offices, sheds, carriers and usual exchange rates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Port:
    """A sea port (UN/LOCODE) or an airport (IATA) abroad."""

    code: str
    name: str


@dataclass(frozen=True)
class Country:
    """A country of origin or dispatch; `agreement` is the duty regime its goods may claim, empty where none."""

    code: str
    seas: tuple[Port, ...]
    airs: tuple[Port, ...]
    agreement: str
    currency: str
    price_level: float
    freight_usd_per_kg: float
    legal_forms: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A Korean port of arrival with its office, the code on declarations and in cargo answers, and its sheds."""

    office: str
    customs_name: str
    locode: str
    progress_code: str
    name: str
    sheds: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Carrier:
    """A shipping line or an airline; `prefix` is the container owner code or the air waybill prefix."""

    sign: str
    name: str
    prefix: str
    flag: str
    flag_name: str
    craft: tuple[str, ...]


def _ports(text: str) -> tuple[Port, ...]:
    return tuple(Port(*pair.split("=")) for pair in text.split(";"))


_EU = ("GMBH", "S.A.", "S.R.L.", "B.V.")
_ASIA = ("CO., LTD", "CO.,LTD.", "TRADING CO LTD", "PTE LTD")
COUNTRIES: tuple[Country, ...] = (
    Country(
        "CN",
        _ports("CNSHA=Shanghai;CNTAO=Qingdao;CNWEI=Weihai;CNYTN=Yantian"),
        _ports("PVG=상하이/푸둥;SZX=선전"),
        "FCN1",
        "CNY",
        0.95,
        0.10,
        _ASIA,
    ),
    Country(
        "VN",
        _ports("VNSGN=Ho Chi Minh City;VNHPH=Haiphong"),
        _ports("HAN=하노이;SGN=호치민"),
        "FVN1",
        "USD",
        0.97,
        0.12,
        _ASIA,
    ),
    Country(
        "US",
        _ports("USLAX=Los Angeles;USOAK=Oakland;USNYC=New York"),
        _ports("LAX=로스앤젤레스;JFK=뉴욕"),
        "FUS1",
        "USD",
        1.08,
        0.28,
        ("INC.", "LLC", "CORP."),
    ),
    Country(
        "JP",
        _ports("JPOSA=Osaka;JPYOK=Yokohama;JPHKT=Hakata"),
        _ports("NRT=도쿄/나리타;KIX=오사카/간사이"),
        "",
        "JPY",
        1.12,
        0.10,
        ("CO., LTD.", "K.K."),
    ),
    Country(
        "DE", _ports("DEHAM=Hamburg;DEBRV=Bremerhaven"), _ports("FRA=프랑크푸르트"), "FEU1", "EUR", 1.10, 0.30, _EU
    ),
    Country("IT", _ports("ITGOA=Genova;ITSPE=La Spezia"), _ports("MXP=밀라노/말펜사"), "FEU1", "EUR", 1.08, 0.32, _EU),
    Country(
        "FR", _ports("FRLEH=Le Havre;FRFOS=Fos-sur-Mer"), _ports("CDG=파리/샤를드골"), "FEU1", "EUR", 1.10, 0.31, _EU
    ),
    Country("ES", _ports("ESBCN=Barcelona;ESVLC=Valencia"), _ports("MAD=마드리드"), "FEU1", "EUR", 1.00, 0.31, _EU),
    Country("TH", _ports("THLCH=Laem Chabang;THBKK=Bangkok"), _ports("BKK=방콕"), "FAS1", "USD", 0.98, 0.14, _ASIA),
    Country("ID", _ports("IDJKT=Jakarta;IDSUB=Surabaya"), _ports("CGK=자카르타"), "FAS1", "USD", 0.94, 0.16, _ASIA),
    Country(
        "MY", _ports("MYPKG=Port Klang;MYPEN=Penang"), _ports("KUL=쿠알라룸푸르"), "FAS1", "USD", 0.97, 0.15, _ASIA
    ),
    Country("TW", _ports("TWKHH=Kaohsiung;TWKEL=Keelung"), _ports("TPE=타이베이"), "", "USD", 1.02, 0.12, _ASIA),
    Country(
        "IN", _ports("INNSA=Nhava Sheva;INMAA=Chennai"), _ports("DEL=델리;BOM=뭄바이"), "", "USD", 0.92, 0.20, _ASIA
    ),
    Country("AU", _ports("AUSYD=Sydney;AUMEL=Melbourne"), _ports("SYD=시드니"), "", "USD", 1.05, 0.24, ("PTY LTD",)),
    Country(
        "CL", _ports("CLVAP=Valparaiso;CLSAI=San Antonio"), _ports("SCL=산티아고"), "", "USD", 0.98, 0.33, ("S.A.",)
    ),
    Country("HK", _ports("HKHKG=Hong Kong"), _ports("HKG=홍콩"), "", "USD", 1.00, 0.11, ("LIMITED",)),
    Country("SG", _ports("SGSIN=Singapore"), _ports("SIN=싱가포르"), "", "USD", 1.00, 0.15, ("PTE LTD",)),
)
COUNTRY: dict[str, int] = {country.code: place for place, country in enumerate(COUNTRIES)}
HUBS: tuple[int, int] = (COUNTRY["HK"], COUNTRY["SG"])

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "030",
        "부산세관",
        "KRPUS",
        "KRPUS",
        "부산항",
        (("03012202", "신항가온터미널"), ("03012311", "북항누리터미널"), ("03077015", "감천새봄보세창고")),
    ),
    Entry(
        "020",
        "인천세관",
        "KRINC",
        "KRINC",
        "인천항",
        (("02011105", "인천마루터미널"), ("02077021", "송도한결보세창고"), ("02002088", "인천공용장치장")),
    ),
    Entry(
        "060",
        "평택세관",
        "KRPTK",
        "KRPTK",
        "평택항",
        (("06011017", "평택다온터미널"), ("06077009", "포승이룸보세창고")),
    ),
    Entry(
        "040",
        "인천공항세관",
        "KRICN",
        "ICN",
        "서울/인천",
        (("04077031", "하늘나래항공화물터미널"), ("04077042", "가람항공화물창고"), ("04002019", "공항공용장치장")),
    ),
)
AIR_ENTRY = 3
# Container terminals by entry, and where importers have containers brought to.
TERMINALS: tuple[str, ...] = ("PNP", "SNCTC", "PCTCC", "")
DELIVERY_PLACES: tuple[str, ...] = ("KRSEL", "KRUWN", "KRYSN", "KRTAE", "KRTJN", "KRKWJ", "KRKUM", "KRCHO", "KRICE", "KRASG")
INLAND_OFFICE = "010"
SECTIONS: tuple[str, ...] = ("10", "11", "20", "22")

SEA_CARRIERS: tuple[Carrier, ...] = tuple(
    Carrier(sign, name, prefix, flag, flag_name, tuple(f"{word} {tail}" for tail in ("PIONEER", "HARMONY", "ORCHID")))
    for sign, name, prefix, flag, flag_name, word in (
        ("HGYL", "한결라인(주)", "HGY", "KR", "한국", "HANGYEOL"),
        ("SONX", "새온해운(주)", "SNX", "KR", "한국", "SAEON"),
        ("MRUL", "마루상선(주)", "MRU", "PA", "파나마", "MARU"),
        ("NRXE", "나래익스프레스라인", "NRX", "LR", "라이베리아", "NARAE"),
        ("TGAM", "타가라마리타임", "TGR", "SG", "싱가포르", "TAGARA"),
        ("OVQL", "오벨릭라인스", "OVQ", "MH", "마셜제도", "OVELIQ"),
        ("ZNTH", "제니타해운", "ZNT", "HK", "홍콩", "ZENITA"),
        ("BLKW", "볼크웨이쉬핑", "BKW", "DE", "독일", "BOLKWAY"),
    )
)
AIR_CARRIERS: tuple[Carrier, ...] = tuple(
    Carrier(sign, name, prefix, flag, flag_name, ())
    for sign, name, prefix, flag, flag_name in (
        ("7H", "하늘나래항공(주)", "971", "KR", "한국"),
        ("9R", "가람에어카고(주)", "972", "KR", "한국"),
        ("2V", "벨로라카고", "973", "US", "미국"),
        ("3Q", "쿼던항공", "974", "DE", "독일"),
        ("8X", "서린에어", "975", "CN", "중국"),
        ("4N", "니로아항공", "976", "JP", "일본"),
    )
)

CURRENCIES: tuple[str, ...] = ("USD", "CNY", "EUR", "JPY")
KRW_PER_UNIT: tuple[float, ...] = (1385.0, 191.5, 1512.0, 9.12)
