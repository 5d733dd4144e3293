"""The record of an inspection as an officer writes it: provisional at first for some, then final, now and then taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.typologies import BY_NAME

BY_MISTAKE = ("other", "licence")
MINOR_KRW, CRITICAL_KRW = 1_000_000, 30_000_000
# What an outcome of a parcel or a bag is written from.
SUBJECT = ["office", "is_violation", "claimed_krw", "typology", "depth", "selected_by", "subject_kind", "subject_ref", "outcome_sign", "t_inspected"]
PROVISIONAL, FINAL, CANCELLED = "provisional", "final", "cancelled"


def outcome_id(record: Mapping[str, Any], serial: int, inspected_at: str) -> str:
    """The number of the outcome of a shipment."""
    return f"{record.get('outcome_sign', 'IR')}{inspected_at[:4]}{record['office']}{serial:08d}"


def outcome_line(record: Mapping[str, Any], serial: int, inspected_at: str, draws: Sequence[int], status: str, is_violation: bool) -> str:
    """Give the outcome record of a shipment as one JSON line; while it is provisional the duty claimed is an estimate.

    `is_violation` is what the officer holds at that time, which is not what the record of the shipment says for all.
    """
    first, second, third = draws
    office, is_provisional = record["office"], status == PROVISIONAL
    claimed = float(record["claimed_krw"]) * (0.6 + first % 8 / 10 if is_provisional else 1)
    clean = "corrected" if record.get("is_mended") else "clean"
    line = {
        "outcome_id": outcome_id(record, serial, inspected_at),
        "subject": {"kind": record.get("subject_kind", "declaration"), "ref": record.get("subject_ref") or record["declaration_no"]},
        "inspected_at": f"{inspected_at}+09:00",
        "office": office,
        "depth": record["depth"],
        "result": "violation" if is_violation else clean,
        "violations": [_violation(str(record["typology"]), claimed, first)] if is_violation else [],
        "selected_by": record["selected_by"],
        "officer_ref": record.get("officer_ref") or f"OF-{office}-{second % 24 + 1:03d}",
        "confidence": "low" if is_provisional else ("high", "high", "medium", "low")[third % 4],
        "status": status,
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _violation(typology: str, claimed_krw: float, draw: int) -> dict[str, str | int | bool]:
    kinds = BY_NAME[typology].violations if typology else BY_MISTAKE
    kind = kinds[0] if draw % 4 else kinds[-1]
    if typology and (seized := BY_NAME[typology].seized):
        return {"type": kind, "severity": seized, "additional_duty_krw": 0, "seized": True}
    severity = "critical" if claimed_krw >= CRITICAL_KRW else "minor" if claimed_krw < MINOR_KRW else "major"
    is_seized = severity == "critical" and draw % 5 == 0
    return {"type": kind, "severity": severity, "additional_duty_krw": int(claimed_krw), "seized": is_seized}
