"""The one Spark session, local by default, a cluster by configuration."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession

from lakehouse.errors import CallerError
from lakehouse.settings import Settings

JAVA_NEEDED = 17
_COMPILES = "spark.sql.codegen.wholeStage"
_LOGGING = Path(str(resources.files("conf"))) / "log4j2.properties"
_OPTIONS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.executor.extraJavaOptions": "-Duser.timezone=Asia/Seoul",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Planning anew after each stage, and a page of plan for each event, cost more than small queries take to run.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.constraintPropagation.enabled": "false",
    # Filters that Spark makes by running half of a join twice: nothing here is large enough to repay a query for each.
    "spark.sql.optimizer.runtime.bloomFilter.enabled": "false",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.writeChecksumFile.enabled": "false",
    "spark.databricks.delta.commitMetrics.enabled": "false",
    # Statistics of the columns that come first, which hold the keys and the clocks; reads go by the manifest's whole tables.
    "spark.databricks.delta.properties.defaults.dataSkippingNumIndexedCols": "6",
    "spark.databricks.delta.stats.skipping": "false",
    # The Python Delta readers refuse or misread both.
    "spark.databricks.delta.properties.defaults.enableDeletionVectors": "false",
    "spark.sql.debug.maxToStringFields": "25",
    # What Delta and Arrow read as instants, and no marker files beside the data that the log names.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    # A described shipment is joined from dozens of small parts in one stage: with pages of the usual size each sort of it takes
    # tens of megabytes before its first row.
    "spark.buffer.pageSize": "1m",
    # Half of the heap is young (java_options): sorts and joins that took their usual share of the whole would leave the old half no room.
    "spark.memory.fraction": "0.4",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Where each column expression was written is not worth half of the time it takes to plan.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.python.worker.reuse": "true",
}


def java_options(is_long: bool = False) -> str:
    """What the driver's JVM is started with, for one night or for a run of many minutes.

    The zone is the JVM's own, not spark.sql.session.timeZone. A night is many small queries in a young JVM: the second
    compiler took 40 % of its processor time and gave nothing back, and what the first one makes of Spark outgrows the code
    cache it is given by default. What runs on for minutes gets its work back. See docs/adr/0007-a-young-jvm.md.
    """
    one_compiler = "" if is_long else "-XX:TieredStopAtLevel=1 "
    return (f"-Duser.timezone=Asia/Seoul -Dlog4j2.configurationFile={_LOGGING} {one_compiler}"
            "-XX:ReservedCodeCacheSize=512m -XX:+UseParallelGC -Xms1500m -Xmn1g")


def archive_file() -> Path:
    """Where the class archive of this environment lies, once the set-up has made it."""
    return Path(sys.prefix) / "share" / "haechi" / "classes.jsa"


def _with_archive(is_long: bool) -> str:
    kept, options = archive_file(), java_options(is_long)
    # One made by another Java is left aside, and that is nothing to tell people.
    return f"{options} -XX:SharedArchiveFile={kept} -Xlog:disable -Xlog:all=error:stderr" if kept.exists() else options


def jar_folder() -> Path:
    """Where the set-up keeps Delta's JARs: HAECHI_JARS, else the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(os.environ.get("HAECHI_JARS", cache / "haechi" / f"delta-{version('delta-spark')}"))


def java_version() -> int | None:
    """The major version of the Java that Spark would start, None where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not java:
        return None
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
        return int(told.split('"')[1].split(".")[0])
    except (OSError, IndexError, ValueError):
        return None


def require_java() -> None:
    """CallerError with the line to run where Java is missing or too old."""
    found = java_version()
    if found is None or found < JAVA_NEEDED:
        have = "no Java was found" if found is None else f"Java {found} was found"
        raise CallerError("java.missing", f"Spark needs Java {JAVA_NEEDED} or newer; {have}",
                          "Run: apt-get install -y openjdk-17-jre-headless (as root), or set JAVA_HOME.")


def compile_queries(spark: SparkSession, is_large: bool) -> None:
    """Compile each query to a class of its own where much data repays it, else interpret it, which starts at once."""
    spark.conf.set(_COMPILES, str(is_large).lower())
    spark.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if is_large else "NO_CODEGEN")


# What one task does sooner than two can be told of it.
_IN_ONE = ("spark.sql.shuffle.partitions", "spark.sql.files.minPartitionNum", "spark.sql.leafNodeDefaultParallelism")


def keep_together(spark: SparkSession, is_small: bool) -> None:
    """Work on all rows of a query in one task where they are few, else in as many as the session was started with."""
    for option in _IN_ONE:
        usual = spark.sparkContext.getConf().get(option)
        if is_small:
            spark.conf.set(option, "1")
        elif usual is None:
            spark.conf.unset(option)
        else:
            spark.conf.set(option, usual)


@contextmanager
def compiled(spark: SparkSession, is_large: bool) -> Iterator[None]:
    """Compile the queries of a block where it is large, whatever holds for the run."""
    before = spark.conf.get(_COMPILES) == "true"
    compile_queries(spark, before or is_large)
    try:
        yield
    finally:
        compile_queries(spark, before)


def start_session(settings: Settings, name: str = "haechi", is_long: bool = False) -> SparkSession:
    """The running session, or a new one, its JVM set for a run of many minutes where told; CallerError where Java or Delta's JARs are missing."""
    require_java()
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    # Both write a page of JVM trace for each fault; the fault itself is raised and told once.
    for logger in ("py4j", "SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    builder = SparkSession.builder.master(settings["spark.master"]).appName(name)
    given = {"spark.driver.extraJavaOptions": _with_archive(is_long)} | settings["spark.options"]
    for option, value in (_OPTIONS | given).items():
        builder = builder.config(option, value)
    builder = (builder.config("spark.driver.memory", settings["spark.driver_memory"])
               .config("spark.sql.shuffle.partitions", settings["spark.shuffle_partitions"])
               .config("spark.local.dir", os.environ.get("SPARK_LOCAL_DIRS", "/tmp"))
               .config("spark.sql.warehouse.dir", str(jar_folder().parent / "warehouse")))
    jars = sorted(jar_folder().glob("*.jar"))
    if jars and settings["spark.master"].startswith("local"):
        builder = builder.config("spark.driver.extraClassPath", os.pathsep.join(map(str, jars)))
    else:
        builder = configure_spark_with_delta_pip(builder)
    try:
        return builder.getOrCreate()
    except Exception as fault:  # Spark raises many kinds here; each means that it did not start.
        raise CallerError("spark.start", f"Spark did not start: {str(fault).splitlines()[0]}",
                          "Run: haechi doctor") from fault


def fetch_jars() -> Path:
    """Resolve Delta's JARs once through Spark's own resolver into the JAR folder, so that later starts are offline."""
    folder = jar_folder()
    if any(folder.glob("*delta-spark*.jar")):
        return folder
    require_java()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    ivy = folder.parent / "ivy"
    builder = SparkSession.builder.master("local[1]").config("spark.jars.ivy", str(ivy)).config("spark.ui.enabled", "false")
    configure_spark_with_delta_pip(builder).getOrCreate().stop()
    folder.mkdir(parents=True, exist_ok=True)
    # Spark ships the rest of what Delta depends on, in versions of its own that must not be shadowed.
    for jar in (ivy / "jars").glob("io.*.jar"):
        if jar.name.startswith(("io.delta_", "io.unitycatalog_")):
            shutil.copy2(jar, folder / jar.name)
    return folder


if __name__ == "__main__":
    print(f"Delta's JARs are in place: {len(list(fetch_jars().glob('*.jar')))} files")
