"""What was told of the container of the small lake: its manifest, the terminal's work, the carrier's seals, a scan."""

from datetime import datetime, timedelta
from typing import Any

from small_lake import BOX, SCRIPT, TOGETHER, VOYAGE, control_of

from feeds import carrier_event, manifest, screening, terminal_event
from fusion.tables import EVENT
from lakehouse.lake import Lake

# Houses of the manifest that no shipment of the night is of, and what each house weighs.
UNSEEN, HOUSE_KG, VGM, TARE = 2, 1000.0, 20_250.0, 3_950.0


def carried(lake: Lake, at: datetime) -> None:
    """Add it, known at the end of the night."""
    def row(feed: Any, key: str, **values: Any) -> None:
        lake.append_rows([{"record_key": key, "known_at": at, "issued_at": at, "file": f"{key}.edi", "position": "1", "content_hash": key, "ordinal": 0} | values],
                         feed.FEED.silver)

    def seals(*numbers: str, source: str = "CA") -> list[dict[str, str]]:
        return [{"seal_no": number, "source_code": source} for number in numbers]

    bills = [(f"HAECSHA0000040|HOUS26{number:07d}", control_of(number)) for number in (*TOGETHER, *range(900, 900 + UNSEEN))]
    lake.append_rows([{"record_key": key, "known_at": at, "issued_at": at, "file": "manifest.edi", "position": f"{place}", "content_hash": key, "ordinal": 0,
                       "master_bl": "HAECSHA0000040", "house_bl": key.partition("|")[2], "cargo_control_no": control if control.startswith(VOYAGE) else f"{VOYAGE}00010900",
                       "vessel_name": "HAEON PIONEER", "voyage_no": "101E", "discharge_terminal": "PNP", "arrival_estimated_at": at - timedelta(hours=30),
                       "document_at": at - timedelta(hours=48), "gross_mass": HOUSE_KG, "gross_mass_unit": "KGM", "packages": 4.0, "loading_port": "CNSHA",
                       "discharge_port": "KRPUS", "container_nos": [BOX],
                       "containers": [{"container_no": BOX, "size_type_code": "45G1", "full_empty_code": "5", "seals": seals("HAE1234567")}]}
                      for place, (key, control) in enumerate(bills)], manifest.FEED.silver)
    row(terminal_event, "t1", event_kind="discharge", event_at=at - timedelta(hours=26), container_no=BOX, terminal_code="PNP", event_port="KRPUS",
        gross_mass=VGM / 1000, gross_mass_unit="TNE", gross_kind="VGM", tare_mass=TARE, tare_mass_unit="KGM", size_type_code="45G1", seals=seals("1234567"))
    row(terminal_event, "t2", event_kind="gate_out", event_at=at - timedelta(hours=20), container_no=BOX, terminal_code="PNP", event_port="KRPUS",
        gross_mass_unit="KGM", seals=seals("CUS777", source="CU"))
    row(carrier_event, "c1", event_type="EQUIPMENT", classifier="ACT", equipment_event_code="LOAD", event_at=at - timedelta(days=4), equipment_reference=BOX,
        unlocode="CNSHA", seals=[{"number": "HAE1234567", "source": "CAR"}])
    row(carrier_event, "c2", event_type="EQUIPMENT", classifier="PLN", equipment_event_code="DISC", event_at=at, equipment_reference=BOX, unlocode="KRPUS")
    row(screening, "x1", screening_id="x1", modality="nii", captured_at=at - timedelta(hours=19), subject_kind="container", subject_ref=BOX, shed="03012202",
        detections=[{"label": "density_anomaly", "confidence": 0.8, "box": [0.1, 0.1, 0.4, 0.4]}], operator_result="suspect", operator_note=SCRIPT)
    # By these the records belong to shipments: of the other office too.
    told = (("terminal_event", "t1"), ("terminal_event", "t2"), ("carrier_event", "c1"), ("carrier_event", "c2"), ("screening", "x1"))
    lake.append_rows([{"event_id": f"{key}{number}", "shipment_id": f"s{number:05d}", "event_at": at - timedelta(hours=20), "known_at": at, "feed": feed,
                       "record_key": key, "type": "told", "place": "KRPUS", "text_ko": "컨테이너 작업", "text_en": "Container work"}
                      for number in TOGETHER for feed, key in told], EVENT)
