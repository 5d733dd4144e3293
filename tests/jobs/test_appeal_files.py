"""The files of one shipment: they stand by themselves, any changed byte is found, and disclosure tells no more than it may."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from explained_world import World
from schemas import assert_valid

from features.catalogue import BY_NAME
from features.reasons import Reason
from features.roles import Role, told_to
from features.tables import FEATURE
from haechi.cli import run as command
from jobs.appeal_file import file_text, verified
from lakehouse.errors import CallerError

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("edition", ["internal", "disclosure"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_page_stands_by_itself_and_any_changed_byte_is_found(world: World, shown: str, tmp_path: Path, edition: Any, language: Any) -> None:
    text = file_text(world.lake, shown, edition, ".html", language, world.settings)
    assert "<script" not in text and "http:" not in text.replace("http://www.w3.org/2000/svg", "") and "https:" not in text and "{{" not in text
    assert "@media print" in text and "@page" in text and f'lang="{language}"' in text
    path = tmp_path / "file.html"
    path.write_text(text, encoding="utf-8", newline="")
    told = verified(path, world.lake, world.settings)
    assert told["lake"] == "same" and told["edition"] == edition
    assert_valid("verify", told)
    draw = random.Random(11)
    for at in draw.sample(range(len(text)), 80):
        path.write_text(text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :], encoding="utf-8", newline="")
        with pytest.raises(CallerError, match=r"not as it was made|bears 0 seals|was sealed with key"):
            verified(path, world.lake, world.settings)
    for wrong, said in ((text + text, "bears 2 seals"), (text[:-9], "not as it was made"), ("<html></html>", "bears 0 seals")):
        path.write_text(wrong, encoding="utf-8", newline="")
        with pytest.raises(CallerError, match=said):
            verified(path, world.lake, world.settings)
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(CallerError):
        verified(path, world.lake, world.settings)


def test_a_file_is_known_by_its_key_and_by_the_lake(world: World, shown: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(file_text(world.lake, shown, "internal", ".json", "ko", world.settings), encoding="utf-8")
    assert verified(path, None, world.settings)["lake"] == "not_checked"
    with pytest.raises(CallerError, match="was sealed with key"):
        verified(path, world.lake, world.settings.replaced(seal__key="another"))
    with pytest.raises(CallerError, match="the lake holds another explanation"):
        verified(path, world.first, world.settings)
    with pytest.raises(CallerError, match="cannot be read"):
        verified(tmp_path / "none.json", None, world.settings)
    with pytest.raises(CallerError, match="is no form of file"):
        file_text(world.lake, shown, "internal", ".pdf", "ko", world.settings)
    with pytest.raises(CallerError, match="has no seal key"):
        file_text(world.lake, shown, "internal", ".json", "ko", world.settings.replaced(profile="production"))


def test_disclosure_tells_facts_decision_and_ground_alone(world: World, shown: str) -> None:
    """No weight, threshold, model, profile, lane or list: neither as a key nor in a sentence."""
    for shipment in [shown, *(row["shipment_id"] for row in world.rows("SELECT DISTINCT shipment_id FROM gold.selection ORDER BY 1 LIMIT 15"))]:
        text = file_text(world.lake, shipment, "disclosure", ".json", "ko", world.settings)
        content = json.loads(text)["content"]
        assert set(content) == {"edition", "shipment_id", "scored_at", "office_code", "explanation_hash", "identifiers", "facts", "decision", "observed", "timeline",
                                "subjects", "remedy"}
        words = json.dumps({name: held for name, held in content.items() if name != "facts"}, ensure_ascii=False)
        assert not re.search("haechi-[0-9]|prior|probability|확률|통상|usual|threshold|watchlist|우려거래자|자동심사|검색기검사 대상|selected_by|무작위|모델", words)
        assert not {name for name in set(BY_NAME) - {"office_code"} if f'"{name}"' in words} and content["subjects"]
        assert {event["feed"] for event in content["timeline"]} <= {"declaration", "cargo_progress", "manifest", "air_waybill", "clearance_list", "outcome"}
        assert not [fact for fact in content["facts"] if fact["name"].endswith("_id")]
        page = file_text(world.lake, shipment, "disclosure", ".html", "ko", world.settings)
        assert "<svg" not in page and "로그 오즈" not in page and "확률" not in page.split("</style>")[1]


def test_internal_holds_all_that_an_auditor_asks_for(world: World, shown: str) -> None:
    content = json.loads(file_text(world.lake, shown, "internal", ".json", "en", world.settings))["content"]
    assert content["model_card"]["version"] == "haechi-1" and "auc" in content["model_card"]["metrics"]
    assert FEATURE.full_name in content["input_versions"] and "gold.label" in content["input_versions"]
    assert content["reasons"] and content["contributions"] and content["facts"] and content["timeline"]
    for language in ("ko", "en"):
        assert content["uncertainty"][language] in file_text(world.lake, shown, "internal", ".html", language, world.settings)


def test_the_commands_print_by_their_schemas(world: World, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        assert command([*words, "--lake", world.root.root, "--json"]) == 0
        [line] = capsys.readouterr().out.splitlines()
        return dict(json.loads(line))

    path = str(tmp_path / "a.html")
    for name, words in (("explain", ("explain", shown)), ("explain", ("explain", shown, "--edition", "disclosure", "--out", path, "--lang", "ko")),
                        ("verify", ("verify", path)), ("rescore", ("rescore", shown))):
        assert_valid(name, said(*words))
    for words in (("explain", shown), ("rescore", shown), ("verify", path)):
        assert command([*words, "--lake", world.root.root]) == 0 and capsys.readouterr().out
    Path(path).write_text(Path(path).read_text(encoding="utf-8").replace("관세법", "관세벌"), encoding="utf-8", newline="")
    assert command(["verify", path, "--lake", world.root.root, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file.tampered"


def test_a_trader_is_told_subjects_and_a_partner_nothing() -> None:
    reasons = [Reason("price", "㎏당 신고가격 4,130원", "price", ("price_below_peers",)), Reason("importer_record", "과거", "past", ("importer_violation_rate",)),
               Reason("weight_gap", "중량", "weight", ("manifest_kg_gap_size",), "lowers")]
    assert [text.en for text in told_to(Role.TRADER, reasons)] == ["What was declared of the customs value"]
    assert told_to(Role.PARTNER, reasons) == [] and len(told_to(Role.OFFICER, reasons)) == 3
    assert told_to(Role.TRADER, reasons[1:]) == told_to(Role.TRADER, [])
