"""Content hashes: the same rows give the same hash whatever their order, ids and clocks."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakehouse.table import Table


def content_hash(rows: DataFrame, table: Table) -> str:
    """A hash over the table's hashed columns: the sum of row hashes does not depend on row order or partitioning."""
    columns = [F.to_json(name) if field.type.startswith("map") else F.col(name)
               for field in table.fields if (name := field.name) not in table.unhashed]
    row = F.xxhash64(*columns).cast("decimal(38,0)")
    found = rows.agg(F.count("*").alias("n"), F.sum(row).alias("sum"), F.bit_xor(F.xxhash64(*columns)).alias("xor")).first()
    assert found is not None
    return f"{found['n']}:{found['sum'] or 0}:{(found['xor'] or 0) & 0xFFFFFFFFFFFFFFFF:016x}"
