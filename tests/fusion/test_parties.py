"""Parties over nights: names that are one are joined, strangers are not, ids stay, cuts hold, the past is left as it was."""

from pathlib import Path
from typing import Any

import pytest
from told_rows import Nights, said, together

from fusion.parties.relink import relink
from fusion.parties.store import opened
from fusion.party_tables import PARTY_FREQUENCY, PARTY_MEMBER, PARTY_REDIRECT, PARTY_TEXT
from fusion.tables import PARTY, PARTY_MENTION
from lakehouse.lake import Lake

CODE, NUMBER = "한빛상사1234567", "1238612345"
HANGUL, LATIN = {"customs_id": CODE, "country": "KR"}, {"business_no": NUMBER, "postcode": "04524", "country": "KR"}


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights.at(tmp_path / "lake")


def seller(key: str, name: str, **told: str) -> dict[str, Any]:
    return said(key, name, "seller", "order", **{"country": "CN", **told})


def person(key: str, name: str, customs_id: str = "", phone: str = "", place: str = "", **told: str) -> dict[str, Any]:
    return said(key, name, country="KR", **{name: value for name, value in (("customs_id", customs_id), ("phone", phone), ("place", place)) if value}, **told)


def test_a_firm_is_one_across_scripts_spellings_and_identifiers(nights: Nights) -> None:
    nights.night(said("1", "(주)한빛상사", **HANGUL), said("2", "한빛상사 주식회사", **HANGUL), said("3", "HANBIT CORPORATION CO., LTD.", **LATIN), said("4", "AHNBIT CORP.", **LATIN),
                 said("5", "㈜한빛상사", customs_id=CODE, business_no=NUMBER, country="KR"), said("6", "(주)두레상사", customs_id="두레상사7654321", country="KR"))
    assert nights.groups() == together([["1.consignee", "2.consignee", "3.consignee", "4.consignee", "5.consignee"], ["6.consignee"]])


def test_words_turned_run_together_misspelled_and_disguised_are_one(nights: Nights) -> None:
    spelled = ("EASTERN FIELD TRADING CO., LTD", "Eastern Field Trdg Limited", "EASTERNFIELD TRADING CO LTD", "FIELD EASTERN TRADING", "ЕASTERN FIELD TRADING", "EAST\u200bERN FIELD TRADING")
    nights.night(*(seller(str(place), name, phone="~Habcdef") for place, name in enumerate(spelled)), seller("x", "EASTERN BRIDGE TRADING CO., LTD", phone="~Hother"))
    assert nights.groups() == together([[f"{place}.seller" for place in range(6)], ["x.seller"]])
    flagged = {row["name"]: row["is_disguised"] for row in nights.lake.arrow(PARTY_MENTION, ("name", "is_disguised")).to_pylist()}
    assert {name for name, is_so in flagged.items() if is_so} == set(spelled[4:])


@pytest.mark.parametrize("shared", [{"phone": "~Hcourier"}, {"place": "1 FORWARDER WAY, DELAWARE", "postcode": "19901"}, {"phone": "~Hcourier", "place": "1 FORWARDER WAY, DELAWARE"}])
def test_what_thousands_share_merges_no_strangers(nights: Nights, shared: dict[str, str]) -> None:
    syllables = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초"
    names = [f"{one}{other}{third}" for one in syllables[::3] for other in syllables[1::2] for third in syllables[2::4]][:1_000]
    half = len(names) // 2
    nights.night(*(person(str(place), name, f"~P{place:016d}", **shared) for place, name in enumerate(names[:half])))
    second = nights.night(*(person(str(place), name, f"~P{place:016d}", **shared) for place, name in enumerate(names[half:], half)))
    assert len(nights.groups()) == len(names)
    # Who comes new is not held against all that share the value.
    assert second.pairs < 20 * half


@pytest.mark.parametrize("filler", ["TO ORDER", "N/A", "To the order of Bank of Example", "미상", "-", "UNKNOWN", "to\u200b order"])
def test_who_is_nobody_is_joined_with_nobody(nights: Nights, filler: str) -> None:
    nights.night(*(said(str(key), filler, country="KR") for key in range(5)))
    nights.night(said("5", filler, country="KR"), said("6", "HANBIT TRADING", country="KR"))
    assert len(nights.groups()) == 7
    before = nights.parties()
    nights.night(said("5", filler, country="KR"))
    assert nights.parties() == before


