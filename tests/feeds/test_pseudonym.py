"""Personal values leave the text however they are written; waybills and bag tags stay where such numbers stand."""

import base64
import hmac
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.pseudonym import as_pseudonym, hide, pseudonym, pseudonymise

MOBILE = ("010-1234-5678", "01012345678", "010 1234 5678", "010.1234.5678", "010-12345678", "010)1234-5678", "010 - 1234 - 5678", "+82 10 1234 5678",
          "+821012345678", "+82-(0)10-1234-5678", "+82 010-1234-5678", "0082-10-1234-5678", "010\u20131234\u20135678", "010\u00a01234\u00a05678",
          "０１０－１２３４－５６７８", "&#48;1&#x30;-1234-5678", "\\u0030\\u0031\\u0030-1234-5678")
MAIL = ("hong.gildong@example.co.kr", "HONG.GILDONG@EXAMPLE.CO.KR", "hong.gildong&#64;example.co.kr", "hong.gildong\\u0040example.co.kr", "hong.gildong%40example.co.kr")
CODE = ("P123456789012", "p123456789012", "P 123456789012", "P-123456789012", "Ｐ１２３４５６７８９０１２", "P1234567890&#49;2")
RESIDENT = ("900101-1234567", "9001011234567", "900101 - 1234567", "900101\u20131234567")


@pytest.mark.parametrize("spellings", [MOBILE, MAIL, CODE, RESIDENT], ids=["phone", "email", "customs", "resident"])
@pytest.mark.parametrize("around", ["{}", "전화{}로", '{{"a": "{}"}}', "<a>{}</a>", "a,{},b", "x|{};", "[{}]"])
def test_every_spelling_of_a_value_has_one_stand_in(spellings: tuple[str, ...], around: str) -> None:
    said = {pseudonymise(around.format(spelling), "key") for spelling in spellings}
    assert len(said) == 1
    assert not any(character.isdigit() and character in "0189" for character in said.pop())


@pytest.mark.parametrize("phone", ["02-123-4567", "(02) 123-4567", "031-8000-1234", "070-1234-5678", "016-123-4567", "01612345675", "180-1234-5675", "+86 138 0013 8000",
                                   "+1 (213) 555-0100", "+44 20 7946 0958", "+33 1 23 45 67 89", "+49 30 123456", "+821612345678"])
def test_phones_leave_free_text(phone: str) -> None:
    hidden = hide(f"call {phone} now", "key")
    assert [value.kind for value in hidden.values.values()] == ["phone"] and not any(digit in hidden.text for digit in "0189")


@pytest.mark.parametrize("text", [
    '"phone": "13800138000"', '"phone":"0212345678"', "COM+0212345678:TE'", "COM+?+82 2 123 4567:TE'", "<CompleteNumber>353123456789</CompleteNumber>",
    "<wco:TypeID>TE</wco:TypeID>\n\t<wco:ID>0212345678</wco:ID>", "<ContentCode>CT</ContentCode><Content>33141843601-x</Content>",
    "<ram:ContentCode>CT</ram:ContentCode>\n  <ram:Content>0553456789012</ram:Content>"])
def test_a_phone_without_a_mark_is_told_by_its_place(text: str) -> None:
    assert [value.kind for value in hide(text, "key").values.values()] == ["phone"]


@pytest.mark.parametrize("text", [
    "UNB+UNOA:2'COM+010-12\r\n34-5678:TE'", "UNB+UNOA:2'\r\nFTX+AAA+++CALL 0?10?-1234-5678'\r\n", "UNB+UNOA:2'FTX+AAA+++P12345678\n9012'",
    "0\x001\x000\x00-\x001\x002\x003\x004\x00-\x005\x006\x007\x008\x00"])
def test_what_a_reader_would_join_is_seen_joined(text: str) -> None:
    assert len(hide(text, "key").values) == 1


@pytest.mark.parametrize("text", ["call\n010-1234-5678", "처010-1234-5678", "\tP123456789012", "이hong@example.com", "\nhong@example.com", "\\hong@example.com", '"hong@example.com"'])
@pytest.mark.parametrize("is_ascii", [True, False])
def test_what_follows_an_escape_is_seen_and_the_escape_stays(text: str, is_ascii: bool) -> None:
    sent = json.dumps({"note": text}, ensure_ascii=is_ascii)
    hidden = hide(sent, "key")
    [(made, value)] = hidden.values.items()
    assert json.loads(hidden.text)["note"] == text.replace(value.value, made) and value.value in ("010-1234-5678", "P123456789012", "hong@example.com")


def test_an_email_ends_where_its_domain_does() -> None:
    [made] = hide("hong@example.com", "key").values
    assert pseudonymise("메일hong@example.com으로, <hong@example.com>; hong@example.com.", "key") == f"메일{made}으로, <{made}>; {made}."
    assert not [word for word in ("kim", "한글") if word in pseudonymise("kim@한글.한국 kim@한글", "key")]


def test_a_mailbox_at_a_line_end_goes_with_its_mark() -> None:
    for sent in ("write to hong\n@example.com", "UNB+UNOC:3'FTX+AAA+++hong\n@example.com'"):
        assert "hong" not in pseudonymise(sent, "key")


def test_an_email_in_edifact_is_an_element_of_its_own() -> None:
    for sent, kept in (("COM+hong@example.com:EM'", "COM+{}:EM'"), ("FTX+AAA+++hong@example.com'", "FTX+AAA+++{}'"), ("COM+hong?+sea@example.com:EM'", "COM+{}:EM'")):
        hidden = hide(f"UNB+UNOC:3'{sent}", "key")
        [made] = hidden.values
        assert hidden.text == f"UNB+UNOC:3'{kept.format(made)}"
    assert pseudonymise("UNB+'COM+hong?+sea@example.com:EM'", "key").partition("~")[2][:17] == pseudonymise("hong+sea@example.com", "key")[1:]


