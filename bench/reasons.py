"""The decoy test: whether the first three reasons of detected illicit shipments name what was planted, by the truth of a simulated lake."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from features.catalogue import FEATURES
from jobs.explained import explanation_of
from jobs.manifest import seen_by_readers
from jobs.query import query
from lakehouse.lake import Lake
from models.tables import SCORE

# What a reason must be about to name a sign of the simulator, by its code and the names of its features.
_WEIGHT, _PACKAGES, _GOODS = r"kg_gap|weight|mass", r"packages_gap|package_gap", r"goods_text|words|description|title"
NAMED = {
    "price": r"price|per_kg_value", "insurance": r"insurance", "certificate": r"certificate|preference", "words": _GOODS,
    "dispatch": r"export|dispatch|origin_differs|route|countr", "bill_weight": _WEIGHT, "carried_in_weight": _WEIGHT,
    "bill_packages": _PACKAGES, "carried_in_packages": _PACKAGES, "bill_words": _GOODS, "loading": r"loading|loaded|route|countr",
    "seal": r"seal", "gate": r"gate", "verified_mass": r"vgm|verified|weighed|weight_gap",
    "first_loading": r"first_load|pick_up|empty|route|loaded", "ties": r"ties|shares_|address|representative", "relation": r"relat",
    "listed": r"list|watch",
}
_TOP = 3
_LOOKED_AT = """
    SELECT h.declaration_no, s.shipment_id, max(s.as_of) AS as_of FROM gold.score s JOIN gold.shipment h USING (shipment_id)
    LEFT JOIN gold.selection c ON c.shipment_id = s.shipment_id AND c.business_date = s.business_date
    WHERE (s.lane <> 'green' OR c.reason IS NOT NULL) AND h.declaration_no IS NOT NULL GROUP BY ALL ORDER BY 1"""


@dataclass(frozen=True)
class Named:
    """Of detected illicit shipments with a planted sign: how many there are and how many have one named, by sign and in all.

    `readable` leaves out those whose signs no feature of the catalogue could name.
    """

    detected: int
    named: int
    readable: int
    readable_named: int
    by_sign: dict[str, tuple[int, int]]


def named(lake_folder: str) -> Named:
    """The test on a lake that `haechi demo` made; the truth lies in its landing."""
    lake = seen_by_readers(Lake(lake_folder))
    truth = _truth(Path(lake_folder) / "_haechi" / "landing" / "truth")
    looked_at = query(lake, _LOOKED_AT, 10_000_000).dicts()
    planted = {row["declaration_no"]: row["signs"] for row in truth.to_dict("records")}
    wanted = {row["shipment_id"]: (planted[row["declaration_no"]], row["as_of"]) for row in looked_at if planted.get(row["declaration_no"])}
    scores = lake.arrow(SCORE, None, [("shipment_id", "in", sorted(wanted))]).to_pylist() if wanted else []
    known = {sign for sign, about in NAMED.items() if any(re.search(about, f"{f.code} {f.name}") for f in FEATURES)}
    by_sign: dict[str, tuple[int, int]] = {}
    detected = hits = readable = readable_hits = 0
    for score in scores:
        signs, as_of = wanted[score["shipment_id"]]
        if pd.Timestamp(score["as_of"]) != pd.Timestamp(as_of):
            continue
        told = explanation_of(lake, score)
        reasons = [reason for reason, way in zip(told["reasons"], told["directions"] or (), strict=False) if way != "lowers"]
        about = " ".join(f"{reason['code']} {' '.join(reason['features'])}" for reason in reasons[:_TOP])
        found = {sign for sign in signs if re.search(NAMED[sign], about)}
        for sign in signs:
            seen, hit = by_sign.get(sign, (0, 0))
            by_sign[sign] = seen + 1, hit + (sign in found)
        is_readable = bool(known & set(signs))
        detected, hits = detected + 1, hits + bool(found)
        readable, readable_hits = readable + is_readable, readable_hits + (is_readable and bool(found))
    return Named(detected, hits, readable, readable_hits, by_sign)


def _truth(folder: Path) -> pd.DataFrame:
    """Illicit declarations with their signs, as a list of names."""
    rows = pd.concat([pd.read_csv(path, keep_default_na=False, dtype=str) for path in sorted(folder.glob("shipments-*.csv"))], ignore_index=True)
    illicit = rows[(rows["illicit"] == "1") & (rows["declaration_no"] != "") & (rows["signs"] != "")]
    return illicit.assign(signs=illicit["signs"].str.split(";"))[["declaration_no", "typology", "signs"]]
