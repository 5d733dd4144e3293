"""What scanners, cameras and dogs saw of a shipment, by what it looked like, and how operators read it."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records
from lakehouse.text import Text

_READ = ("modality", "captured_at", "detections", "operator_result", "image_ref")


@dataclass(frozen=True)
class Likeness:
    """What a detection looks like: the name of its column, its labels, and how alarming it is beside others."""

    name: str
    text: Text
    labels: tuple[str, ...]
    alarm: float

    @property
    def surest(self) -> str:
        """Spark SQL of the highest confidence among an image's detections."""
        labels = ", ".join(repr(label) for label in self.labels)
        return f"array_max(transform(filter(detections, d -> d.label IN ({labels}) AND d.confidence BETWEEN 0 AND 1), d -> d.confidence))"


LIKENESSES: tuple[Likeness, ...] = (
    Likeness("weapon", Text("무기류 형상", "weapon-like shape"), ("weapon",), 0.9),
    Likeness("narcotic", Text("마약류 형상", "narcotic-like shape"), ("narcotic_like",), 0.95),
    Likeness("currency", Text("지폐 다발 형상", "currency-like shape"), ("currency",), 0.85),
    Likeness("wall", Text("이중벽 형상", "possible double wall"), ("false_wall",), 0.9),
    Likeness("copy", Text("상표 부착물 형상", "counterfeit-like marks"), ("counterfeit_like",), 0.7),
    Likeness("density", Text("밀도 이상", "density anomaly"), ("density_anomaly",), 0.35),
    Likeness("organic", Text("유기물 덩어리", "organic mass"), ("organic_mass",), 0.25),
    Likeness("battery", Text("배터리 형상", "battery"), ("battery",), 0.05),
    Likeness("conduct", Text("배회·동선 이탈·접촉", "loitering, route deviation, contact"), ("loitering", "route_deviation", "contact"), 0.4),
)
_ALARM = "greatest(" + ", ".join(f"{one.alarm}D * coalesce({one.name}, 0D)" for one in LIKENESSES) + ")"
_LOOK = "CASE " + " ".join(f"WHEN {one.alarm}D * {one.name} = alarm THEN '{one.labels[0]}'" for one in LIKENESSES) + " END"
_SURE = "CASE " + " ".join(f"WHEN {one.alarm}D * {one.name} = alarm THEN {one.name}" for one in LIKENESSES) + " END"

TOLD = (
    *(Told(f"scan_{one.name}", "double", f"{one.text.ko} 최고 신뢰도", f"Highest confidence of a {one.text.en}", one.name) for one in LIKENESSES),
    Told("scan_count", "double", "검색 영상 수", "Images and other screenings", "images"),
    Told("scan_suspects", "double", "판독 의심 건수", "Screenings that an operator suspected", "suspects"),
    Told("scan_cleared", "double", "판독 이상 없음 건수", "Screenings that an operator cleared", "cleared"),
    Told("scan_dog", "double", "탐지견 반응 최고 신뢰도", "Highest confidence of what a dog pointed at", "dog"),
    Told("scan_label", "string", "가장 우려되는 탐지", "The most alarming likeness", "top.look"),
    Told("scan_confidence", "double", "그 신뢰도", "Its confidence", "top.sure"),
    Told("scan_image", "string", "그 영상번호", "Its image", "top.image_ref"),
    Told("scan_at", "timestamp", "그 촬영 시각", "When it was captured", "top.captured_at"),
    Told("scan_modalities", "double", "검색 수단 수", "Kinds of screening", "modalities"),
)


def observe(records: Records) -> DataFrame:
    """All screenings of a shipment, its container and its traveller taken together."""
    rows = records.newest("screening", _READ).withColumns({one.name: F.expr(one.surest) for one in LIKENESSES})
    rows = rows.withColumn("alarm", F.expr(_ALARM)).withColumns({"look": F.expr(f"CASE WHEN alarm > 0 THEN {_LOOK} END"), "sure": F.expr(f"CASE WHEN alarm > 0 THEN {_SURE} END")})
    top = "max_by(struct(look, sure, image_ref, captured_at), struct(alarm, captured_at, record_key))"
    found = rows.groupBy(*BY).agg(
        *(F.max(one.name).alias(one.name) for one in LIKENESSES), F.count("*").alias("images"), F.expr(top).alias("top"),
        F.expr("count_if(operator_result = 'suspect')").alias("suspects"), F.expr("count_if(operator_result = 'clear')").alias("cleared"),
        F.expr("max(sure) FILTER (WHERE modality = 'canine')").alias("dog"), F.countDistinct("modality").alias("modalities"))
    return found.select(*BY, *columns(TOLD))


SCREENING = Observer(tuple(one.field for one in TOLD), observe)