AWB = ("01612345675", "016-1234-5675", "016-12345675", "016 1234 5675", "18012345675", "180-1234-5675", "01812345671", "02012345675")
PLACES = ('{{"hawb_no": "{}"}}', '{{"mawb_no":"{}"}}', '{{"tracking_no": "{}", "a": 1}}', "<hblNo>{}</hblNo>", "<a:mblNo> {} </a:mblNo>",
          "<wco:TransportContractDocument>\n<!--B/L(AWB)-->\n\t<wco:ID>{}</wco:ID>", "<TransportContractDocument><TypeCode>704</TypeCode><ID schemeID='x'>{}</ID>",
          "<ns2:BusinessHeaderDocument>\n<ID>{}</ID>", "RFF+BM:{}'", "RFF+BH:{}+'", "CNI+1+{}'", '{{"documentReferenceType": "TRD", "documentReferenceValue": "{}"}}',
          '{{"typeCode": "TRD", "reference": "{}"}}', '{{"subject": {{"kind": "parcel", "ref": "{}"}}}}', '{{"subject":{{"ref":"{}","kind":"baggage"}}}}')


@pytest.mark.parametrize("place", PLACES)
def test_waybills_stay_where_waybills_stand(place: str) -> None:
    for number in (*AWB, "0180123456", "0161234567"):
        assert pseudonymise(place.format(number), "key") == place.format(number)


@pytest.mark.parametrize("place", PLACES)
def test_a_mobile_where_a_waybill_stands_is_hidden_alike_with_and_without_marks(place: str) -> None:
    said = {pseudonymise(place.format(number), "key") for number in ("010-1234-5678", "01012345678", "010 1234 5678", "010-12345678")}
    assert len(said) == 1 and "1234" not in said.pop()


@pytest.mark.parametrize("text", [
    '{"note": "016-1234-5675"}', "<ID>01612345675</ID>", '{"hawb_no": "01612345675 tel"}', '{"subject": {"kind": "traveller", "ref": "01612345675"}}',
    "RFF+ZZZ:01612345675'", "MAWB 016-1234-5675", "01612345675,01812345671"])
def test_elsewhere_the_same_digits_are_a_phone(text: str) -> None:
    assert "345675" not in pseudonymise(text, "key") and "5675" not in pseudonymise(text, "key")


def test_bag_tags_stay() -> None:
    tag = json.dumps({"bag_tag": "0180123456", "flight": "KE0124"})
    assert pseudonymise(tag, "key") == tag


@pytest.mark.parametrize("plain", [
    "BGM++391651645+9'TDT+20+V1++++++9074729:146'", "DTM+137:202601050900:203'", "MEA+AAE+G+KGM:900.5'", "QTY+12:300'", "+20 10 3", " 5 100 20", "8529102000 01 2345",
    "2026-06-30T12:00:00+09:00", "0.010 1234", "관세상사1234561", "4389417308012M", "0203291000", "03012202", "20HSLI0133I15049137", "98822131314", "6077801733143",
    "&amp;#48;", "\\\\u0041", "ＡＢＣ１２", "１２３개", "12 X 010 MM", "a @ b", "@", "%40"])
def test_other_numbers_and_marks_stay(plain: str) -> None:
    assert pseudonymise(plain, "key") == plain


def test_nothing_that_prints_tells_a_value() -> None:
    hidden = hide("010-1234-5678 hong@example.com P123456789012", "key")
    assert len(hidden.values) == 3
    assert not [word for word in ("1234", "hong", "5678") if word in repr(hidden) + repr(hidden.values)]


def test_a_stand_in_is_known_again_in_any_case() -> None:
    [made] = hide("010-1234-5678", "key").values
    assert as_pseudonym(f" {made.upper()} ") == made == as_pseudonym(made.lower())
    assert as_pseudonym("010-1234-5678") is None and as_pseudonym(made[:-1]) is None


@example("", "\x1f@0")
@example("\r123A4567", "\n@a \\nhong@a")
@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_around_it_a_phone_leaves_and_json_stays_json(before: str, after: str) -> None:
    sent = {"note": f"{before} 010-1234-5678 {after}"}
    for text in (json.dumps(sent), json.dumps(sent, ensure_ascii=False)):
        hidden = hide(text, "key").text
        assert "1234-5678" not in hidden and list(json.loads(hidden)) == ["note"]


@given(st.text(alphabet="0123456789+-. P@aM~\\\"&#;x?'", max_size=80))
def test_any_text_is_taken(text: str) -> None:
    hidden = hide(text, "key")
    assert all(name in hidden.text for name in hidden.values)


def test_hostile_text_takes_no_longer_than_its_length() -> None:
    for text in ("010-" * 100_000, "0" * 400_000, "+1 2 " * 80_000, "a" * 400_000 + "@", "@" * 400_000, "&#48;" * 80_000, "\\u0030" * 70_000, "０" * 400_000,
                 "?0" * 200_000 + "UNB+", "UNB+" + "1\n" * 200_000, '"hawb_no": "0161234567"' * 20_000, "<TransportContractDocument>" * 20_000):
        began = time.process_time()
        hide(text, "key")
        assert time.process_time() - began < 2, text[:20]


@pytest.mark.parametrize("key", ["k", "열쇠", "k" * 64, "k" * 65])
def test_a_stand_in_is_made_by_hmac_and_base_32_as_they_are_published(key: str) -> None:
    digest = hmac.digest(key.encode(), b"customs:P123456789012", "sha256")
    assert pseudonym(key, "customs", "p-1234 56789012") == f"~P{base64.b32encode(digest[:10]).decode().lower()}"
