"""The decoy test: whether the first three reasons of detected illicit shipments name what was planted, by the truth of a simulated lake."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from features.catalogue import BY_NAME, FEATURES
from fusion.tables import CONTRADICTION
from jobs.explained import explanation_of
from jobs.manifest import seen_by_readers
from jobs.query import ask, query
from lakehouse.lake import Lake
from models.tables import SCORE

_WEIGHT, _PACKAGES = ("weight_gap", "contradiction_weight"), ("package_gap", "contradiction_packages")
_WAY, _GOODS = ("route", "way", "contradiction_way"), ("words", "contradiction_goods")
_BUYER = ("buyer", "contradiction_buyer", "contradiction_consignee", "shared_code", "shared_phone", "contradiction_shared_code")
_IMAGE = ("scan", "scan_weapon", "scan_narcotic", "scan_currency", "scan_wall", "scan_copy", "scan_density", "scan_organic", "scan_battery",
          "contradiction_image", "bag_undeclared_alarm")
_TITLE = ("contradiction_title_barred", "contradiction_title_excluded", "contradiction_title_words", "contradiction_list_words",
          "contradiction_list_excluded")
# By what the simulator planted: the codes of the reasons that name it, and features that do within a wider reason.
NAMED: dict[str, tuple[str, ...]] = {
    "price": ("price",), "insurance": ("premium", "contradiction_price"), "certificate": ("certificate", "preference", "contradiction_certificate"),
    "words": _GOODS, "bill_words": _GOODS, "dispatch": _WAY, "loading": (*_WAY, "preference_loaded_elsewhere"), "first_loading": _WAY,
    "bill_weight": _WEIGHT, "carried_in_weight": _WEIGHT, "bill_packages": _PACKAGES, "carried_in_packages": _PACKAGES,
    "verified_mass": ("box_mass", "contradiction_box_mass"), "seal": ("contradiction_seal",), "gate": ("gate", "contradiction_gate"),
    "ties": ("penalised_ties", "contradiction_firm"), "relation": ("relation", "contradiction_relation"),
    "listed": ("watchlist", "contradiction_watchlist"), "seller_name": ("seller", "contradiction_seller", "shop_name"),
    "image": _IMAGE, "scan": _IMAGE, "title": _TITLE, "customs_id": _BUYER, "phone": _BUYER, "postcode": _BUYER,
    "order": ("price_paid", "contradiction_price_paid", "courier_list_value"),
    "split": ("split", "limit", "contradiction_split", "contradiction_near_limit"),
}
_HIDDEN, _SCREENED = ("bill_weight", "carried_in_weight", "bill_packages", "carried_in_packages"), ("image", "scan")
# What each way to cheat plants, as its declaration in simulation/typologies says; whatever else shows is chance. Goods not
# for own use show by their number alone, which the truth does not list: they are left out.
PLANTED: dict[str, tuple[str, ...]] = {
    "undervalued": ("price", "insurance"), "ghost_importer": ("ties", "price"), "related_party": ("relation", "price"),
    "misclassified": ("words", "bill_words", "price"), "origin_washed": ("dispatch", "loading", "first_loading", "certificate"),
    "origin_transshipped": ("first_loading", "loading"), "preference_abused": ("certificate",),
    "weight_hidden": ("bill_weight", "carried_in_weight", "verified_mass"), "packages_hidden": _HIDDEN, "officer_collusion": _HIDDEN,
    "goods_concealed": (*_SCREENED, "verified_mass"), "seal_swapped": ("seal",), "container_diverted": ("gate",),
    "watchlisted_seller": ("listed", "seller_name"), "parcel_undervalued": ("order",), "parcel_split": ("split",),
    "borrowed_identity": ("customs_id", "phone", "postcode"), "disguised_seller": ("listed", "seller_name"),
    "parcel_contraband": ("title", *_SCREENED), "parcel_counterfeit": ("title", *_SCREENED),
    "bag_narcotics": _SCREENED, "bag_valuables": _SCREENED, "bag_currency": _SCREENED,
}
_TOP = 3
_LOOKED_AT = """
    SELECT coalesce(h.tracking_no, h.bag_tag, h.declaration_no) AS outside_id, s.shipment_id, max(s.as_of) AS as_of
    FROM gold.score s JOIN gold.shipment h USING (shipment_id)
    LEFT JOIN gold.selection c ON c.shipment_id = s.shipment_id AND c.business_date = s.business_date
    WHERE (s.lane <> 'green' OR c.reason IS NOT NULL) AND outside_id IS NOT NULL GROUP BY ALL ORDER BY 1"""


@dataclass
class Named:
    """Of detected illicit shipments that show what was planted: how many there are, how many have it named, by typology and by what shows.

    Of the misses, `unseen` are those of which no rule found it; `rivals` are the reasons that stood in its place.
    """

    by_typology: dict[str, list[int]] = field(default_factory=dict)
    by_sign: dict[str, list[int]] = field(default_factory=dict)
    misses: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)
    rivals: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def detected(self) -> int:
        """All of them."""
        return sum(seen for seen, _ in self.by_typology.values())

    @property
    def named(self) -> int:
        """Those whose first reasons name it."""
        return sum(hit for _, hit in self.by_typology.values())

    def count(self, typology: str, shown: Iterable[str], found: set[str], codes: list[str], is_seen: bool) -> None:
        """Take one shipment in."""
        held = self.by_typology.setdefault(typology, [0, 0])
        held[0], held[1] = held[0] + 1, held[1] + bool(found)
        for sign in shown:
            each = self.by_sign.setdefault(sign, [0, 0])
            each[0], each[1] = each[0] + 1, each[1] + (sign in found)
        if not found:
            self.misses[typology] += 1
            self.unseen[typology] += not is_seen
            self.rivals.setdefault(typology, Counter()).update(codes)


def named(lake_folder: str) -> Named:
    """The test on a lake that `haechi demo` made; the truth lies in its landing."""
    known = {feature.code for feature in FEATURES} | set(BY_NAME)
    if unknown := sorted({code for codes in NAMED.values() for code in codes} - known):
        raise ValueError(f"no reason is made under {unknown}: mend NAMED")
    lake, truth = seen_by_readers(Lake(lake_folder)), _truth(Path(lake_folder) / "_haechi" / "landing" / "truth")
    looked_at = {row["shipment_id"]: row for row in query(lake, _LOOKED_AT, 10_000_000).dicts() if row["outside_id"] in truth}
    scores = lake.arrow(SCORE, None, [("shipment_id", "in", sorted(looked_at))]).to_pylist() if looked_at else []
    told = Named()
    for score in scores:
        row = looked_at[score["shipment_id"]]
        if pd.Timestamp(score["as_of"]) == pd.Timestamp(row["as_of"]):
            typology, shown = truth[row["outside_id"]]
            reasons = _first(explanation_of(lake, score))
            found = {sign for sign in shown if any({reason["code"], *reason["features"]} & set(NAMED[sign]) for reason in reasons)}
            told.count(typology, shown, found, [reason["code"] for reason in reasons], bool(found) or _is_seen(lake, score, shown))
    return told


def _first(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The first three reasons that do not lower the score."""
    return [reason for reason, way in zip(told["reasons"], told["directions"] or (), strict=False) if way != "lowers"][:_TOP]


