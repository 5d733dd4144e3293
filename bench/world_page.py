"""`python -m bench.world_page`: docs/simulated-world.md, what the simulated world is like, in charts with their tables, in both languages."""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from bench.page import table
from bench.world_facts import KINDS, TENTHS, TOLD_OF, Facts, facts, rates, schemes, value_per_kilo
from feeds.registry import BY_NAME
from haechi import running
from haechi.output import say
from lakehouse.text import LANGUAGES, Language, Text
from simulation.scenario import load_scenario
from simulation.world import simulate

_DOCS = Path(__file__).resolve().parents[1] / "docs"
_SEED, _BLUE, _RED, _GREY = 1, "#2563a8", "#b3402a", "#8a8f98"
# Text stays text, in the reader's own fonts; nothing of the day or of chance is written.
_STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "haechi", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
          "figure.facecolor": "white", "savefig.facecolor": "white"}
_TITLE = Text("# 모의 세계\n\n`python -m bench.world_page`가 쓴 문서. 시나리오 `{name}`, {shipments}건, {days}일, 시드 {seed}.",
              "# The simulated world\n\nWritten by `python -m bench.world_page`: scenario `{name}`, {shipments} shipments, {days} days, seed {seed}.")
_SECTIONS: dict[str, Text] = {
    "volumes": Text("## 자료원별 하루 레코드 수\n\n칸마다 눈금이 다르다: 가장 많은 날이 위 끝이고, 그 수가 이름 뒤에 있다. "
                    "첫날 전에 통째로 온 자료원은 표에만 있다.",
                    "## Records a day by feed\n\nEach panel has its own scale: its top is the greatest day, which stands behind the name. "
                    "Feeds that came whole before the first day stand in the table alone."),
    "value": Text("## 화물의 kg당 가격\n\nHS 류별 미화. 선은 10–90 %, 점은 중앙값. 부정 건의 신고 가격은 실제보다 낮은 쪽으로 넓게 퍼진다.",
                  "## Value per kilo of cargo\n\nUSD by HS chapter. Lines run from the 10th to the 90th hundredth, dots are medians."),
    "rates": Text("## 종류별 부정·검사 비율", "## Illicit and inspected, by kind"),
    "schemes": Text("## 수법별 비율과 드러나는 정도\n\n화물은 실제 흔적을 센 것: 자료원 하나로 드러나는 비율과 여럿을 맞대어 드러나는 비율. "
                    "특송과 수하물은 수법이 흔적을 남기도록 정한 비율.",
                    "## Ways to cheat, and how often they show\n\nOf cargo the traces are counted: what one feed alone shows, and what several "
                    "together show. Of parcels and bags it is the share that the way to cheat is declared to leave a trace in."),
    "delays": Text("## 늦게 도착하는 정도\n\n일이 있은 때부터 그 소식이 든 폴더가 닫힐 때까지의 시간. 하루 폴더는 자정에 닫힌다.",
                   "## Delays\n\nHours from an event to the closing of the folder that tells of it; a day's folder closes at midnight."),
}
_FEED, _RECORDS = Text("자료원", "feed"), Text("레코드", "records")
_TALLY = {"accepted": Text("채택", "accepted"), "quarantined": Text("격리", "quarantined"), "duplicate": Text("중복", "duplicates")}
_RATES = {"illicit": Text("부정", "illicit"), "look_alike": Text("닮은 정상", "honest look-alikes"), "inspected": Text("검사", "inspected"),
          "found": Text("검사 중 부정", "illicit of inspected")}
_SEEN = {"alone": Text("자료원 하나로", "one feed alone"), "fused": Text("맞대어 보면", "in the fusion")}
_WHO = {"honest": (Text("정상 신고", "honest, declared"), _BLUE), "illicit": (Text("부정 신고", "illicit, declared"), _RED),
        "true": (Text("부정 실제", "illicit, true"), _GREY)}


def _feed(name: object, language: Language) -> str:
    return BY_NAME[str(name)].text.of(language)


def _percent(value: float, digits: int = 1) -> str:
    return "–" if pd.isna(value) else f"{value * 100:.{digits}f} %"


