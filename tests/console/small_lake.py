"""A small published lake made of declared tables, without Spark: two offices, a night, and texts that attack."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from features.tables import FEATURE
from feeds import cargo_progress
from fusion.tables import CONTRADICTION, DECLARATION_FACT, EVENT, LABEL, LINK, PARTY_MENTION, SHIPMENT
from jobs.manifest import Publication, publish
from jobs.tables import TABLES
from lakehouse.clock import end_of, now
from lakehouse.lake import Lake
from lakehouse.ops import FILE, RUN
from models.tables import EXPLANATION, SCORE, SELECTION

OFFICE, OTHER = "030", "010"
SCRIPT = "<script>document.title='hit'</script><img src=x onerror=\"document.title='hit'\">"
TURNED = "\u202egnp.exe"
PERSON = "가상다온"
SHED = "03012202"
# What the small lake's model asks for; green shipments behind these have no explanation, only their features.
SCORED_BY, EXPLAINED = ("carried_in_kg_gap_size", "customs_value_log", "origin_country"), 60
PROGRESS = cargo_progress.FEED
# Shipments that came by one vessel in one container, the last of them another office's.
VOYAGE, BOX, TOGETHER = "26HAEC0040I", "HAEU0000040", (*range(40, 52), 64)


def night() -> datetime:
    """The end of the night of the small lake: yesterday, so that it is current."""
    return end_of(now().date() - timedelta(days=1))


def make(root: Path, shipments: int = 64, others: int = 4, runs: int = 1) -> Lake:
    """The lake, its newest night published."""
    lake = Lake(str(root))
    for number in range(runs):
        add_night(lake, night() - timedelta(days=runs - 1 - number), shipments, others)
    return lake


def add_night(lake: Lake, at: datetime, shipments: int = 64, others: int = 4) -> Publication:
    """One more night, published."""
    rows: dict[Any, list[dict[str, Any]]] = {}
    for number in range(shipments + others):
        _add(rows, number, OFFICE if number < shipments else OTHER, at, shipments)
    for table, added in rows.items():
        lake.append_rows(added, table)
    stage = {"run_id": f"nightly-{at:%Y%m%d}", "business_date": at.date(), "kind": "nightly", "attempt": 1, "status": "done", "started_at": at,
             "ended_at": at + timedelta(minutes=2), "rows_in": shipments, "rows_out": shipments}
    lake.append_rows([stage | {"stage": name} for name in ("ingest", "refine", "score", "publish")], RUN)
    lake.append_rows([{"feed": "cargo_progress", "file": f"{at:%Y-%m-%d}/progress.xml", "sha256": "0" * 64, "known_at": at, "records_in": shipments + 1,
                       "accepted": shipments, "quarantined": 1, "duplicate": 0, "batch_id": f"{at:%Y%m%d}"}], FILE)
    lake.append_rows([{"known_at": at, "file": f"{at:%Y-%m-%d}/progress.xml", "position": "3", "code": "field.missing", "message_ko": "화물관리번호 없음",
                       "message_en": "Cargo control number missing", "raw": f"<a>{SCRIPT}</a>", "batch_id": f"{at:%Y%m%d}", "refusal_id": f"R{at:%Y%m%d}"}],
                     PROGRESS.quarantine)
    versions = {table.full_name: version for table in TABLES if (version := lake.version(table)) is not None}
    publication = Publication(f"nightly-{at:%Y%m%d}", "nightly", f"{at:%Y-%m-%d}", at.isoformat(), f"{at:%Y%m%d}", versions,
                              stages=[{"name": "ingest", "rows_in": 1, "rows_out": 1, "seconds": 1.0}], summary={
                                  "model": "haechi-1", "feeds": {"cargo_progress": {"files": 1, "records_in": shipments + 1, "accepted": shipments,
                                                                                    "quarantined": 1, "duplicate": 0}}})
    publish(lake, publication)
    return publication


def values_of(number: int) -> list[str | None]:
    """The values that a shipment was scored by."""
    return [f"{number % 7 - 3}.0", f"{10 + number % 5}.5", None]


def name_of(number: int) -> str:
    """The declaration number of a shipment."""
    return f"41223261{number:05d}M"


def control_of(number: int) -> str:
    """The cargo control number of a shipment."""
    return f"{VOYAGE}0001{number:04d}" if number in TOGETHER else f"26HAEC{number:04d}I00010001"


def _add(rows: dict[Any, list[dict[str, Any]]], number: int, office: str, at: datetime, shipments: int) -> None:
    """One shipment with all that is known of it; the first three of an office are the gravest."""
    place = number if office == OFFICE else number - shipments
    shipment_id, declaration, control = f"s{number:05d}", name_of(number), control_of(number)
    chance = max(0.02, 0.62 - 0.03 * place)
    lane = "red" if chance >= 0.5 else "orange" if chance >= 0.25 else "yellow" if chance >= 0.1 else "green"
    is_person = number == 5
    goods = SCRIPT if number == 1 else TURNED if number == 2 else "볶은 커피" if number % 2 else "STEEL BRACKETS"

    def add(table: Any, **values: Any) -> None:
        rows.setdefault(table, []).append(values)

    known = {"shipment_id": shipment_id, "known_at": at}
    add(SHIPMENT, **known, kind="cargo", stage="declared", office_code=office, declaration_no=declaration, declaration_nos=[declaration],
        cargo_control_no=control, master_bl=f"HAECSHA{40 if number in TOGETHER else number:07d}", house_bl=f"HOUS26{number:07d}",
        container_nos=[BOX if number in TOGETHER else f"HAEU{number:07d}"], first_known_at=at - timedelta(days=2), arrived_at=at - timedelta(days=1), last_fact_at=at, is_bound_for_korea=True)
    add(SCORE, shipment_id=shipment_id, as_of=at, scored_at=at, business_date=at.date(), office_code=office, model_version="haechi-1",
        score=chance * 4 - 2, probability=chance, expected_revenue_krw=chance * 3_000_000, rank=place + 1, lane=lane, before_release=True,
        input_versions="{}", **({"probability_low": chance / 2, "probability_high": (1 + chance) / 2, "similar_outcomes": place} if place < EXPLAINED else {}))
    reasons = [{"code": "weight_gap", "ko": f"확인된 중량 1,896㎏ — 신고 합계 1,579㎏와 차이, 확인 필요{SCRIPT if number == 1 else ''}",
                "en": "Weight seen 1,896 kg against 1,579 kg declared in all: to be checked", "features": ["weight_gap_kg_log"]},
               {"code": "price", "ko": "㎏당 신고가격 자료 없음 — 확인 필요", "en": "Price per kg: no data yet, to be checked", "features": []}]
    told = {"base_value": -2.0, "features": list(SCORED_BY), "feature_values": values_of(number),
            "contributions": [chance * 3, chance, 0.0], "reasons": reasons, "method": "shap"}
    more = {"explained_at": at, "score": chance * 4 - 2, "why": "lane"}
    kept = {name: value for name, value in (told | more).items() if name in EXPLANATION.columns}
    if "explained_at" in EXPLANATION.columns:
        kept["method"] = "pred_contrib"
    if place < EXPLAINED:
        add(EXPLANATION, shipment_id=shipment_id, as_of=at, model_version="haechi-1", **kept)
    else:
        add(FEATURE, shipment_id=shipment_id, as_of=at, norms=[], **dict(zip(SCORED_BY, map(float, values_of(number)[:2]), strict=False)))
    if place < 24:
        action = {"red": "open", "orange": "scan"}.get(lane, "documents")
        add(SELECTION, business_date=at.date(), office_code=office, shipment_id=shipment_id, position=place + 1, action=action,
            reason="model" if place % 8 else "mandate" if place else "model", inclusion_probability=1.0)
    if place < 3:
        add(CONTRADICTION, **known, type="weight", rule="carried_in_weight", severity="high", left_feed="declaration", left_value="1,579.0 kg",
            right_feed="cargo_progress", right_value="1,895.6 kg", text_ko="반입 중량 1,895.6 kg — 신고 총중량 1,579.0 kg, 차이 +20.1%. 통상 ±5%.",
            text_en="Weight carried in 1,895.6 kg, gross mass declared 1,579.0 kg, difference +20.1%; usually within 5%.",
            usual_ko="팔레트·상자 무게", usual_en="Pallets or cartons")
    add(LINK, **{name: value for name, value in {
        "shipment_id": shipment_id, "owner_kind": "declaration", "owner_id": declaration, "feed": "declaration", "record_key": declaration,
        "known_at": at, "matched_on": "declaration_no", "confidence": 1.0}.items() if name in LINK.columns})
    for hours, text in ((40, "적하목록 제출"), (20, "반입신고"), (3, "수입신고")):
        add(EVENT, event_id=f"{shipment_id}{hours}{at:%d}", shipment_id=shipment_id, event_at=at - timedelta(hours=hours), known_at=at,
            feed="cargo_progress", record_key=control, type="step", place="03011101", text_ko=text, text_en=text)
    add(EVENT, event_id=f"{shipment_id}d{at:%d}", shipment_id=shipment_id, event_at=at - timedelta(hours=3), known_at=at, feed="declaration",
        record_key=declaration, type="declared", place=office, text_ko=f"수입신고 {declaration}", text_en=f"Declared {declaration}")
    for role, name, identifier in (("importer", PERSON if is_person else f"해온무역{number}(주)", "~Pabc" if is_person else f"해온무역{number:07d}"),
                                   ("seller", "NORTH CITY COMMODITIES GMBH", "DE1234567")):
        add(PARTY_MENTION, feed="declaration", record_key=declaration, role=role, name=name, identifier=identifier,
            party_id=f"p-{role}-{number % 10 if role == 'importer' else 0}", known_at=at)
    add(DECLARATION_FACT, **known, declaration_no=declaration, declared_at=at - timedelta(hours=3), office_code=office, origin_country="IT",
        export_country="IT", hs6="090121", goods_text=goods, gross_mass_kg=1579.0, net_mass_kg=1399.6, package_count=132.0,
        customs_value_krw=28_097_081.0, terms_code="FCA", invoice_amount=11_972.88, invoice_currency="EUR", has_certificate_of_origin=False)
    if number == 7:
        add(LABEL, **known, inspected_at=at - timedelta(days=9), illicit=True, severity="major", revenue_krw=1_200_000.0, selected_by="model",
            outcome_id="IR1")
    _add_cargo(rows, number, control, goods, at)


def _add_cargo(rows: dict[Any, list[dict[str, Any]]], number: int, control: str, goods: str, at: datetime) -> None:
    """Its cargo, as the progress feed tells of it."""
    raw = json.dumps({"cargMtNo": control, "goods": goods}, ensure_ascii=False)
    file = {"file": f"{at:%Y-%m-%d}/progress.xml", "position": f"{number}", "known_at": at, "content_hash": f"{number:064d}"}
    rows.setdefault(PROGRESS.silver, []).append(file | {
        "record_key": control, "issued_at": at, "ordinal": 0, "cargo_control_no": control, "goods": goods, "gross_mass": 1883.2, "packages": 195.0,
        "steps": [{"step": "반입신고", "shed_code": SHED, "shed_name": "신항가온터미널", "processed_at": at}], "loading_port": "MXP", "discharge_port": "ICN",
        "vessel_name": "HAEON PIONEER" if number in TOGETHER else "8X919", "voyage_no": "101E" if number in TOGETHER else "1",
        "carrier_name": "서린에어", "container_count": 1.0, "arrived_on": (at - timedelta(days=1)).date()})
    rows.setdefault(PROGRESS.bronze, []).append(file | {"raw": raw})
