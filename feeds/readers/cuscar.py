"""CUSCAR consignments to values: bills, goods, packages, masses, containers with seals, and parties, at whatever level they are told."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import takewhile
from typing import Any

from feeds.readers import edifact_values as v
from feeds.readers.edifact import Segment, at
from feeds.readers.edifact_messages import Group, Message

_GROSS = ("G", "AAD", "AAB", "WT", "VGM", "EGW")
_PLAIN = re.compile(r"[0-9]{1,15}(?:[.][0-9]{1,6})?\Z")
# Which level of a consignment a segment speaks of; the tags of '' lead back to the consignment itself.
_LEVELS = {"GID": "GID", "SGP": "SGP", "EQD": "EQD", "NAD": "", "LOC": "", "RFF": "", "TDT": "", "CNT": ""}
PARTIES = {"consignor": ("CZ", "SH", "OS", "EX"), "consignee": ("CN", "UC", "IM"), "notify": ("NI", "N1", "N2"), "forwarder": ("FW",)}
_BETWEEN = re.compile(r"[\s-]")
# Some put the kind of equipment before its number.
_LED = re.compile(r"CN(?=[A-Z]{4}[0-9]{7}\Z)")


def head(message: Message) -> dict[str, Any]:
    """What the consignments of a message share, and what they look up in its header."""
    header = v.told_in(message.header)
    values = v.envelope(message) | v.transport(header, "20", "10", "11", "12", "13", "30") | {
        "mrn": v.reference(header, "ABT"), "arrival_estimated_at": v.moment(header, "132", "232"),
        "arrived_at": v.moment(header, "178"), "departed_at": v.moment(header, "136", "133"),
    }
    values["envelope_faults"] = [*message.faults, *_total_fault(message)]
    # Seals of a container told once are kept with every consignment in it; the form has room for nine.
    containers = {bare: one | {"seals": one["seals"][:9]} for bare, one in _containers(message.header).items() if bare}
    return {"values": values, "master_bl": v.reference(header, "BM", "MB"), "places": v.places(header)[:99], "containers": containers}


def _total_fault(message: Message) -> list[str]:
    """Packages of the whole message where they differ from the sum of its consignments."""
    told = next((v.number(at(total, 1, 1)) for total in v.only(v.told_in(message.tail), "CNT", "11")), None)
    if not told or _owns_tail(message, message.groups[-1], "11") or any(group.fault for group in message.groups):
        return []
    packages = [_packages(message, group, _levels(group.segments))[0] for group in message.groups]
    found = _summed([{"value": one, "unit": None} for one in packages])[0]
    return [] if found == told else [f"packages {told[:20]}/{(found or '-')[:40]}"]


def take(shared: dict[str, Any], message: Message, group: Group) -> dict[str, Any]:
    """The values of one consignment."""
    said, levels = v.told_in(group.segments), _levels(group.segments)
    cni = said["CNI"][0]
    told = v.places(said)
    around = [*told, *shared["places"]]
    packages, package_code = _packages(message, group, levels)
    gross, gross_unit = _gross(message, group, levels)
    volume: dict[str, str | None] = next((one for one in v.measures(said) if one["unit"] in ("MTQ", "CBM", "FTQ")), {})
    containers, loose = _contained(shared["containers"], group.segments, len(message.groups))
    carried = v.transport(said, "20") if v.only(said, "TDT", "20") else {}
    values: dict[str, Any] = shared["values"] | carried
    return values | _bills(shared["master_bl"], said, at(cni, 2)) | {
        "consignment_no": at(cni, 1), "consignment_bl": at(cni, 2), "cargo_control_no": v.reference(said, "AAQ"),
        "mrn": v.reference(said, "ABT") or shared["values"]["mrn"],
        "loading_port": v.placed(around, "9"), "discharge_port": v.placed(around, "11"),
        "discharge_terminal": v.placed(around, "11", what="terminal_code"), "delivery_place": v.placed(around, "7"),
        "arrival_place": v.placed(around, "60"), "receipt_place": v.placed(around, "88"),
        "original_loading_port": v.placed(around, "76"), "transhipment_port": v.placed(around, "13"), "places": told,
        "packages": packages, "package_code": package_code, "gross_mass": gross, "gross_mass_unit": gross_unit,
        "volume": volume.get("value"), "volume_unit": volume.get("unit"), "goods": v.joined(said, "AAA"), "texts": v.texts(said),
        "marks": " ".join(value.strip() for pci in v.only(said, "PCI") for value in (pci[2] if len(pci) > 2 else [])).strip() or None,
        "hs_codes": _present(*(at(cst, 2) for cst in v.only(said, "CST")),
                             *(at(pia, place) for pia in v.only(said, "PIA") for place in range(2, len(pia)) if at(pia, place, 1) == "HS")),
        "imo_classes": _present(*(at(dgs, 2) for dgs in v.only(said, "DGS"))), "un_numbers": _present(*(at(dgs, 3) for dgs in v.only(said, "DGS"))),
        "container_nos": [one["container_no"] for one in containers], "containers": containers,
        "seal_nos": _present(*(seal["seal_no"] for one in containers for seal in one["seals"]), *(seal["seal_no"] for seal in loose)),
        "references": v.references(said),
    } | _parties(group.segments)


def _bills(master: str | None, said: v.Told, named: str | None) -> dict[str, str | None]:
    """Master and house bill: the consignment names its house bill, the master where there is none."""
    master, house = v.reference(said, "BM", "MB") or master, v.reference(said, "BH", "HWB")
    if not house and master and named and _bare(named) != _bare(master):
        house = named
    elif not master and (not house or _bare(named) != _bare(house)):
        master = named
    return {"master_bl": master, "house_bl": house}


def _bare(bill: str | None) -> str:
    return _BETWEEN.sub("", bill or "").upper()


def _present(*values: str | None) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _levels(said: Sequence[Segment]) -> dict[str, v.Told]:
    """Segments by what they speak of: '' the consignment, GID its goods items, SGP their share of a container, EQD a container."""
    levels: dict[str, v.Told] = {"": {}, "GID": {}, "SGP": {}, "EQD": {}}
    level = ""
    for one in said:
        tag = one[0][0]
        level = _LEVELS.get(tag, level)
        levels[level].setdefault(tag, []).append(one)
    return levels


def _summed(told: Sequence[dict[str, str | None]]) -> tuple[str | None, str | None]:
    """The sum of measures of one unit; what cannot be summed is given as sent, side by side, so that it is seen."""
    values = [one["value"] for one in told if one["value"]]
    units = dict.fromkeys(one["unit"] for one in told if one["value"])
    if len(values) < 2:
        return (values[0] if values else None), next(iter(units), None)
    if len(units) > 1 or not all(_PLAIN.match(value) for value in values):
        return " + ".join(values)[:200], next(iter(units))
    return str(sum(map(Decimal, values))), next(iter(units))


def _owns_tail(message: Message, group: Group, qualifier: str) -> bool:
    """Whether a total at the end of a message is its last consignment's: so where it has none of its own though others do."""
    if group is not message.groups[-1] or _totals(group.segments, qualifier):
        return False
    return len(message.groups) == 1 or any(_totals(other.segments, qualifier) for other in message.groups[:-1])