def _volumes(found: Facts, language: Language) -> tuple[Figure, str]:
    names = [name for name in found.daily.columns if found.daily[name].any()]
    figure = Figure(figsize=(9, 1.25 * -(-len(names) // 3)), layout="constrained")
    for axes, name in zip(figure.subplots(-(-len(names) // 3), 3).flat, [*names, *[None] * (-len(names) % 3)], strict=True):
        if name is None:
            axes.set_axis_off()
            continue
        daily = found.daily[name]
        axes.fill_between(range(len(daily)), daily.to_numpy(), color=_BLUE, alpha=0.25, linewidth=0)
        axes.plot(range(len(daily)), daily.to_numpy(), color=_BLUE, linewidth=1)
        axes.set_title(f"{_feed(name, language)}: {daily.max():,.0f}", loc="left", fontsize=9)
        axes.set(xticks=[], yticks=[], ylim=(0, None))
    heads = (_FEED, _RECORDS, *_TALLY.values())
    rows: list[tuple[str, ...]] = [
        (_feed(name, language), f"{tally['records']:,}", *(f"{tally[key]:,}" for key in _TALLY)) for name, tally in found.tallies.iterrows()]
    return figure, table(tuple(head.of(language) for head in heads), rows)


def _value(found: Facts, language: Language) -> tuple[Figure, str]:
    told = value_per_kilo(found.truth["cargo"])
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    axes = figure.subplots()
    low, middle, high = TENTHS
    for shift, (who, (text, colour)) in zip((0.25, 0, -0.25), _WHO.items(), strict=True):
        places = [place + shift for place in range(len(told))]
        axes.hlines(places, told[f"{who}_{low:g}"], told[f"{who}_{high:g}"], color=colour, linewidth=1.5)
        axes.plot(told[f"{who}_{middle:g}"], places, "o", color=colour, markersize=4, label=text.of(language))
    axes.set_xscale("log")
    axes.set_yticks(range(len(told)), [f"HS {chapter}" for chapter in told.index])
    axes.set_xlabel("USD / kg")
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    heads = ("HS", *(f"{text.of(language)}: {part:.0%}" for text, _ in _WHO.values() for part in TENTHS))
    rows: list[tuple[str, ...]] = [
        (str(chapter), *(_money(row[f"{who}_{part:g}"]) for who in _WHO for part in TENTHS)) for chapter, row in told.iterrows()]
    return figure, table(heads, rows)


def _money(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:,.2f}"


def _rates(found: Facts, language: Language) -> tuple[Figure, str]:
    told = rates(found.truth)
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    for axes, (name, text) in zip(figure.subplots(1, len(_RATES), sharey=True), _RATES.items(), strict=True):
        shares = told[name].iloc[::-1] * 100
        bars = axes.barh([KINDS[str(kind)].of(language) for kind in shares.index], shares, color=_RED if name in ("illicit", "found") else _BLUE)
        axes.bar_label(bars, fmt="%.1f %%", padding=3, fontsize=8)
        axes.set(xlim=(0, max(shares.max() * 1.45, 1)), xticks=[])
        axes.set_title(text.of(language), loc="left", fontsize=9)
    heads = (Text("종류", "kind"), Text("건수", "shipments"), *_RATES.values())
    rows: list[tuple[str, ...]] = [
        (KINDS[str(kind)].of(language), f"{row['shipments']:,.0f}", *(_percent(row[name]) for name in _RATES)) for kind, row in told.iterrows()]
    return figure, table(tuple(head.of(language) for head in heads), rows)


def _schemes(found: Facts, language: Language) -> tuple[Figure, str]:
    told = schemes(found.truth)
    labels = [f"{KINDS[one.kind].of(language)} · {one.text.of(language)}" for one in told["typology"]]
    figure = Figure(figsize=(9, 0.3 * len(told) + 1), layout="constrained")
    shares, seen = figure.subplots(1, 2, sharey=True)
    places = list(range(len(told)))[::-1]
    shares.barh(places, told["share"] * 100, color=_RED)
    shares.set_yticks(places, labels)
    shares.set_ylim(-0.8, len(told) - 0.2)
    shares.set_title(Text("종류 안의 비율, %", "share of the kind, %").of(language), loc="left", fontsize=9)
    for name, colour, mark, size in (("alone", _GREY, "s", 8), ("fused", _BLUE, "o", 5)):
        seen.plot(told[name] * 100, places, mark, color=colour, markersize=size, label=_SEEN[name].of(language))
    seen.hlines(places, told["alone"] * 100, told["fused"] * 100, color=_BLUE, linewidth=1)
    seen.set_xlim(-3, 103)
    seen.set_title(Text("드러나는 비율, %", "share that shows, %").of(language), loc="left", fontsize=9)
    figure.legend(loc="outside upper right", ncols=2, frameon=False)
    heads = (Text("종류", "kind"), Text("수법", "way to cheat"), Text("건수", "cases"), Text("비율", "share"), *_SEEN.values(), Text("흔적", "trace"))
    rows: list[tuple[str, ...]] = [
        (KINDS[row["typology"].kind].of(language), row["typology"].text.of(language), f"{row['cases']:,}", _percent(row["share"], 2),
         _percent(row["alone"], 0), _percent(row["fused"], 0), row["typology"].trace.of(language)) for row in told.to_dict("records")]
    return figure, table(tuple(head.of(language) for head in heads), rows)


def _delays(found: Facts, language: Language) -> tuple[Figure, str]:
    told, (low, middle, high) = found.delays, TENTHS
    figure = Figure(figsize=(9, 0.32 * len(told) + 0.8), layout="constrained")
    axes = figure.subplots()
    places = list(range(len(told)))[::-1]
    axes.hlines(places, told[low], told[high], color=_BLUE, linewidth=2)
    axes.plot(told[middle], places, "o", color=_BLUE)
    axes.set_yticks(places, [_feed(feed, language) for feed in told.index])
    axes.set_xlabel(Text("시간", "hours").of(language))
    axes.set_xlim(0, None)
    heads = (_FEED.of(language), Text("때", "time told").of(language), *(f"{part:.0%}" for part in TENTHS))
    rows: list[tuple[str, ...]] = [
        (_feed(feed, language), f"`{TOLD_OF[str(feed)]}`", *(f"{row[part]:,.1f}" for part in TENTHS)) for feed, row in told.iterrows()]
    return figure, table(heads, rows)


_Draw = Callable[[Facts, Language], tuple[Figure, str]]
_DRAWN: dict[str, _Draw] = {"volumes": _volumes, "value": _value, "rates": _rates, "schemes": _schemes, "delays": _delays}


def write(found: Facts, docs: Path, title: dict[str, str]) -> Sequence[Path]:
    """Write the page and its charts in both languages; their paths."""
    charts, written = docs / "simulated-world", []
    charts.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        parts, end = [_TITLE.of(language).format(**title)], "" if language == "en" else f".{language}"
        for name, draw in _DRAWN.items():
            with mpl.rc_context(_STYLE), warnings.catch_warnings():
                # Hangul is written as text, for which no font is needed here.
                warnings.filterwarnings("ignore", "Glyph", UserWarning)
                figure, twin = draw(found, language)
                figure.savefig(charts / f"{name}{end}.svg", metadata={"Date": None})
            heading = _SECTIONS[name].of(language)
            parts += [heading, f"![{heading.partition(chr(10))[0].lstrip('# ')}](simulated-world/{name}{end}.svg)", twin]
        path = docs / f"simulated-world{end}.md"
        path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        written.append(path)
    return written


def main() -> None:
    """Make a world and write its page."""
    ask = argparse.ArgumentParser(prog="python -m bench.world_page", description=__doc__)
    ask.add_argument("--scenario", default="mixed")
    ask.add_argument("--shipments", type=int, default=20_000)
    ask.add_argument("--days", type=int, default=60)
    ask.add_argument("--docs", type=Path, default=_DOCS)
    opts = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "world"
        simulate(out, opts.shipments, opts.days, _SEED, scenario=load_scenario(opts.scenario))
        title = {"name": opts.scenario, "shipments": f"{opts.shipments:,}", "days": str(opts.days), "seed": str(_SEED)}
        for path in write(facts(out, running.checked_settings()), opts.docs, title):
            say(f"written: {path}")


if __name__ == "__main__":
    main()
