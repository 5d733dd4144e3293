"""What the sea manifest tells of a shipment, and of the houses beside it under its master bill."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion import keys
from fusion.observers.observer import Observer
from fusion.observers.under_bill import under_bill, with_changes
from fusion.records import BY, Records
from lakehouse.field import Field, fields
from lakehouse.text import Text

FIELDS = fields(
    Field("bill_gross_kg", "double", Text("적하목록(CUSCAR) 중량", "Gross mass in the manifest, kg")),
    Field("bill_packages", "double", Text("적하목록(CUSCAR) 포장개수", "Packages in the manifest as filed")),
    Field("bill_goods", "string", Text("적하목록(CUSCAR) 품명", "Goods in the manifest as filed")),
    Field("bill_hs6", "string", Text("적하목록 세번 6단위", "HS subheading in the manifest")),
    Field("bill_consignor", "string", Text("적하목록 송하인", "Consignor in the manifest")),
    Field("bill_loading_port", "string", Text("적하목록 적재항", "Port of loading in the manifest")),
    Field("bill_original_port", "string", Text("적하목록 최초 적재항", "Original port of loading in the manifest")),
    Field("bill_delivery_place", "string", Text("적하목록 인도지", "Place of delivery in the manifest")),
    Field("bill_prepared_at", "timestamp", Text("적하목록 작성 시각", "When the manifest was first prepared")),
    Field("bill_container_count", "double", Text("적하목록 컨테이너 수", "Containers in the manifest")),
    Field("bill_seals", "array<string>", Text("적재 봉인(적하목록)", "Seals at loading by the manifest: container and number")),
    Field("bill_versions", "double", Text("적하목록 정정 차수", "Versions of the manifest")),
    Field("bill_changed", "string", Text("적하목록 정정 항목", "What amendments changed: consignee, goods, weight")),
    Field("bill_changed_at", "timestamp", Text("적하목록 최근 정정 시각", "When the last of them did")),
    Field("bill_before_kg", "double", Text("정정 전 중량", "Weight before, kg")),
    Field("bill_after_kg", "double", Text("정정 후 중량", "Weight after, kg")),
    Field("houses_kg", "double", Text("마스터 하우스 중량 합계", "Gross mass over all houses of the master bill, kg")),
    Field("houses_count", "double", Text("마스터 하우스 수", "Houses of the master bill known")),
    Field("lacks_house", "boolean", Text("하우스 누락 여부", "A house of the master bill is not known")),
    Field("master_container_count", "double", Text("마스터 컨테이너 수", "Containers of the master bill")),
)
_DAY = "coalesce(arrived_at, arrival_estimated_at, document_at, prepared_at)"
_SEALS = ("flatten(transform(coalesce(containers, array()), c -> transform(coalesce(c.seals, array()), "
          f"s -> concat({keys.container('c.container_no')}, ' ', {keys.seal('s.seal_no')}))))")
_COLUMNS = {
    "consignee": "upper(regexp_replace(consignee_name, '[^0-9A-Za-z가-힣一-龥]', ''))", "goods": "goods", "gross_kg": keys.kilograms("gross_mass", "gross_mass_unit"),
    "packages": "packages", "hs6": keys.hs6("get(hs_codes, 0)"), "consignor": "consignor_name", "loading_port": "loading_port",
    "original_port": "original_loading_port", "delivery_place": "delivery_place", "prepared_at": "coalesce(document_at, prepared_at)",
    "boxes": f"array_distinct(array_compact({keys.containers('coalesce(container_nos, array())')}))", "seals": f"array_compact({_SEALS})",
    # Houses count from 1 within a message, and in the last four characters of the cargo control number.
    "turn": "greatest(coalesce(try_cast(consignment_no AS INT), 0), coalesce(try_cast(substr(cargo_control_no, 16, 4) AS INT), 0))",
}


def observe(records: Records) -> DataFrame:
    """What the newest manifest of each shipment and of the houses beside it says."""
    found = under_bill(records, "manifest", _COLUMNS, keys.bill("master_bl"), _DAY)
    houses = found.groupBy(*BY).agg(
        F.expr("CASE WHEN count(gross_kg) = count(*) THEN sum(gross_kg) END").alias("houses_kg"), F.count("*").cast("double").alias("houses_count"),
        F.expr("max(turn) > count(*)").alias("lacks_house"), F.expr("CAST(size(array_distinct(flatten(collect_list(boxes)))) AS DOUBLE)").alias("master_container_count"))
    own = with_changes(found.where("is_own"))
    one = own.groupBy(*BY).agg(F.max_by(F.struct(*(c for c in own.columns if c not in (*BY, "steps"))), F.struct("first_known_at", "record_key")).alias("row"))
    mine = one.select(*BY, "row.*").selectExpr(
        *BY, "gross_kg AS bill_gross_kg", "packages AS bill_packages", "goods AS bill_goods", "nullif(hs6, '') AS bill_hs6", "consignor AS bill_consignor", "loading_port AS bill_loading_port",
        "original_port AS bill_original_port", "delivery_place AS bill_delivery_place", "versions[0].prepared_at AS bill_prepared_at", "CAST(size(boxes) AS DOUBLE) AS bill_container_count",
        "seals AS bill_seals", "version_count AS bill_versions", "changed AS bill_changed", "changed_at AS bill_changed_at", "before_kg AS bill_before_kg", "after_kg AS bill_after_kg")
    return mine.join(houses, list(BY), "left")


MANIFEST = Observer(FIELDS, observe)
