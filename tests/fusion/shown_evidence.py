"""What a simulated world says there is to see of its shipments, beside the contradictions that were found."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq


def evidence(truth: Path) -> pd.DataFrame:
    """Rows of truth/evidence with the declaration and cargo control numbers of their shipment."""
    shown = pd.concat([pq.read_table(path).to_pandas() for path in sorted((truth / "evidence").glob("*.parquet"))], ignore_index=True)
    named = pd.concat([pd.read_csv(path, keep_default_na=False, dtype=str) for path in sorted(truth.glob("*.csv"))], ignore_index=True)
    return shown.merge(named[["shipment", "declaration_no", "cargo_control_no", "typology", "look_alike"]], on="shipment")


def matched(shown: pd.DataFrame, shipments: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The evidence with `is_found`: a contradiction of its type between its feeds was found of its shipment.

    `shipments` has shipment_id, declaration_no and cargo_control_no, `found` shipment_id, type, left_feed and right_feed.
    """
    # A shipment without a declaration goes by its cargo.
    declared = shipments.dropna(subset=["declaration_no"]).set_index("declaration_no")["shipment_id"]
    carried = shipments.dropna(subset=["cargo_control_no"]).drop_duplicates("cargo_control_no").set_index("cargo_control_no")["shipment_id"]
    ids = shown["declaration_no"].map(declared).fillna(shown["cargo_control_no"].map(carried))
    pairs = set(zip(found["shipment_id"], found["type"], found["left_feed"], found["right_feed"], strict=True))
    keys = zip(ids, shown["type"], shown["left_feed"], shown["right_feed"], strict=True)
    return shown.assign(shipment_id=ids, is_found=[key in pairs for key in keys])


def recall(told: pd.DataFrame, by: str) -> pd.DataFrame:
    """How much of the evidence was found, by type or rule."""
    return told.groupby(by)["is_found"].agg(["size", "mean"])