def _totals(said: Sequence[Segment], qualifier: str) -> list[Segment]:
    return [one for one in said if one[0][0] == "CNT" and at(one, 1) == qualifier]


def _total(message: Message, group: Group, qualifier: str) -> tuple[str | None, str | None]:
    """A control total of a consignment, and its unit."""
    said = [*group.segments, *(message.tail if _owns_tail(message, group, qualifier) else [])]
    return next(((v.number(value), at(one, 1, 2)) for one in _totals(said, qualifier) if (value := at(one, 1, 1))), (None, None))


def _packages(message: Message, group: Group, levels: dict[str, v.Told]) -> tuple[str | None, str | None]:
    """Packages as the consignment totals them, else summed over its goods items or their shares of containers; and their kind."""
    code = next((kind for gid in v.only(levels["GID"], "GID") if (kind := at(gid, 2, 1))), None)
    for qualifier in ("11", "8"):
        told, unit = _total(message, group, qualifier)
        if told:
            return told, unit or code
    items = [{"value": v.number(at(gid, 2)), "unit": None} for gid in v.only(levels["GID"], "GID")]
    shares = [{"value": v.number(at(sgp, 2)), "unit": None} for sgp in v.only(levels["SGP"], "SGP")]
    return _summed(items)[0] or _summed(shares)[0], code


