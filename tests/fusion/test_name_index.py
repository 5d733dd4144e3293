"""Names in one form: scripts, disguises, legal forms and word order aside, a name finds itself among others."""

import random

import pytest

from fusion.name_index import NameIndex
from fusion.names import is_disguised, is_latin, plain, skeleton, words

LISTED = ["HUAREN MACHINERY IMPORT AND EXPORT CO., LTD.", "AL-NUR TRADING EST", "KIM, Chol Su", "PETROV SHIPPING OOO", "BLUE MOUNTAIN TEXTILES LLC",
          "BLUE RIVER TEXTILES LLC", "KOREA SILVER STAR TRADING CORPORATION", "MARIANA OIL AND GAS", "NAHAR EXCHANGE", "ZHAO, Wei"]


@pytest.mark.parametrize(("name", "latin"), [
    ("(주)한빛상사", "HANBICHSANGSA"), ("광저우 무역", "GWANGJEOU MUYEOG"), ("ПЕТРОВ", "PETROV"), ("Müller & Söhne GmbH", "MULLER SOHNE GMBH"), ("O’Neil-Smith", "ONEIL SMITH"),
    ("S.A. de C.V.", "SA DE CV"), ("ＡＢＣ　Ｔｒａｄｉｎｇ", "ABC TRADING"), ("a\u200bb\u00adc", "ABC"), ("РETROV Trading", "PETROV TRADING"), ("", ""), ("***", ""),
])
def test_any_script_becomes_plain_latin(name: str, latin: str) -> None:
    assert plain(name) == latin


@pytest.mark.parametrize(("name", "is_so"), [
    ("PETROV", False), ("РETROV", True), ("PET\u200bROV", True), ("ПЕТРОВ", False), ("한빛 ABC 상사", False), ("ΑLPHA TRADING", True), ("ΑΛΦΑ", False),
])
def test_disguises_are_seen(name: str, is_so: bool) -> None:
    assert is_disguised(name) is is_so


def test_legal_forms_are_set_aside_unless_nothing_else_is_left() -> None:
    assert words("Northstar Trading Co., Ltd.") == ["NORTHSTAR", "TRADING"] and words("Co., Ltd.") == ["CO", "LTD"]


@pytest.mark.parametrize(("one", "other"), [("MUHAMMAD", "MOHAMMED"), ("HUSAYN", "HUSSEIN"), ("KHALID", "KALID"), ("YUSUF", "YOUSSEF")])
def test_spellings_of_one_sound_keep_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("at", range(len(LISTED)))
def test_a_name_finds_itself_through_typos_order_and_disguise(at: int) -> None:
    index, told = NameIndex(LISTED), LISTED[at]
    shuffled = words(told)
    random.Random(at).shuffle(shuffled)
    letters = list(told)
    letters[len(letters) // 2 - 1 : len(letters) // 2 + 1] = reversed(letters[len(letters) // 2 - 1 : len(letters) // 2 + 1])
    for asked in (told, told.lower(), " ".join(shuffled), "".join(letters), told.replace("A", "А"), "\u200b".join(told)):
        best = index.ask([asked])[0][0]
        assert best.position == at and best.score > 0.6, asked


def test_scores_are_between_0_and_1_and_least_is_kept() -> None:
    index = NameIndex(LISTED)
    for matches in index.ask([*LISTED, "QUIET HARBOUR TOYS", "", "광저우"], 0.5):
        assert all(0.5 <= match.score <= 1 for match in matches) and [m.score for m in matches] == sorted((m.score for m in matches), reverse=True)
    assert not index.ask(["QUIET HARBOUR TOYS"], 0.7)[0]


def test_letters_tell_the_script() -> None:
    assert is_latin("ABC Trading 한") and is_latin("Ünal") and not is_latin("광저우") and not is_latin("ПЕТРОВ Ltd")
