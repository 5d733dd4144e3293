"""What two feeds tell of one thing must come in order: rules over pairs of facts, validated by Great Expectations."""

from collections.abc import Collection
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from expectations.suite import Checked, validated
from feeds.registry import BY_NAME
from lakehouse.lake import Lake
from lakehouse.text import Text

# Facts of containers that terminals and carriers both tell, in one shape.
_TERMINAL = "SELECT container_no, upper(voyage_no) AS voyage, event_at, batch_id FROM {{terminal_event}} WHERE event_kind = '{kind}'"
_CARRIER = ("SELECT equipment_reference AS container_no, upper(coalesce({side}_voyage_no, export_voyage_no)) AS voyage, event_at, batch_id "
            "FROM {{carrier_event}} WHERE event_code = '{code}' AND classifier = 'ACT'")


def _moved(kind: str, code: str, side: str) -> str:
    return f"({_TERMINAL.format(kind=kind)} UNION ALL {_CARRIER.format(code=code, side=side)})"


@dataclass(frozen=True)
class OrderRule:
    """Two facts of one thing of which one comes first.

    `pairs` is Spark SQL over `{feed}` relations giving `feed_batch`, `earlier` and `later`; it is asked where one of
    `feeds` received rows, of the pairs that a new row is in.
    """

    name: str
    text: Text
    feeds: tuple[str, ...]
    pairs: str


RULES = (
    OrderRule(
        "container.loaded_before_discharged", Text("컨테이너는 같은 항차에서 적재된 뒤에 양하됩니다.", "A container is discharged after it was loaded on the same voyage."),
        ("terminal_event", "carrier_event"),
        f"SELECT l.event_at AS earlier, d.event_at AS later, l.batch_id AS one_batch, d.batch_id AS other_batch FROM {_moved('load', 'LOAD', 'export')} AS l "
        f"JOIN {_moved('discharge', 'DISC', 'import')} AS d ON l.container_no = d.container_no AND l.voyage = d.voyage"),
    OrderRule(
        "outcome.inspected_after_declared", Text("검사는 신고가 있은 뒤에 이루어집니다.", "An inspection comes after the declaration it is about."),
        ("outcome", "declaration"),
        "SELECT d.issued_at AS earlier, o.inspected_at AS later, d.batch_id AS one_batch, o.batch_id AS other_batch FROM {outcome} AS o "
        "JOIN (SELECT record_key, min(date_trunc('DAY', issued_at)) AS issued_at, max(batch_id) AS batch_id FROM {declaration} GROUP BY record_key) AS d "
        "ON o.subject_ref = d.record_key WHERE o.subject_kind = 'declaration'"),
    OrderRule(
        "outcome.known_after_inspected", Text("검사 결과는 검사한 뒤에 알려집니다.", "An outcome is known after its inspection."),
        ("outcome",), "SELECT inspected_at AS earlier, known_at AS later, batch_id AS one_batch, batch_id AS other_batch FROM {outcome}"),
    OrderRule(
        "parcel.arrived_before_released", Text("특송화물은 도착한 뒤에 반출됩니다.", "A parcel is released after it arrived."),
        ("courier",),
        "SELECT a.event_at AS earlier, r.event_at AS later, a.batch_id AS one_batch, r.batch_id AS other_batch FROM {courier} AS a JOIN {courier} AS r "
        "ON a.tracking_no = r.tracking_no WHERE a.event_code = 'ARRIVED' AND r.event_code IN ('RELEASED', 'DELIVERED')"),
    OrderRule(
        "parcel.ordered_before_shipped", Text("주문한 물품은 주문한 뒤에 발송됩니다.", "What was ordered is sent after it was ordered."),
        ("courier", "order"),
        "SELECT o.ordered_at AS earlier, c.created_at AS later, o.batch_id AS one_batch, c.batch_id AS other_batch FROM "
        "(SELECT explode(order_refs) AS order_no, created_at, batch_id FROM {courier}) AS c JOIN {order} AS o ON o.order_no = c.order_no"),
)


def check_order(spark: SparkSession, lake: Lake, received: Collection[str], batch_id: str) -> list[Checked]:
    """Results of the rules that new rows of the received feeds are asked; a rule without any pair has nothing to tell."""
    results = []
    for rule in RULES:
        if not set(rule.feeds) & set(received):
            continue
        pairs = _pairs(spark, lake, rule, batch_id).persist()
        rows = pairs.count()
        if rows:
            results.append(_checked(pairs, rule))
        pairs.unpersist()
    return results


def _pairs(spark: SparkSession, lake: Lake, rule: OrderRule, batch_id: str) -> DataFrame:
    named = {name: lake.read(spark, BY_NAME[name].silver) for name in BY_NAME if f"{{{name}}}" in rule.pairs}
    return spark.sql(rule.pairs, args=None, **named).where(f"'{batch_id}' IN (one_batch, other_batch)").select("earlier", "later")


def _checked(pairs: DataFrame, rule: OrderRule) -> Checked:
    def in_order(gx: object) -> list[object]:
        return [gx.expectations.ExpectColumnPairValuesAToBeGreaterThanB(  # type: ignore[attr-defined]
            column_A="later", column_B="earlier", or_equal=True, ignore_row_if="either_value_is_missing")]

    [found] = validated(pairs, "+".join(rule.feeds), in_order)
    return Checked(found.feed, rule.name, "later", found.rows, found.unexpected, found.is_met)
