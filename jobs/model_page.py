"""One model over its nights as a page in each language: charts, each with its table beside it; no script, nothing fetched."""

from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jobs.appeal_page import card_rows
from jobs.charts import svg
from jobs.explain_model import KINDS
from lakehouse.text import LANGUAGES, Language, Text
from models.lanes import LANES

_TEMPLATES = Path(str(resources.files("jobs"))) / "templates"
_DRAWN, _CURVES, _COLUMNS, _LABEL = 12, 8, 4, 34
_LOG_ODDS, _OFFICERS = Text("로그 오즈", "log-odds"), Text("의견 수", "Officers' words")
_BAR, _OTHER = "#3b6ea5", "#c98a3a"
_WORDS = {
    "title": Text("모델 설명", "What a model leans on"),
    "of": Text("최근 {nights}개 밤의 채점 {scored:,}건, 보존된 설명 {explained:,}건",
               "The last {nights} nights: {scored:,} scores, {explained:,} frozen explanations"),
    "how": Text("자동심사 화물은 추첨된 표본이 전체를 대표하도록 가중. 기여는 로그 오즈, 크기는 절댓값의 평균. 상관된 특징은 사유 하나로 묶음",
                "Drawn green shipments stand for all green ones. Contributions are log-odds, sizes the mean of their absolute values; "
                "correlated features are taken together as the one reason that they make"),
    "card": Text("모델 정보", "Model card"), "groups": Text("사유별 영향", "What moves scores, by reason"),
    "by_kind": Text("화물 종류별", "By kind of shipment"), "by_lane": Text("심사 구분별", "By lane"), "reason": Text("사유", "Reason"),
    "whole": Text("전체", "All"), "dependence": Text("값에 따른 기여", "How a feature moves the score"), "feature": Text("특징", "Feature"),
    "value": Text("값", "Value"), "rows": Text("화물 수", "Shipments"), "contribution": Text("평균 기여", "Mean contribution"),
    "unknown": Text("자료 없음", "not known"), "size": Text("크기", "Size"), "pairs": Text("함께 작용하는 특징", "Features that work together"),
    "no_pairs": Text("사전 규칙은 항을 더할 뿐이라 함께 작용하는 특징 없음", "Declared terms are only added up: none work together"),
    "found": Text("검사 결과별: 검사 전 점수를 높인 사유", "By what inspections found: what had raised the scores before"),
    "found_note": Text("검사 전 마지막 실행의 특징으로 다시 계산. 대부분 모델이 학습한 화물이며, 5건 이상인 결과만",
                       "Worked out anew from the features of the last run before customs acted; most are what the model learned from. "
                       "Kinds found five times or more"),
    "none_found": Text("이 모델의 검사 사례 색인에 아직 결과 부족", "The model's index of past cases holds too few outcomes yet"),
    "mean": Text("평균 기여", "Mean contribution"),
    "named": Text("첫 세 사유에 든 비율", "Share that has it among its first three reasons"),
    "shift": Text("첫 밤들과 최근 밤들", "The model's first nights and its newest"), "first": Text("첫 밤들", "First nights"),
    "last": Text("최근 밤들", "Newest nights"),
    "no_shift": Text("채점한 밤이 하나뿐", "It scored one night alone"), "drift": Text("기여도 분포 변화", "Drift of contributions"),
    "no_drift": Text("비교한 기록 없음", "None was compared yet"), "index": Text("지수", "Index"), "limit": Text("한도", "Limit"),
    "over": Text("한도 초과", "Over the limit"), "feedback": Text("사유에 대한 담당자 의견", "What officers said of its reasons"),
    "useful": Text("도움 됨", "Useful"), "wrong": Text("맞지 않음", "Wrong"), "no_feedback": Text("아직 의견 없음", "Nothing was said yet"),
    "table": Text("표", "Table"),
}


def write(told: dict[str, Any], out: Path) -> list[Path]:
    """Write a page in each language into a folder; which they are."""
    out.mkdir(parents=True, exist_ok=True)
    paths = {out / f"{told['model_version']}.{language}.html": page(told, language) for language in LANGUAGES}
    for path, text in paths.items():
        path.write_text(text, encoding="utf-8")
    return list(paths)


