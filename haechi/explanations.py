"""Commands about one score: explain it, score it again, verify the file that tells of it."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out, say
from haechi.views import Lang, published
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.text import Language, Text

Identifier = Annotated[str, typer.Argument(metavar="ID", help="A shipment_id, or any number that names one shipment.")]
_IDENTIFIERS = {"declaration_no": Text("신고번호", "declaration"), "cargo_control_no": Text("화물관리번호", "cargo control"),
                "house_bl": Text("H B/L", "house bill"), "master_bl": Text("M B/L", "master bill")}
_STEPS = {"late_facts": Text("늦게 알려진 사실", "late facts"), "changed_data": Text("달라진 자료", "changed data"),
          "changed_model": Text("달라진 모델", "changed model")}

# What `rescore` names the row of the base value, which is no feature.
_BASE, _BASE_VALUE = "base_value", Text("기준값", "base value")


def explain(
    identifier: Annotated[str | None, typer.Argument(metavar="ID", help="A shipment_id, or any number that names one shipment.")] = None,
    lang: Lang = "en",
    edition: Annotated[Literal["internal", "disclosure"], typer.Option(
        "--edition", help="With --out: all there is, or facts, decision and legal ground alone.")] = "internal",
    out_: Annotated[Path | None, typer.Option("--out", help="Write a sealed file that prints well: .html or .json; with --global a folder "
                                              "for a page in each language.")] = None,
    whole: Annotated[bool, typer.Option("--global", help="Of a model instead of a shipment: what moves its scores, over its nights.")] = False,
    model: Annotated[str | None, typer.Option("--model", help="With --global: which model; the one that scored last unless given.")] = None,
    lake: LakeOption = "./lake", as_json: Json = False,
) -> None:
    """Why a shipment has its score: reasons, contradictions, contributions and timeline; or what a model leans on."""
    from jobs.dossier import dossier, resolve

    seen = published(lake)
    if whole:
        _explain_model(seen, identifier, model, out_, lang, as_json)
        return
    if identifier is None or model is not None:
        raise CallerError("explain.what", "No shipment is named" if identifier is None else "--model goes with --global",
                          "Give haechi explain ID, or haechi explain --global.")
    shipment = resolve(seen, identifier)
    said = dossier(seen, shipment)
    if out_ is not None:
        _write(seen, shipment, edition, out_, lang)
        said |= {"edition": edition, "out": str(out_)}
    if not emit(said, as_json):
        out.print(str(out_), markup=False) if out_ else _show(said, lang)


def _explain_model(lake: Lake, identifier: str | None, model: str | None, folder: Path | None, lang: Language, as_json: bool) -> None:
    from jobs.explain_model import explained_model
    from jobs.model_page import write

    if identifier is not None:
        raise CallerError("explain.what", f"--global tells of a model, not of {identifier}", "Give one or the other.")
    if folder is not None and (folder.suffix or folder.is_file()):
        raise CallerError("explain.folder", f"{folder} is no folder", "With --global give --out a folder.")
    told = explained_model(lake, running.checked_settings(), model)
    try:
        files = [str(path) for path in write(told, folder)] if folder else []
    except OSError as fault:
        raise CallerError("file.unwritable", f"{folder} cannot be written: {fault.strerror}", "Give another --out.") from None
    if not emit({**told, "files": files}, as_json):
        ko = lang == "ko"
        grid(f"{told['model_version']} · {told['first_night'][:10]} – {told['last_night'][:10]}",
             ("사유" if ko else "reason", "영향(로그 오즈)" if ko else "size, log-odds"),
             [(row[lang], f"{row['size']:.3f}") for row in told["groups"]])
        for path in files:
            out.print(path, markup=False)


def _write(lake: Lake, shipment: str, edition: Literal["internal", "disclosure"], path: Path, lang: Language) -> None:
    from jobs.appeal_file import file_text

    text = file_text(lake, shipment, edition, path.suffix.lower(), lang, running.checked_settings())
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as fault:
        raise CallerError("file.unwritable", f"{path} cannot be written: {fault.strerror}", "Give another --out.") from None


def rescore(
    identifier: Identifier,
    as_of: Annotated[Literal["decision", "now"], typer.Option("--as-of", help="As it was decided, or as it would be now.")] = "decision",
    lang: Lang = "en", lake: LakeOption = "./lake", as_json: Json = False,
) -> None:
    """A past score again: as it was decided, from what is stored, or as it would be now, with what made the difference."""
    from jobs.dossier import resolve
    from jobs.rescore import as_decided, as_now

    seen = published(lake)
    shipment = resolve(seen, identifier)
    if as_of == "decision":
        told = as_decided(seen, shipment)
        if not emit(told, as_json):
            _show_decided(told, lang)
        return
    from jobs.manifest import latest

    settings, newest = running.checked_settings(), latest(Lake(lake))
    assert newest is not None  # The lake could not be seen as published without one.
    told = as_now(seen, shipment, settings, newest, running.spark_of(settings))
    if not emit(told, as_json):
        _show_now(told, lang)


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that haechi explain --out wrote.")],
    lake: LakeOption = "./lake", as_json: Json = False,
) -> None:
    """Whether a file is as it was made, and says what the lake holds; without a published lake only its seal is looked at."""
    from jobs.appeal_file import verified
    from jobs.manifest import latest, seen_by_readers

    held = Lake(lake)
    told = verified(file, seen_by_readers(held) if latest(held) else None, running.checked_settings())
    if not emit(told, as_json):
        against = "the lake holds the same explanation" if told["lake"] == "same" else f"not checked against a lake: {lake} has none"
        out.print(f"{told['file']}: intact, {told['edition']} edition, shipment {told['shipment_id']}, scored {told['scored_at'][:16]}; {against}",
                  markup=False)


def _show(told: dict[str, Any], lang: Language) -> None:
    from models.lanes import LANES, Lane

    ko, shipment = lang == "ko", told["shipment"]
    lane = f"{told['lane']} {LANES[Lane(told['lane'])].ko}" if ko else told["lane"]
    out.print(" · ".join(f"{label.of(lang)} {shipment[name]}" for name, label in _IDENTIFIERS.items() if name in shipment), markup=False)
    office = f"{'세관' if ko else 'office'} {told['office_code']} {'순위' if ko else 'rank'} {told['rank']}"
    chance = f"{'적발 확률' if ko else 'probability'} {told['probability']:.1%}"
    out.print(f"{'심사 구분' if ko else 'lane'} {lane} · {chance} · {office} · {told['model_version']} · {told['scored_at'][:16]}", markup=False)
    if told["uncertainty"]:
        out.print(told["uncertainty"][lang], markup=False)
    for found in told["contradictions"]:
        usual = found["usual_ko"] if ko else found["usual_en"]
        out.print(f"! {found[lang]} {'통상 사유' if ko else 'Usual reason'}: {usual}.", markup=False)
    for number, reason in enumerate(told["reasons"], 1):
        out.print(f"{number}. {reason[lang]}", markup=False)
    if told["counterfactual"]:
        out.print(f"→ {told['counterfactual'][lang]}", markup=False)
    if told["similar"]:
        found = {True: ("적발", "violation"), False: ("이상 없음", "clean")}
        grid("", ("유사도", "검사일", "세관", "신고번호", "결과") if ko else ("alike", "inspected", "office", "declaration", "found"),
             [(f"{s['similarity']:.0%}", s["inspected_at"][:10], s["office_code"], s["declaration_no"], found[s["illicit"]][0 if ko else 1])
              for s in told["similar"]])
    grid("", ("요인" if ko else "feature", "값" if ko else "value", "기여(로그 오즈)" if ko else "contribution, log-odds"),
         [(_label(c["feature"], lang), _short(c["value"]), f"{c['contribution']:+.3f}") for c in told["contributions"][:8]])
    grid("", ("일시" if ko else "event", "인지" if ko else "known", "자료원" if ko else "feed", "내용" if ko else "what"),
         [((e["event_at"] or "")[:16], (e["known_at"] or "")[:16], e["feed"], e[lang]) for e in told["timeline"]])


def _show_decided(told: dict[str, Any], lang: Language) -> None:
    ko, stored, again = lang == "ko", told["stored"], told["again"]
    grid(f"{told['shipment_id']} · {told['scored_at'][:16]} · {told['model_version']}",
         ("", "보존된 값" if ko else "stored", "다시 계산" if ko else "again"),
         [("점수(로그 오즈)" if ko else "score, log-odds", repr(stored["score"]), repr(again["score"])),
          ("적발 확률" if ko else "probability", repr(stored["probability"]), repr(again["probability"]))])
    frozen = {True: ("설명도 같음", "and so is the explanation"), False: ("설명은 다름", "the explanation differs"),
              None: ("보존된 설명 없음", "no explanation was frozen")}[told["explanation_reproduced"]]
    said = {True: ("점수 일치", "The score is the same to the byte"), False: ("점수 불일치", "It is NOT the same")}[told["reproduced"]]
    same = said[0 if ko else 1]
    out.print(f"{same}; {frozen[0 if ko else 1]}", markup=False)
    if not told["before_decision"]:
        say("Customs had decided before the first score; this is the first one.")


def _show_now(told: dict[str, Any], lang: Language) -> None:
    ko, then, now = lang == "ko", told["then"], told["now"]
    grid(told["shipment_id"], ("", "당시" if ko else "then", "지금" if ko else "now"),
         [(label, then[name], now[name]) for name, label in (
             ("scored_at", "시각" if ko else "as of"), ("model_version", "모델" if ko else "model"), ("lane", "심사 구분" if ko else "lane"),
             ("score", "점수" if ko else "score"), ("probability", "확률" if ko else "probability"))])
    parts = " · ".join(f"{text.of(lang)} {told['difference'][name]:+.4f}" for name, text in _STEPS.items())
    out.print(f"{'점수 차이' if ko else 'Difference of the score'} {told['difference']['score']:+.4f} = {parts}", markup=False)
    grid("", ("요인" if ko else "feature", "당시" if ko else "then", "지금" if ko else "now", *(text.of(lang) for text in _STEPS.values())),
         [(_label(f["feature"], lang), _short(f["then"]), _short(f["now"]), *(f"{f[name]:+.4f}" for name in _STEPS)) for f in told["features"][:20]])


def _short(value: float | str | None) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else value or "–"


def _label(feature: str, lang: Language) -> str:
    from features.catalogue import BY_NAME

    if feature == _BASE:
        return _BASE_VALUE.of(lang)
    return BY_NAME[feature].text.of(lang) if feature in BY_NAME else feature
