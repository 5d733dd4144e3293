"""How customs' registry knows the parties of a declaration, and whether they share a head or an address with firms that were penalised."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds import outcome, party_registry
from fusion.records import BY, VERSION, Records
from fusion.tables import DECLARATION_FACT
from lakehouse.field import Field, fields
from lakehouse.text import Text

STANDING = fields(
    Field("importer_established_on", "date", Text("수입자 설립일", "When the importer was established")),
    Field("importer_registered_on", "date", Text("수입자 등록 갱신일", "Newest update of the importer in the registry")),
    Field("importer_status", "string", Text("수입자 상태", "Status of the importer in the registry: active, suspended, closed")),
    Field("importer_aeo_grade", "string", Text("수입자 AEO 등급", "AEO grade of the importer")),
    Field("payer_status", "string", Text("납세의무자 상태", "Status of the payer in the registry")),
    Field("seller_established_on", "date", Text("해외거래처 설립일", "When the seller was established")),
    Field("penalised_head_ties", "double", Text("대표자가 같은 처벌 이력 업체 수", "Penalised firms with the importer's head")),
    Field("penalised_address_ties", "double", Text("주소가 같은 처벌 이력 업체 수", "Penalised firms at the importer's address")),
    Field("seller_shares_head", "boolean", Text("수입자·해외거래처 대표자 동일 (과거 포함)", "Importer and seller are, or were, headed by the same person")),
)
# An address of more penalised firms than this is a building, a name of more of them is a usual one.
SHARED_BY = 20
_FIRM = ("customs_id", "established_on", "address", "representative", "status", "aeo_grade", "updated_on")
_NEWEST = ("updated_on", *VERSION[1:])
_PLAIN = "nullif(upper(regexp_replace({}, '[^0-9A-Za-z가-힣一-龥]', '')), '')"


def with_standing(records: Records, papers: DataFrame) -> DataFrame:
    """`shipment_id, as_of` and STANDING of declarations: importer_id, payer_id, seller_id and shipment by shipment what was known."""
    parties = papers.selectExpr(*BY, "inline(array(struct('importer' AS role, importer_id AS customs_id), struct('payer' AS role, payer_id AS customs_id), "
                                     "struct('seller' AS role, seller_id AS customs_id)))").where("customs_id IS NOT NULL")
    found = _found_out(records)
    # Who is asked for, and whoever was penalised: a few of all firms, kept to be read twice.
    wanted = parties.select("customs_id").unionByName(found.select("customs_id")).distinct()
    registry = records.lake.read(records.spark, party_registry.FEED.silver).select(*_FIRM, *VERSION[1:])
    firms = registry.join(F.broadcast(wanted.withColumn("is_wanted", F.lit(True))), "customs_id", "left").where(
        "is_wanted OR status IN ('suspended', 'closed')").withColumns({"head": F.expr(_PLAIN.format("representative")), "place": F.expr(_PLAIN.format("address"))}).localCheckpoint()
    known = firms.join(F.broadcast(parties), "customs_id").where("known_at <= as_of").groupBy(*BY, "role").agg(
        F.max_by(F.struct(*_FIRM, "head", "place"), F.struct(*_NEWEST)).alias("firm"), F.collect_set("head").alias("heads"))
    roles = known.groupBy(*BY).agg(*(F.max(F.when(F.col("role") == role, F.struct("firm.*", "heads"))).alias(role) for role in ("importer", "payer", "seller")))
    ties = _ties(roles, firms, found)
    return roles.join(ties, list(BY), "left").selectExpr(
        *BY, "importer.established_on AS importer_established_on", "importer.updated_on AS importer_registered_on", "importer.status AS importer_status", "importer.aeo_grade AS importer_aeo_grade",
        "payer.status AS payer_status", "seller.established_on AS seller_established_on",
        *(f"CASE WHEN importer.{what} IS NOT NULL THEN IF(coalesce({ties}, 0) > {SHARED_BY}, 0D, coalesce({ties}, 0D)) END AS {ties}"
          for what, ties in (("head", "penalised_head_ties"), ("place", "penalised_address_ties"))),
        # Heads change, and a tie stands for as long as the declaration that did not tell of it.
        "arrays_overlap(importer.heads, seller.heads) AS seller_shares_head")


def _found_out(records: Records) -> DataFrame:
    """Importers of declarations that an inspection found in violation: customs_id, and when that was known."""
    bad = records.lake.read(records.spark, outcome.FEED.silver).where(
        "subject_kind = 'declaration' AND result = 'violation' AND coalesce(status, '') <> 'cancelled'").select(
        F.col("subject_ref").alias("declaration_no"), F.col("known_at").alias("found_at"))
    facts = records.lake.read(records.spark, DECLARATION_FACT).select("declaration_no", "importer_id")
    return facts.join(F.broadcast(bad), "declaration_no").where("importer_id IS NOT NULL").select(F.col("importer_id").alias("customs_id"), "found_at").localCheckpoint()


def _ties(roles: DataFrame, firms: DataFrame, found: DataFrame) -> DataFrame:
    """How many other firms, penalised by then, share the importer's head, and how many its address."""
    rows = firms.join(F.broadcast(found.groupBy("customs_id").agg(F.min("found_at").alias("found_at"))), "customs_id", "left").where(
        "status IN ('suspended', 'closed') OR found_at IS NOT NULL").selectExpr(
        "customs_id AS other_id", "inline(array(struct('penalised_head_ties' AS tie, head AS value), struct('penalised_address_ties' AS tie, place AS value)))",
        "CASE WHEN status IN ('suspended', 'closed') THEN known_at ELSE greatest(known_at, found_at) END AS tied_at").where("value IS NOT NULL")
    asked = roles.selectExpr(*BY, "importer.customs_id AS customs_id", "inline(array(struct('penalised_head_ties' AS tie, importer.head AS value), "
                                  "struct('penalised_address_ties' AS tie, importer.place AS value)))").where("value IS NOT NULL")
    met = rows.join(F.broadcast(asked), ["tie", "value"]).where("other_id <> customs_id AND tied_at <= as_of")
    return met.groupBy(*BY).agg(*(F.expr(f"CAST(count(DISTINCT CASE WHEN tie = '{tie}' THEN other_id END) AS DOUBLE)").alias(tie)
                                  for tie in ("penalised_head_ties", "penalised_address_ties")))