def test_a_borrowed_code_does_not_make_two_persons_one(nights: Nights) -> None:
    home, other = {"phone": "~Hone", "place": "서울 가상로 1 101동 1호"}, {"phone": "~Htwo", "place": "부산 누리로 7 2동 5호"}
    nights.night(person("a1", "김가상", "~Paaaa", **home), person("a2", "KIM GASANG", "~Paaaa", **home), person("b1", "박나래", "~Pbbbb", **other),
                 person("b2", "박나래", "~Paaaa", **other), person("b3", "박나래", "", **other))
    assert nights.groups() == together([["a1.consignee", "a2.consignee"], ["b1.consignee", "b2.consignee", "b3.consignee"]])
    # Lent to many: each stays who it is.
    nights.night(*(person(f"c{place}", name, "~Paaaa", f"~Hc{place}", f"대전 두레로 {place} {place}호") for place, name in enumerate(("최마루", "정보람", "한슬기", "윤다솜"))))
    assert len(nights.groups()) == 6


def test_one_name_of_several_bearers_joins_nothing_by_itself(nights: Nights) -> None:
    nights.night(seller("1", "BLUE RIVER EXPORT", code="CN111"), seller("2", "BLUE RIVER EXPORT", code="CN222"), seller("3", "BLUE RIVER EXPORT"), seller("4", "GOLDEN STAR EXPORT", code="CN333"),
                 seller("5", "GOLDEN STAR EXPORT"), seller("6", "GOLDEN STAR EXPORT", country="VN"))
    assert nights.groups() == together([["1.seller"], ["2.seller"], ["3.seller"], ["4.seller", "5.seller"], ["6.seller"]])


def test_numbers_in_names_tell_firms_apart(nights: Nights) -> None:
    nights.night(*(said(str(key), f"HANBITDONG TRADING {key} CO LTD", postcode="04524", country="KR") for key in range(1, 6)))
    assert len(nights.groups()) == 5


def test_vessels_are_told_by_their_number(nights: Nights) -> None:
    def vessel(key: str, name: str, **told: str) -> dict[str, Any]:
        return said(key, name, "vessel", kind="vessel", **told)
    nights.night(vessel("1", "OCEAN ARGENT", customs_id="9074729"), vessel("2", "MV OCEAN ARGENT", customs_id="9074729"), vessel("3", "OCEAN ARGENT", customs_id="9074999"),
                 said("4", "OCEAN ARGENT", country="PA"))
    assert nights.groups() == together([["1.vessel", "2.vessel"], ["3.vessel"], ["4.consignee"]])


def test_ids_stay_and_a_merge_leaves_a_redirect(nights: Nights) -> None:
    nights.night(said("1", "(주)한빛상사", **HANGUL), said("2", "HANBIT CORPORATION CO., LTD.", **{**LATIN, "country": "", "postcode": ""}))
    first = nights.parties()
    assert first["1.consignee"] != first["2.consignee"]
    done = nights.night(said("3", "㈜한빛상사", customs_id=CODE, business_no=NUMBER, country="KR"))
    after = nights.parties()
    assert done.merged == 1 and set(after.values()) == {after["1.consignee"]} and after["1.consignee"] in first.values()
    [gone] = set(first.values()) - set(after.values())
    assert [(row["party_id"], row["into_party_id"], row["reason"]) for row in nights.lake.arrow(PARTY_REDIRECT).to_pylist()] == [(gone, after["1.consignee"], "merged")]
    # Who was of the party that is gone leads on to the one it became.
    nights.night(said("4", "HANBIT CORPORATION CO LTD", **{**LATIN, "country": "", "postcode": ""}))
    assert nights.parties()["4.consignee"] == after["1.consignee"]


def test_a_night_asks_only_for_what_is_new(nights: Nights) -> None:
    known = [seller(str(key), f"{name} TRADING", code=f"CN{key}") for key, name in enumerate(("AMBER", "BIRCH", "CEDAR", "DELTA", "EMBER"))]
    nights.night(*known)
    texts, members = (nights.lake.arrow(table).num_rows for table in (PARTY_TEXT, PARTY_MEMBER))
    again = nights.night(*(one | {"record_key": f"again{one['record_key']}"} for one in known))
    assert (again.texts, again.pairs, again.parties) == (0, 0, 0) and nights.parties()["again1.seller"] == nights.parties()["1.seller"]
    assert (nights.lake.arrow(PARTY_TEXT).num_rows, nights.lake.arrow(PARTY_MEMBER).num_rows) == (texts, members)


