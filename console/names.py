"""Names of persons: read from where they are controlled, only when asked for."""

from typing import Any

from console.detail import Detail
from fusion.tables import PARTY_MENTION
from jobs.manifest import Publication
from lakehouse.lake import Lake


def names_of(publication: Publication, lake: Lake, found: Detail) -> list[dict[str, Any]]:
    """Role, feed and name of the persons that a shipment's records mention."""
    wanted = {party["party_id"] for party in found.parties if party["is_person"] and party["party_id"]}
    if not wanted:
        return []
    at = lake.pinned(publication.versions)
    rows = at.arrow(PARTY_MENTION, ("feed", "record_key", "role", "name", "party_id"), [("party_id", "in", sorted(wanted))])
    records = {(event["feed"], event["record_key"]) for event in found.events}
    told = {(row["role"], row["name"]): row for row in rows.to_pylist() if (row["feed"], row["record_key"]) in records}
    return [told[key] for key in sorted(told)]