def _is_seen(lake: Lake, score: Mapping[str, Any], shown: Iterable[str]) -> bool:
    """Whether a rule had found by then what was planted."""
    rules = ask(lake, (CONTRADICTION,), "SELECT DISTINCT rule FROM gold.contradiction WHERE shipment_id = ? AND known_at <= ?",
                [score["shipment_id"], score["as_of"]]).rows
    codes = {BY_NAME[f"contradiction_{rule}"].code for [rule] in rules if f"contradiction_{rule}" in BY_NAME}
    return any(codes & set(NAMED[sign]) for sign in shown)


def _truth(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """Illicit shipments that show what was planted, by their outside number: typology and what shows."""
    shown = pd.concat([pd.read_parquet(path) for path in sorted((folder / "evidence").glob("*.parquet"))], ignore_index=True)
    by_shipment = shown.groupby("shipment")["rule"].agg(set).to_dict()
    made: dict[str, tuple[str, list[str]]] = {}
    for name, number in (("shipments", "declaration_no"), ("parcels", "tracking_no"), ("bags", "bag_tag")):
        parts = [pd.read_csv(path, keep_default_na=False, dtype=str) for path in sorted(folder.glob(f"{name}-*.csv"))]
        for row in pd.concat(parts, ignore_index=True).query("illicit == '1'").to_dict("records") if parts else ():
            # What a careful reader could see of cargo, and what feeds show against each other of anything.
            signs = {*str(row.get("signs", "")).split(";"), *by_shipment.get(row["shipment"], ())}
            planted = [sign for sign in PLANTED.get(str(row["typology"]), ()) if sign in signs]
            if planted and row[number]:
                made[str(row[number])] = str(row["typology"]), planted
    return made
