"""What X-ray and dogs saw of parcels and bags, as likenesses with a confidence, and how operators read them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Bools, Floats, Ints, chance, pick
from simulation.happened import Record, records_of
from simulation.ledger import About
from simulation.lots import Lot
from simulation.names import objects
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.slots import DAY
from simulation.wire import Calendar

NOTHING = ""
SHADOWS: tuple[str, ...] = (
    NOTHING, "density_anomaly", "false_wall", "weapon", "narcotic_like", "organic_mass", "currency", "battery", "counterfeit_like")
SHADOW_OF: dict[str, int] = {label: place for place, label in enumerate(SHADOWS)}
# How much each likeness alarms an operator: batteries and food are everyday.
ALARM: Floats = np.array([0, 0.35, 0.9, 0.9, 0.95, 0.25, 0.85, 0.03, 0.7])
FALSE_ALARMS: tuple[int, ...] = (1, 3, 4, 5, 8)
FALSE_ALARM_RATIO, UNREAD_RATIO = 0.012, 0.04
RESULTS = ("clear", "suspect", "none")
CLEAR, SUSPECT, UNREAD = range(3)
NOTES = ("", "밀도 높은 부분 확인 필요", "이중 구조 확인 필요", "도검·총포 형상 확인 필요", "분말·정제 형상 확인 필요", "유기물 덩어리 확인 필요",
         "지폐 다발 형상 확인 필요", "", "상표 부착물 확인 필요")
X_RAY, DOG = 0, 1
# A dog is led to what smells: drugs and food.
SNIFFED: tuple[int, ...] = (4, 5)
SECOND_LOOK_RATIO = 0.6


def see(rng: np.random.Generator, plain: Ints, hidden: Ints) -> pd.DataFrame:
    """One image of each shipment: what honest contents look like, what hidden ones do (0 where nothing), and the operator's reading."""
    count = len(plain)
    false = np.where(chance(rng, FALSE_ALARM_RATIO, count), rng.choice(FALSE_ALARMS, count), 0)
    other = np.where(hidden > 0, hidden, false)
    plain_sure = rng.uniform(0.5, 0.97, count)
    other_sure = np.where(hidden > 0, rng.uniform(0.45, 0.98, count), rng.uniform(0.3, 0.75, count))
    alarm = np.maximum(ALARM[plain] * plain_sure, ALARM[other] * other_sure)
    is_suspect = rng.random(count) < 1.1 * alarm**2
    result = np.where(chance(rng, UNREAD_RATIO, count), UNREAD, np.where(is_suspect, SUSPECT, CLEAR))
    return pd.DataFrame({
        "first": plain, "first_sure": np.round(plain_sure, 2), "second": np.where(other == plain, 0, other),
        "second_sure": np.round(other_sure, 2), "result": result, "alarm": alarm, "device": rng.integers(1, 9, count),
        "box": rng.integers(0, 1 << 30, count), "decided_after": rng.integers(15, 400, count), "operator": rng.integers(1, 40, count),
    })


def screenings(rng: np.random.Generator, t_captured: Ints, plain: Ints, hidden: Ints) -> pd.DataFrame:
    """All images of shipments in order of time: one of each, and a second look, partly by dog, at what an operator suspected."""
    first = see(rng, plain, hidden).assign(ship=np.arange(len(plain)), t=t_captured, modality=X_RAY)
    again = np.flatnonzero((first["result"] == SUSPECT).to_numpy() & chance(rng, SECOND_LOOK_RATIO, len(first)))
    second = see(rng, plain[again], hidden[again])
    is_sniffed: Bools = np.isin(hidden[again], SNIFFED) | np.isin(plain[again], SNIFFED)
    second = second.assign(ship=again, t=t_captured[again] + rng.integers(900, 7_200, len(again)), modality=np.where(is_sniffed, DOG, X_RAY))
    whole = pd.concat([first, second], ignore_index=True)
    return whole.iloc[np.argsort(whole["t"].to_numpy(), kind="stable")].reset_index(drop=True)


def suspicion(scans: pd.DataFrame, shipments: int) -> Floats:
    """How alarming the images of each shipment are, 0 to 1, more where an operator suspected it."""
    worst = np.zeros(shipments)
    alarm = scans["alarm"].to_numpy() * np.where(scans["result"] == SUSPECT, 1.0, 0.4)
    np.maximum.at(worst, scans["ship"].to_numpy(), alarm)
    return worst


def screener(lot: Lot, scans: pd.DataFrame, modalities: tuple[str, str], kind: str, calendar: Calendar) -> list[Post]:
    """One record an image, sent when the operator has read it; `scans` bears each shipment's `ref`, `office` and `shed`."""
    first, _ = lot.numbers(1, 1_000_000_000)
    times = scans["t"].to_numpy()
    decided = times + scans["decided_after"].to_numpy()
    days = [calendar.compact(day) for day in (times // DAY).tolist()]
    records = records_of(scans.assign(
        number=[f"X{kind[0].upper()}{day[2:4]}{first + place:09d}" for place, day in enumerate(days)], day=days, captured_at=calendar.iso(times),
        decided_at=calendar.iso(decided), means=objects(list(modalities))[scans["modality"]], kind=kind))

    def write(batch: Batch) -> list[str]:
        return [_image(records[row], version == MISTAKEN) for row, version in zip(batch.rows, batch.versions, strict=True)]

    about = About([row["number"] for row in records], scans["ship"].to_numpy(dtype=np.int64))
    return [Post("screening", f"{kind}-images", decided, write, about=about)]


def _image(row: Record, is_mistaken: bool) -> str:
    """One image as read; a mistaken record has the reading missing, or one where there is none."""
    draw, result, means, office = row["box"], row["result"], row["means"], row["office"]
    seen = [_detection(row[name], row[f"{name}_sure"], draw >> shift) for name, shift in (("first", 0), ("second", 9)) if row[name]]
    note = NOTES[row["second"] or row["first"]] if result == SUSPECT else ""
    if is_mistaken:
        result = CLEAR if result == UNREAD else UNREAD
    return (
        f'{{"screening_id":"{row["number"]}","modality":"{means}","device_id":"{means[:2].upper()}-{row["shed"][:3]}-{row["device"]:02d}",'
        f'"office":"{office}","shed":"{row["shed"]}","captured_at":"{row["captured_at"]}+09:00",'
        f'"subject":{{"kind":"{row["kind"]}","ref":"{row["ref"]}"}},"image_ref":"{row["day"]}/{row["number"]}","detections":[{",".join(seen)}],'
        f'"operator_result":"{RESULTS[result]}","operator_note":"{note}","operator_ref":"OP-{office}-{row["operator"]:02d}",'
        f'"decided_at":"{row["decided_at"]}+09:00"}}')


def _detection(label: int, sure: float, draw: int) -> str:
    left, top, wide, high = draw % 60, draw // 60 % 60, 5 + draw // 7 % 35, 5 + draw // 11 % 35
    return (f'{{"label":"{SHADOWS[label]}","confidence":{sure},"box":[0.{left:02d},0.{top:02d},0.{left + wide:02d},0.{top + high:02d}]}}')


def plain_shadows(rng: np.random.Generator, shadow: Ints, odds: Floats) -> Ints:
    """Which honest contents show on the image."""
    return np.where(chance(rng, odds, len(shadow)), shadow, 0)


def pick_shadow(rng: np.random.Generator, labels: tuple[str, ...], weights: tuple[float, ...], count: int) -> Ints:
    """Draw what hidden contents look like."""
    return np.array([SHADOW_OF[label] for label in labels], dtype=np.int64)[pick(rng, weights, count)]
