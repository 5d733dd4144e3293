"""Signs: what a careful reader of the feeds could see of each shipment, honest or not, and which feeds that takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.agents import Agents
from simulation.cargo import TABLE
from simulation.draws import Bools
from simulation.names import FRONT
from simulation.places import COUNTRIES
from simulation.traces import AS_LOADED, GATE_USUAL, SEAL_SAME

See = Callable[[Agents, pd.DataFrame, pd.DataFrame], Bools]
# Beyond these, papers do not differ by rounding or by the usual spread alone.
WEIGHT_RATIO, SPREADS_BELOW, INSURED_RATIO, LAST_RATIO, YOUNG_DAYS = 0.04, 1.8, 1.07, 1.0, 300
SHOWN_RATIO = 0.01
LEVEL = np.array([country.price_level for country in COUNTRIES])


@dataclass(frozen=True)
class Sign:
    """One thing to be seen, by comparing what these feeds say; `see(agents, shipments, main_items)` tells for each shipment."""

    name: str
    text: Text
    feeds: tuple[str, ...]
    see: See


def _heavier(seen: str) -> See:
    def see(agents: Agents, cargo: pd.DataFrame, main: pd.DataFrame) -> Bools:
        return np.asarray(np.abs(cargo[f"{seen}_gross_kg"] / cargo["declared_gross_kg"] - 1) > WEIGHT_RATIO)
    return see


def _more(seen: str) -> See:
    return lambda agents, cargo, main: np.asarray(cargo[f"{seen}_packages"] != cargo["declared_packages"])


def _cheap(agents: Agents, cargo: pd.DataFrame, main: pd.DataFrame) -> Bools:
    good, origin = main["declared_good"].to_numpy(), main["declared_origin"].to_numpy()
    below = -np.log(main["declared_usd_per_kg"].to_numpy() / TABLE.price[good] / LEVEL[origin])
    return np.asarray(below > SPREADS_BELOW * np.hypot(TABLE.sigma[good] * 0.75, 0.22))


def _badly_certified(agents: Agents, cargo: pd.DataFrame, main: pd.DataFrame) -> Bools:
    is_claiming, has_any = cargo["is_claiming"].to_numpy(dtype=bool), cargo["has_certificate"].to_numpy(dtype=bool)
    is_strange = (cargo["certificate_country"].to_numpy() != main["declared_origin"].to_numpy()) | (cargo["certificate_overuse"] > LAST_RATIO)
    return np.asarray(is_claiming & (~has_any | is_strange))


def tied(agents: Agents, cargo: pd.DataFrame, main: pd.DataFrame) -> Bools:
    """A young firm with the head or at the address of one that was penalised."""
    firms = agents.importers
    is_young = (firms["age_days"] < YOUNG_DAYS) & firms["is_registered"]
    shares = (firms["head"] < len(agents.former)) | (firms["address"] < len(agents.former))
    return np.asarray((is_young & shares).to_numpy()[cargo["importer"]])


def _related(agents: Agents, cargo: pd.DataFrame, main: pd.DataFrame) -> Bools:
    is_known = agents.sellers["is_tie_known"].to_numpy()[cargo["seller"]]
    return np.asarray(cargo["is_related"].to_numpy(dtype=bool) & is_known & ~cargo["is_relation_told"].to_numpy(dtype=bool))


def _listed(agents: Agents, cargo: pd.DataFrame, main: pd.DataFrame) -> Bools:
    return np.asarray(cargo["is_listed"].to_numpy(dtype=bool) & (cargo["alias_style"] != FRONT))


DECLARED, PROGRESS = ("declaration",), ("declaration", "cargo_progress")
SIGNS: tuple[Sign, ...] = (
    Sign("price", Text("낮은 단가", "Low price"), DECLARED, _cheap),
    Sign("insurance", Text("가격에 비해 큰 보험료", "Insurance dear for the price"), DECLARED,
          lambda agents, cargo, main: np.asarray((cargo["insured_factor"] > INSURED_RATIO) & (cargo["insurance_krw"] > 0))),
    Sign("certificate", Text("원산지증명서 결함", "Certificate missing or odd"), DECLARED, _badly_certified),
    Sign("words", Text("세번과 다른 품명", "Words of other goods"), DECLARED,
          lambda agents, cargo, main: np.asarray(main["described_good"].to_numpy() != main["declared_good"].to_numpy())),
    Sign("dispatch", Text("원산지와 다른 적출국", "Dispatched elsewhere than made"), DECLARED,
          lambda agents, cargo, main: np.asarray(cargo["export_country"].to_numpy() != main["declared_origin"].to_numpy())),
    Sign("bill_weight", Text("적하목록 중량 차이", "Weight in the manifest"), PROGRESS, _heavier("bill")),
    Sign("carried_in_weight", Text("반입 중량 차이", "Weight carried in"), PROGRESS, _heavier("measured")),
    Sign("bill_packages", Text("적하목록 포장 차이", "Packages in the manifest"), PROGRESS, _more("bill")),
    Sign("carried_in_packages", Text("반입 포장 차이", "Packages carried in"), PROGRESS, _more("measured")),
    Sign("bill_words", Text("적하목록의 다른 품명", "Goods in the manifest"), PROGRESS,
          lambda agents, cargo, main: np.asarray((cargo["bill_good"].to_numpy() != main["declared_good"].to_numpy()) | (cargo["bill_words"] != ""))),
    Sign("loading", Text("원산지와 다른 적재국", "Loaded elsewhere than made"), PROGRESS,
          lambda agents, cargo, main: np.asarray(cargo["load_country"].to_numpy() != main["declared_origin"].to_numpy())),
    Sign("seal", Text("적재·양하 봉인 차이", "Another seal at discharge"), ("carrier_event", "terminal_event"),
         lambda agents, cargo, main: np.asarray(cargo["seal_trace"] != SEAL_SAME)),
    Sign("gate", Text("수리 전·다른 곳 반출", "Out of the gate early or elsewhere"), ("terminal_event", "cargo_progress"),
         lambda agents, cargo, main: np.asarray(cargo["gate_trace"] != GATE_USUAL)),
    Sign("verified_mass", Text("검증 총중량 차이", "Verified gross mass"), ("manifest", "terminal_event"),
         lambda agents, cargo, main: np.asarray(cargo["shown_kg"] > SHOWN_RATIO * cargo["bill_gross_kg"])),
    Sign("first_loading", Text("다른 나라 인수·적재", "Picked up or loaded elsewhere first"), ("declaration", "carrier_event"),
         lambda agents, cargo, main: np.asarray((cargo["first_country"] != AS_LOADED) | (cargo["empty_country"] != AS_LOADED))),
    Sign("ties", Text("처벌 이력 업체와 같은 대표자·주소", "Young firm tied to a penalised one"), ("declaration", "party_registry"), tied),
    Sign("relation", Text("신고하지 않은 특수관계", "Relation not told"), ("declaration", "party_registry"), _related),
    Sign("listed", Text("우려거래자와 비슷한 거래처명", "Seller like a listed one"), ("declaration", "watchlist"), _listed),
)


def signs(agents: Agents, cargo: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """One column of yes and no for each sign, one row a shipment."""
    main = items[items["seq"] == 1]
    return pd.DataFrame({sign.name: sign.see(agents, cargo, main) for sign in SIGNS})


def names_of(seen: pd.DataFrame) -> list[str]:
    """The signs of each shipment by name, with a semicolon between."""
    names = np.array(seen.columns, dtype=object)
    return [";".join(names[row]) for row in seen.to_numpy(dtype=bool)]