def page(told: dict[str, Any], language: Language) -> str:
    """The HTML of what `explained_model` tells."""
    words = {name: text.of(language) for name, text in _WORDS.items()} | {"of": _WORDS["of"].render(told).of(language)}
    parts = {"kinds": {name: text.of(language) for name, text in KINDS.items() if any(row["kinds"][name] is not None for row in told["groups"])},
             "lanes": {str(lane): text.of(language) for lane, text in LANES.items() if any(row["lanes"][lane] is not None for row in told["groups"])}}
    labels = {row["feature"]: row[language] for row in told["features"]}
    pages = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return pages.get_template("model.html").render(
        told=told, t=words, lang=language, parts=parts, labels=labels, shown=_shown, card=card_rows(told["card"], language),
        curves={name: [(words["unknown"] if each["value"] is None else _shown(each["value"]), f"{each['rows']:,}", _shown(each["contribution"]))
                       for each in told["dependence"][name]] for name in list(told["dependence"])[:_CURVES]},
        chart={"groups": _bars(told["groups"], {"size": words["whole"]}, language), "dependence": _curves(told, labels),
               **{part: _bars([{**row, **row[part]} for row in told["groups"][: _DRAWN // 2]], names, language) for part, names in parts.items()},
               "pairs": _bars(told["interactions"], {"weight": words["size"]}, language),
               "shift": _bars(told["shift"], {"first": words["first"], "last": words["last"]}, language),
               "feedback": _bars(told["feedback"], {"useful": words["useful"], "wrong": words["wrong"]}, language, _OFFICERS),
               "found": [_bars(each["groups"], {"mean": words["mean"]}, language) for each in told["found"]]})


def _bars(rows: list[dict[str, Any]], series: dict[str, str], language: Language, unit: Text = _LOG_ODDS) -> str:
    """Lying bars of the first rows, side by side for each of the series; nothing where there is no row."""
    def draw(plt: Any) -> Any:
        some, height = rows[:_DRAWN], 0.8 / len(series)
        figure, axes = plt.subplots(figsize=(9, 0.7 + 0.32 * len(some) * max(1.0, 0.45 * len(series))), layout="constrained")
        colours = [_BAR, _OTHER] if len(series) <= 2 else [f"C{i}" for i in range(len(series))]
        for number, (name, label) in enumerate(series.items()):
            places = [place + (number - (len(series) - 1) / 2) * height for place in range(len(some))]
            axes.barh(places, [row[name] or 0.0 for row in some], height=0.9 * height, color=colours[number], label=label)
        axes.set_yticks(range(len(some)), [_short(row[language] or row["code"]) for row in some], fontsize=9)
        axes.invert_yaxis()
        axes.set_xlabel(unit.of(language))
        axes.spines[["top", "right"]].set_visible(False)
        if len(series) > 1:
            axes.legend(frameon=False, fontsize=8, loc="lower right")
        return figure

    return svg(draw) if rows else ""


def _curves(told: dict[str, Any], labels: dict[str, str]) -> str:
    """The mean contribution by value of the weightiest features, one small chart each."""
    names = list(told["dependence"])[:_CURVES]

    def draw(plt: Any) -> Any:
        down = -(-len(names) // _COLUMNS)
        figure, axes = plt.subplots(down, _COLUMNS, figsize=(12, 2.6 * down), layout="constrained", squeeze=False)
        for axis, name in zip(axes.flat, names, strict=False):
            points = [point for point in told["dependence"][name] if point["value"] is not None]
            added = [point["contribution"] for point in points]
            if all(isinstance(point["value"], float) for point in points):
                axis.plot([point["value"] for point in points], added, marker="o", markersize=3, color=_BAR)
            else:
                best = sorted(points, key=lambda point: -abs(point["contribution"]))[:_COLUMNS * 2]
                axis.bar([str(point["value"]) for point in best], [point["contribution"] for point in best], color=_BAR)
            axis.axhline(0, color="#999999", linewidth=0.8)
            axis.set_title(_short(labels[name]), fontsize=9)
            axis.tick_params(labelsize=8)
            axis.spines[["top", "right"]].set_visible(False)
        for axis in axes.flat[len(names):]:
            axis.set_visible(False)
        return figure

    return svg(draw) if names else ""


def _short(label: str) -> str:
    """A label as a chart has room for it, each of a pair of features by itself."""
    return " × ".join(part if len(part) <= _LABEL else part[: _LABEL - 1] + "…" for part in label.split(" × "))


def _shown(value: float | str | None, digits: int = 3) -> str:
    """A number as the tables have it."""
    return "–" if value is None else value if isinstance(value, str) else f"{value:.{digits}f}"
