"""Scanners tell what they saw: containers under the large scanner, airfreight and loose cargo under X-ray."""

from __future__ import annotations

import json

import numpy as np

from simulation.happened import Happened, Record
from simulation.ledger import CONTAINER as IN_CONTAINER
from simulation.ledger import OWN, About, members
from simulation.names import objects
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.scans import CONTAINER, Scan


def scanners(happened: Happened) -> list[Post]:
    """Scans by which an inspection was done, and a share of routine ones, told within the hour."""
    scans = happened.scans
    first, _ = happened.lot.numbers(1, 100_000_000)
    leaves = np.array([scan.at + 300 + scan.draws[0] % 3000 for scan in scans], dtype=np.int64)
    captured = happened.calendar.iso(np.array([scan.at for scan in scans], dtype=np.int64))
    decided = happened.calendar.iso(leaves - 60)

    def write(batch: Batch) -> list[str]:
        return [_line(scans[row], happened.shipments[scans[row].row], first + row, captured[row], decided[row], version == MISTAKEN)
                for row, version in zip(batch.rows, batch.versions, strict=True)]

    numbers = [_number(scan, happened.shipments[scan.row], first + place, at) for place, (scan, at) in enumerate(zip(scans, captured, strict=True))]
    return [Post("screening", "cargo-scans", leaves, write, about=_about(happened, numbers))]


def _about(happened: Happened, numbers: list[str]) -> About:
    """A container's scan is about all that it holds."""
    scans, master = happened.scans, happened.cargo["master"].to_numpy(dtype=np.int64)
    boxed, rows = np.array([scan.kind == CONTAINER for scan in scans], dtype=bool), np.array([scan.row for scan in scans], dtype=np.int64)
    within, shipment = members(master, master[rows[boxed]])
    of = np.concatenate([np.flatnonzero(boxed)[within], np.flatnonzero(~boxed)])
    level = objects([IN_CONTAINER if is_boxed else OWN for is_boxed in boxed.tolist()])
    return About(numbers, np.concatenate([shipment, rows[~boxed]]), of, level)


def _number(scan: Scan, row: Record, serial: int, captured: str) -> str:
    return f"{'NII' if scan.kind == CONTAINER else 'XRC'}{captured[2:4]}{row['shed_code'][:3]}{serial:08d}"


def _line(scan: Scan, row: Record, serial: int, captured: str, decided: str, is_unread: bool) -> str:
    """The record as one JSON line; what is corrected later was sent before anybody had read the image."""
    first, second, third = scan.draws
    shed, is_box = row["shed_code"], scan.kind == CONTAINER
    number = _number(scan, row, serial, captured)
    line = {
        "screening_id": number,
        "modality": "nii" if is_box else "xray_parcel",
        "device_id": f"{'NII' if is_box else 'XR'}-{shed[:3]}-{first % 4 + 1:02d}",
        "office": shed[:3],
        "shed": shed,
        "captured_at": f"{captured}+09:00",
        "subject": {"kind": scan.kind, "ref": scan.ref},
        "image_ref": f"img/{captured[:10]}/{number}.png",
        "detections": [{"label": label, "confidence": sure, "box": _box(second, third + place)} for place, (label, sure) in enumerate(scan.labels)],
        "operator_result": "none" if is_unread else scan.result,
        "operator_note": "" if is_unread else scan.note,
        "operator_ref": f"OP-{shed[:3]}-{third % 30 + 1:02d}",
    }
    if not is_unread:
        line["decided_at"] = f"{decided}+09:00"
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _box(first: int, second: int) -> list[float]:
    """A place in the image: left, top, right, bottom."""
    left, top = first % 70 / 100, second % 70 / 100
    return [left, top, round(left + 0.05 + first % 25 / 100, 2), round(top + 0.05 + second % 25 / 100, 2)]
