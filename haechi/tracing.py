"""The command that traces back from one shipment to what shares something with it."""

from typing import Annotated, Any

import typer

from haechi.output import Json, LakeOption, emit, grid, out
from haechi.views import Lang, published
from lakehouse.text import Language

_KINDS = {"customs_id": ("통관고유부호", "customs code"), "phone": ("전화", "phone"), "address": ("주소", "address"), "seller": ("판매자", "seller"),
          "order": ("주문", "order"), "container": ("컨테이너", "container"), "traveller": ("여행자", "traveller")}  # fmt: skip


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
    heads = ("미반출" if ko else "open", "화물" if ko else "shipment", "종류" if ko else "kind", "단계" if ko else "stage", "입항" if ko else "arrived",
             "검사결과" if ko else "found", "함께 쓰는 것" if ko else "what they share")
    title = f"{told['since']}{' 이후 같은 연락처·판매자·주문·컨테이너' if ko else ' and later: shared contacts, sellers, orders, containers'}"
    grid(title, heads, [(_mark(row["is_open"]), next(iter(row["numbers"].values()), row["shipment_id"]), row["kind"], row["stage"], (row["arrived_at"] or "")[:10],
                         _found(row["illicit"], ko), "\n".join(_share(one, ko) for one in row["shares"])) for row in told["shared"]])
    for one in told["crowded"]:
        out.print(f"{_share(one, ko)}: {one['shipments']:,} {'건이 함께 써서 제외' if ko else 'shipments share it, left out'}", markup=False)
    if told["truncated"]:
        out.print("… 이하 생략" if ko else "… and more", markup=False)


def _mark(is_open: bool) -> str:
    return "●" if is_open else ""


def _found(illicit: bool | None, ko: bool) -> str:
    if illicit is None:
        return ""
    return ("적발" if ko else "violation") if illicit else ("이상 없음" if ko else "clean")


def _share(one: dict[str, Any], ko: bool) -> str:
    return " ".join(filter(None, (_KINDS.get(one["kind"], (one["kind"],) * 2)[0 if ko else 1], one["value"])))