def _gross(message: Message, group: Group, levels: dict[str, v.Told]) -> tuple[str | None, str | None]:
    """Gross mass and unit as told of the consignment, else summed over goods items, their shares, containers."""
    own = v.measured(v.measures(levels[""]), *_GROSS)
    if own:
        return own["value"], own["unit"]
    for level in ("GID", "total", "SGP", "EQD"):
        if level == "total":
            told, unit = _total(message, group, "7")
            found = (told, (unit or "").upper() or None)
        else:
            masses = v.measures(levels[level])
            kind = v.measured(masses, *_GROSS).get("kind")
            found = _summed([one for one in masses if kind and one["kind"] == kind])
        if found[0]:
            return found
    return None, None


def _plain_no(container_no: str) -> str:
    """A container number without the kind of equipment that some put before it."""
    return _LED.sub("", container_no)


def _containers(said: Sequence[Segment]) -> dict[str, dict[str, Any]]:
    """Containers told by equipment and goods placement, by number, each with the seals told after it; seals before any stand under ''."""
    found: dict[str, dict[str, Any]] = {}
    current = ""
    for one in said:
        tag = one[0][0]
        if tag in ("EQD", "SGP") and (number := at(one, 2 if tag == "EQD" else 1)):
            current = _bare(_plain_no(number))
            held = found.setdefault(current, {"container_no": _plain_no(number), "seals": []})
            if tag == "EQD":
                told = {"equipment_kind": at(one, 1), "size_type_code": at(one, 3), "full_empty_code": at(one, 6)}
                held |= {name: value for name, value in told.items() if value}
            elif packages := v.number(at(one, 2)):
                # Each goods item tells its own share of a container.
                held["packages"] = _summed([{"value": held.get("packages"), "unit": None}, {"value": packages, "unit": None}])[0]
        elif tag == "SEL":
            found.setdefault(current, {"container_no": None, "seals": []})["seals"] += v.seals({"SEL": [one]})
    return found


def _contained(header: dict[str, dict[str, Any]], said: Sequence[Segment], consignments: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The containers of a consignment, completed from the message's header, and seals of none in particular; told by none, a lone one is its."""
    own = _containers(said)
    loose = own.pop("", {"seals": []})["seals"]
    if not own and (consignments == 1 or len(header) == 1):
        own = {bare: {} for bare in header}
    whole: list[dict[str, Any]] = []
    for bare, one in own.items():
        seals = {seal["seal_no"]: seal for told in (header.get(bare, {}), one) for seal in told.get("seals", [])}
        whole.append(header.get(bare, {}) | one | {"seals": list(seals.values())})
        kind = whole[-1].get("equipment_kind") or "CN"
        whole[-1]["check_digit_is_valid"] = v.is_check_digit_valid(whole[-1]["container_no"]) if kind == "CN" else None
    return whole, loose


def _parties(said: Sequence[Segment]) -> dict[str, str | None]:
    """Every party's values under its role, the first party told under one of a role's codes, in their order."""
    told = [(place, one, at(one, 1)) for place, one in enumerate(said) if one[0][0] == "NAD"]
    values: dict[str, str | None] = {}
    for role, codes in PARTIES.items():
        place, nad = next(((place, one) for code in codes for place, one, named in told if named == code), (0, []))
        values |= {f"{role}_{name}": value for name, value in _party(said, place, nad).items()}
    return values


def _party(said: Sequence[Segment], place: int, nad: Segment) -> dict[str, str | None]:
    """Name, address, postcode, country, code and phone of a party, empty where none was told."""
    if not nad:
        return dict.fromkeys(("name", "address", "postcode", "country", "id", "phone"))
    free, named = _lines(nad, 3), _lines(nad, 4)
    address = [*(free if named else free[1:]), *_lines(nad, 5), *_lines(nad, 6), *_lines(nad, 7)]
    behind = takewhile(lambda one: one[0][0] in ("CTA", "COM", "RFF"), said[place + 1:])
    phones = (at(one, 1) for one in behind if one[0][0] == "COM" and at(one, 1, 1) in ("TE", "AL", None))
    return {
        "name": " ".join(named) if named else next(iter(free), None), "address": " ".join(address) or None, "postcode": at(nad, 8),
        "country": at(nad, 9), "id": at(nad, 2), "phone": next(phones, None),
    }


def _lines(nad: Segment, element: int) -> list[str]:
    return [value.strip() for value in nad[element] if value.strip()] if len(nad) > element else []
