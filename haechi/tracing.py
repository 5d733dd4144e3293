"""The command that traces back from one shipment to what shares something with it."""

from typing import Annotated, Any

import typer

from haechi.output import Json, LakeOption, emit, grid, out
from haechi.views import Lang, published
from lakehouse.text import Language

_KINDS = {"customs_id": ("통관고유부호", "customs code"), "phone": ("전화", "phone"), "address": ("주소", "address"), "seller": ("판매자", "seller"),
          "order": ("주문", "order"), "container": ("컨테이너", "container"), "traveller": ("여행자", "traveller")}  # fmt: skip

_HEADS = (("미반출", "open"), ("화물", "shipment"), ("종류", "kind"), ("단계", "stage"), ("입항", "arrived"), ("검사결과", "found"),
          ("함께 쓰는 것", "what they share"))  # fmt: skip


def trace(identifier: Annotated[str, typer.Argument(metavar="ID", help="A shipment_id, or any number that names one shipment.")],
          months: Annotated[int, typer.Option("--months", min=1, max=120, help="How far back to look.")] = 12,
          lang: Lang = "en", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Shipments that share contacts, sellers, orders or containers with one, those not yet released first."""
    from jobs.dossier import resolve
    from jobs.trace import trace as traced

    seen = published(lake)
    told = traced(seen, resolve(seen, identifier), months)
    if not emit(told, as_json):
        _show(told, lang)


def _show(told: dict[str, Any], lang: Language) -> None:
    ko = lang == "ko"
    title = f"{told['since']}{' 이후 같은 연락처·판매자·주문·컨테이너' if ko else ' and later: shared contacts, sellers, orders, containers'}"
    grid(title, [head[0 if ko else 1] for head in _HEADS], [_cells(row, ko) for row in told["shared"]])
    for one in told["crowded"]:
        out.print(f"{_share(one, ko)}: {one['shipments']:,} {'건이 함께 써서 제외' if ko else 'shipments share it, left out'}", markup=False)
    if told["truncated"]:
        out.print("… 이하 생략" if ko else "… and more", markup=False)


def _cells(row: dict[str, Any], ko: bool) -> tuple[str | None, ...]:
    number = next(iter(row["numbers"].values()), row["shipment_id"])
    shares = "\n".join(_share(one, ko) for one in row["shares"])
    return ("●" if row["is_open"] else "", number, row["kind"], row["stage"], (row["arrived_at"] or "")[:10], _found(row["illicit"], ko), shares)


def _found(illicit: bool | None, ko: bool) -> str:
    if illicit is None:
        return ""
    return ("적발" if ko else "violation") if illicit else ("이상 없음" if ko else "clean")


def _share(one: dict[str, Any], ko: bool) -> str:
    return " ".join(filter(None, (_KINDS.get(one["kind"], (one["kind"],) * 2)[0 if ko else 1], one["value"])))
