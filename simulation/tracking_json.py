"""Track and trace events as carriers send them: DCSA 2.2 as a bare list of flat events, 3.0 wrapped and nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from simulation.vessels import Vessel

# What happens to a container (the first five) or a vessel, by the codes of the standard.
GATE_OUT, GATE_IN, LOADED, DISCHARGED, RESEALED, DEPARTS, ARRIVES = "GTOT", "GTIN", "LOAD", "DISC", "RSEA", "DEPA", "ARRI"
_TRANSPORT = frozenset({DEPARTS, ARRIVES})
_SOURCES = {"CA": "CAR", "SH": "SHI", "CU": "CUS"}


class Told(NamedTuple):
    """One event: its number, what happened, when (ready to write), where, to which container, on which vessel; seals with who set them."""

    event_id: str
    code: str
    at: str
    place: str
    box: dict[str, Any] | None = None
    vessel: Vessel | None = None
    seals: tuple[tuple[str, str], ...] = ()
    is_expected: bool = False
    is_empty: bool = False


class Trip(NamedTuple):
    """What all events of a bill share: bill, booking, carrier, voyage and flag."""

    master_bl: str
    carrier: str
    voyage: str
    flag: str

    @property
    def booking(self) -> str:
        """The booking under which the bill was issued."""
        return f"{self.carrier[:2]}B{self.master_bl[-7:]}"


def _kind(event: Told) -> str:
    return "TRANSPORT" if event.code in _TRANSPORT else "EQUIPMENT"


def _location(event: Told) -> str:
    return f'"eventLocation":{{"UNLocationCode":"{event.place}","facilityTypeCode":"{"DEPO" if event.is_empty else "POTE"}"}}'


def flat(trip: Trip, events: Sequence[Told], created: str) -> str:
    """A message of 2.2; `created` is when its events were made."""
    return f"[{','.join(_flat(trip, event, created) for event in events)}]"


def _flat(trip: Trip, event: Told, created: str) -> str:
    kind = _kind(event)
    told = (
        f'{{"eventID":"{event.event_id}","eventCreatedDateTime":"{created}","eventType":"{kind}",'
        f'"eventClassifierCode":"{"EST" if event.is_expected else "ACT"}","eventDateTime":"{event.at}","{kind.lower()}EventTypeCode":"{event.code}"'
    )
    if event.box:
        told += (f',"equipmentReference":"{event.box["container_no"]}","ISOEquipmentCode":"{event.box["size_type"]}",'
                 f'"emptyIndicatorCode":"{"EMPTY" if event.is_empty else "LADEN"}"')
    if event.vessel:
        told += (
            f',"transportCall":{{"transportCallID":"{trip.carrier}-{trip.voyage}-{event.place}","carrierVoyageNumber":"{trip.voyage}",'
            f'"UNLocationCode":"{event.place}","facilityTypeCode":"POTE","modeOfTransport":"VESSEL","vessel":{{"vesselIMONumber":"{event.vessel.imo}",'
            f'"vesselName":"{event.vessel.name}","vesselFlag":"{trip.flag}","vesselCallSignNumber":"{event.vessel.call_sign}"}}}}'
        )
    else:
        told += f',{_location(event)}'
    told += (f',"documentReferences":[{{"documentReferenceType":"BKG","documentReferenceValue":"{trip.booking}"}},'
             f'{{"documentReferenceType":"TRD","documentReferenceValue":"{trip.master_bl}"}}]')
    if event.seals:
        seals = ",".join(f'{{"sealNumber":"{number}","sealSource":"{_SOURCES[setter]}"}}' for number, setter in event.seals)
        told += f',"seals":[{seals}]'
    return told + "}"


def nested(trip: Trip, events: Sequence[Told], updated: str) -> str:
    """A message of 3.0; `updated` is when its events were last changed."""
    return f'{{"events":[{",".join(_nested(trip, event, updated) for event in events)}]}}'


def _nested(trip: Trip, event: Told, updated: str) -> str:
    kind = _kind(event)
    told = (
        f'{{"eventRouting":{{"originatingParty":{{"partyCode":"{trip.carrier}","codeListProvider":"SMDG","partyFunction":"CA"}}}},'
        f'"eventID":"{event.event_id}","eventDateTime":"{event.at}","eventUpdatedDateTime":"{updated}",'
        f'{_location(event)},'
        f'"eventClassification":{{"eventTypeCode":"{kind}","eventClassifierCode":"{"EST" if event.is_expected else "ACT"}",'
        f'"{kind.lower()}EventTypeCode":"{event.code}"}},"shipmentDetails":{{"documentReference":{{"typeCode":"BKG","reference":"{trip.booking}"}},'
        f'"additionalDocumentReferences":[{{"typeCode":"TRD","reference":"{trip.master_bl}"}}]}}'
    )
    if event.box:
        seals = ",".join(f'{{"number":"{number}","source":"{_SOURCES[setter]}"}}' for number, setter in event.seals)
        told += (
            f',"equipmentDetails":{{"equipmentReference":"{event.box["container_no"]}","ISOEquipmentCode":"{event.box["size_type"]}",'
            f'"emptyIndicatorCode":"{"EMPTY" if event.is_empty else "LADEN"}"{f""","seals":[{seals}]""" if seals else ""}}}'
        )
    if event.vessel:
        told += (
            f',"transportDetails":{{"transportCall":{{"transportCallReference":"{trip.carrier}-{trip.voyage}-{event.place}","modeOfTransport":"VESSEL",'
            f'"importVoyageNumberOrReference":{{"carrierVoyageNumber":"{trip.voyage}"}},"vesselTransport":{{"vesselIMONumber":"{event.vessel.imo}",'
            f'"vesselName":"{event.vessel.name}","vesselFlag":"{trip.flag}","vesselCallSign":"{event.vessel.call_sign}"}}}}}}'
        )
    return told + "}"
