"""A backtest as files: its tables as CSV, and a page in each language with a chart and the table beside it."""

import csv
import io
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jobs.backtest import NOTE, POLICIES
from jobs.charts import svg
from lakehouse.text import LANGUAGES, Language, Text
from models.capacity import MEASURES, said

_TEMPLATES = Path(str(resources.files("jobs"))) / "templates"
_WORDS = {
    "title": Text("지난 밤 다시 보기", "Backtest"),
    "of": Text("{nights}개 밤, 검사 결과 {rows}건 중 적발 {violations}건", "{nights} nights, {rows} outcomes with {violations} violations"),
    "policy": Text("방법", "Policy"), "precision": Text("적중률", "Precision"), "recall": Text("적발 재현율", "Recall"),
    "revenue_recall": Text("추징세액 재현율", "Revenue recall"), "all": Text("세관별 검사 능력에서", "At the capacity of each office"),
    "random": Text("무작위 표본에서", "In the random stratum"),
    "share": Text("검사 비율", "Share inspected"), "curve": Text("검사 비율에 따라", "Along capacity"),
    "left_out": Text("빠진 방법", "Left out"), "interval": Text("[ ] 95% 구간", "[ ] 95 % interval"),
}
_SEEN = {"precision": 0, "recall": 1}


def write(told: dict[str, Any], out: Path) -> list[Path]:
    """Write the files of a backtest into a folder; which they are."""
    out.mkdir(parents=True, exist_ok=True)
    figures = [{"policy": one["policy"], "model_version": one["model_version"] or "", "stratum": stratum, "measure": name, "value": side["value"],
                "low": side["interval_95"][0], "high": side["interval_95"][1]}
               for one in told["policies"] for stratum in ("all", "random") if one[stratum] for name, side in one[stratum].items()]
    made = {"policies.csv": _csv(figures), "curve.csv": _csv(told["curve"])}
    made |= {f"backtest.{language}.html": _page(told, language) for language in LANGUAGES}
    for name, text in made.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in made]


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    with io.StringIO() as text:
        writer = csv.DictWriter(text, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()


def _page(told: dict[str, Any], language: Language) -> str:
    words = {name: text.of(language) for name, text in _WORDS.items()}
    words["of"] = _WORDS["of"].of(language).format(**told)
    names = {name: text.of(language) for name, text in POLICIES.items()}
    pages = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return pages.get_template("backtest.html").render(
        told=told, t=words, lang=language, names=names, measures=MEASURES, note=NOTE.of(language), chart=_chart(told, words, names), shown=said)


def _chart(told: dict[str, Any], words: dict[str, str], names: dict[str, str]) -> str:
    """Precision and recall along capacity, a line a policy."""
    def draw(plt: Any) -> Any:
        figure, axes = plt.subplots(1, len(_SEEN), figsize=(11, 4.2), layout="constrained")
        for measure, place in _SEEN.items():
            for number, name in enumerate(names):
                line = [(row["share"], row[measure]) for row in told["curve"] if row["policy"] == name and row[measure] is not None]
                if line:
                    axes[place].plot(*zip(*line, strict=True), marker="o", markersize=3, color=f"C{number}", label=names[name])
            axes[place].set(xlabel=words["share"], title=words[measure], ylim=(0, 1.02))
            axes[place].spines[["top", "right"]].set_visible(False)
        axes[-1].legend(frameon=False, fontsize=8)
        return figure

    return svg(draw)