def test_a_mention_that_is_cut_stays_cut_until_it_is_restored(nights: Nights) -> None:
    twins = [said(str(key), "HANBIT CORPORATION CO., LTD.", **LATIN) for key in range(3)]
    nights.night(*twins)
    party = nights.parties()["0.consignee"]
    nights.cut("1", "consignee", party)
    nights.night(twins[1])
    assert nights.parties()["1.consignee"] != party and nights.parties()["0.consignee"] == party
    nights.night(*twins, said("3", "HANBIT CORP", **LATIN))
    assert {mention for mention, whose in nights.parties().items() if whose == party} == {"0.consignee", "2.consignee", "3.consignee"}
    report = relinked(nights)
    assert report["split_count"] == 0 and nights.parties()["1.consignee"] not in {nights.parties()["0.consignee"]}
    nights.cut("1", "consignee", party, is_restored=True)
    nights.night(twins[1])
    assert set(nights.parties().values()) == {party}


def test_a_rebuild_gives_the_same_parties(tmp_path: Path) -> None:
    told = []
    for name in ("one", "other"):
        nights = Nights.at(tmp_path / name)
        nights.night(said("1", "(주)한빛상사", **HANGUL), said("2", "HANBIT CORPORATION CO., LTD.", **LATIN), seller("3", "BLUE RIVER EXPORT", code="CN1"))
        nights.night(seller("4", "BLUE RIVER EXPRT", code="CN1"), said("5", "㈜한빛상사", customs_id=CODE, business_no=NUMBER, country="KR"))
        told.append(nights.parties())
    assert told[0] == told[1]


def relinked(nights: Nights) -> dict[str, Any]:
    nights.nights += 1
    with opened(nights.lake.known(nights.moment), nights.moment, "500MB") as store:
        return relink(store, nights.settings)[0]


def test_a_relink_tells_what_moved_and_leaves_the_past(nights: Nights) -> None:
    # Apart as they came, for a name of two bearers joins nothing; the second bearer then turns out to be the first.
    nights.night(seller("1", "BLUE RIVER EXPORT", code="CN111"), seller("2", "BLUE RIVER EXPORT", phone="~Hone"))
    nights.night(seller("3", "GOLDEN STAR EXPORT", phone="~Htwo"))
    before, moment = nights.parties(), nights.moment
    report = relinked(nights)
    assert report["moved"] == 0 and report["parties_before"] == report["parties"] == 2 and report["generation"] == 2
    assert nights.parties() == before
    strict = nights.settings.replaced(parties__link_weight=60.0)
    nights.settings = strict
    moved = relinked(nights)
    assert moved["split_count"] == 1 and moved["moved"] == 1 and len(nights.groups()) == 3
    # What was known before is as it was.
    known = Lake(nights.lake.root).known(moment)
    rows = {row["record_key"]: row["party_id"] for row in known.arrow(PARTY_MENTION).to_pylist() if row["linked_at"] <= moment}
    assert {f"{key}.seller": party for key, party in rows.items()} == before
    assert set(before.values()) <= {row["party_id"] for row in nights.lake.arrow(PARTY).to_pylist()}


def test_a_code_used_all_over_joins_no_borrowers(nights: Nights) -> None:
    own = {"phone": "~Hown", "place": "서울 가상로 1 101동 1호", "postcode": "03001"}
    nights.night(*(person(f"own{place}", "김가상", "~Paaaa", **own) for place in range(2)),
                 *(person(f"b{place}", "김가상", "~Paaaa", f"~Hb{place}", f"부산 누리로 {place} {place}동", postcode=f"4700{place}") for place in range(6)))
    assert nights.groups() == together([["own0.consignee", "own1.consignee"], *([f"b{place}.consignee"] for place in range(6))])


def test_a_large_batch_is_linked_by_what_it_says_itself(nights: Nights) -> None:
    nights.settings = nights.settings.replaced(parties__estimate_from=100)
    alike = [seller(f"{place}{way}", f"{stem} {trade} {form}", phone=f"~H{place}", code=f"CN{place}")
             for place, (stem, trade) in enumerate((f"{stem}{number}", trade) for number in range(20) for stem in ("GOLDEN", "RIVER") for trade in ("EXPORT", "TRADING"))
             for way, form in (("a", "CO LTD"), ("b", "CO., LIMITED"))]
    common = [seller(f"c{place}", "SILVER EXPORT CO LTD", phone=f"~Hc{place}", code=f"SV{place}") for place in range(3)]
    linked = nights.night(*alike, *common)
    assert linked.estimated is not None and linked.estimated.number == 1
    assert nights.groups() == together([*([f"{place}a.seller", f"{place}b.seller"] for place in range(80)), *([f"c{place}.seller"] for place in range(3))])
    frozen = nights.lake.arrow(PARTY_FREQUENCY).to_pylist()
    assert frozen and all(0 < row["frequency"] <= 1 and row["part"] == "words" for row in frozen)
