"""Doctor: what the machine and the configuration lack, found before a night finds it, with what to do about each."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lakehouse.errors import HaechiError
from lakehouse.settings import Settings, configuration_folder, load_settings, load_yaml
from lakehouse.text import Text

PYTHON_NEEDED = (3, 11)
DISK_NEEDED_GB = 5
MEMORY_NEEDED_GB = 6
# Distribution and the module it brings; versions are read from metadata, since importing them all takes ten seconds.
PACKAGES = (
    ("pyspark", "pyspark"), ("delta-spark", "delta"), ("deltalake", "deltalake"), ("lightgbm", "lightgbm"), ("mlflow", "mlflow"),
    ("great-expectations", "great_expectations"), ("duckdb", "duckdb"),
)  # fmt: skip
_NOTHING = Text("없음", "nothing")
_SET_UP = Text("make setup 실행", "Run: make setup")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its name, whether it is well, what was found, and what to do where it is not."""

    name: str
    ok: bool
    found: Text
    todo: Text


def diagnose(settings: Settings | None, lake: str, deep: bool = False) -> list[Finding]:
    """Everything looked at, in the order to mend it; `deep` also starts Spark and appends to a table in a temporary folder.

    `settings` None reads the configuration here, so that one that cannot be read is a finding too.
    """
    findings = [_python(), *_packages()]
    has_spark = all(finding.ok for finding in findings if finding.name in ("pyspark", "delta-spark"))
    findings += [*_java_and_jars()] if has_spark else []
    findings += [_configuration()]
    settings = settings or _settings_or_defaults()
    findings += [_pseudonym_key(settings), _vault_key(settings, lake), _disk(lake), _memory(), _lake(lake)]
    if deep and all(finding.ok for finding in findings if finding.name in ("pyspark", "delta-spark", "java", "delta-jars")):
        findings.append(_delta_append(settings))
    return findings


def as_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as plain rows for a table or for JSON; what to do only where something is to be done."""
    return [{"name": f.name, "ok": f.ok, "found_ko": f.found.ko, "found_en": f.found.en,
             "todo_ko": None if f.ok else f.todo.ko, "todo_en": None if f.ok else f.todo.en} for f in findings]


def _same(words: str) -> Text:
    return Text(words, words)


def _python() -> Finding:
    wanted = ".".join(map(str, PYTHON_NEEDED))
    line = f"make setup PYTHON=python{wanted}"
    todo = Text(f"파이썬 {wanted}로 다시 설치: {line}", f"Set up again with Python {wanted}: {line}")
    return Finding("python", sys.version_info[:2] == PYTHON_NEEDED, _same(platform.python_version()), todo)


def _packages() -> Iterator[Finding]:
    for distribution, module in PACKAGES:
        try:
            found = version(distribution) if find_spec(module) else None
        except PackageNotFoundError:
            found = None
        yield Finding(distribution, found is not None, _same(found) if found else _NOTHING, _SET_UP)


def _java_and_jars() -> Iterator[Finding]:
    from lakehouse.session import JAVA_NEEDED, jar_folder, java_version

    java = java_version()
    install = "apt-get install -y openjdk-17-jre-headless"
    yield Finding("java", java is not None and java >= JAVA_NEEDED, _same(str(java)) if java else _NOTHING,
                  Text(f"루트로 {install} 실행, 또는 JAVA_HOME을 자바 {JAVA_NEEDED} 이상으로 지정",
                       f"Run as root: {install}; or set JAVA_HOME to Java {JAVA_NEEDED} or newer"))
    jars = len(list(jar_folder().glob("*.jar")))
    is_there = any(jar_folder().glob("*delta-spark*.jar"))
    yield Finding("delta-jars", is_there, Text(f"{jars}개, {jar_folder()}", f"{jars} in {jar_folder()}"),
                  Text("네트워크에 연결한 뒤 make setup 실행, 또는 JAR 폴더를 HAECHI_JARS로 지정",
                       "Connect to the network and run: make setup; or name a folder that has them in HAECHI_JARS"))


def _configuration() -> Finding:
    try:
        load_settings()
        for file in sorted(configuration_folder().glob("*.yaml")):
            load_yaml(file.name)
    except HaechiError as fault:
        return Finding("configuration", False, _same(fault.message), _same(fault.hint))
    return Finding("configuration", True, _same(str(configuration_folder())), _same("docs/settings.md"))


def _settings_or_defaults() -> Settings:
    try:
        return load_settings()
    except HaechiError:
        return Settings({})


def _pseudonym_key(settings: Settings) -> Finding:
    profile, has_key = str(settings["profile"]), bool(settings["pseudonym.key"])
    found = Text("지정됨", "given") if has_key else Text(f"없음({profile})", f"none ({profile})")
    return Finding("pseudonym-key", has_key or profile == "development", found,
                   Text("HAECHI_PSEUDONYM_KEY에 비밀 저장소의 열쇠 지정", "Set HAECHI_PSEUDONYM_KEY to the key from the secret store"))


def _vault_key(settings: Settings, lake: str) -> Finding:
    """Whether there is a key, and whether it opens the vault where there is one."""
    from feeds.vault.store import VaultAccess, check
    from lakehouse.lake import Lake

    has_key = bool(settings["vault.key"])
    try:
        is_there = check(VaultAccess.of(settings, Lake(lake).folder))
    except HaechiError as fault:
        return Finding("vault-key", False, _same(fault.message), _same(fault.hint))
    vault = Text("보관소가 열림", "opens the vault") if is_there else Text("보관소 아직 없음", "no vault yet")
    given = Text("지정됨", "given") if has_key else Text("개발용 공개 열쇠", "the public one of development")
    return Finding("vault-key", True, Text(f"{given.ko}, {vault.ko}", f"{given.en}, {vault.en}"), _same("HAECHI_VAULT_KEY"))


def _is_remote(lake: str) -> bool:
    return "://" in lake


def _nearest(lake: str) -> Path:
    """The lake's folder, or the nearest one above it that exists."""
    folder = Path(lake).resolve()
    return next(place for place in (folder, *folder.parents) if place.exists())


def _disk(lake: str) -> Finding:
    place = Path(tempfile.gettempdir()) if _is_remote(lake) else _nearest(lake)
    free = shutil.disk_usage(place).free / 1e9
    todo = Text(f"{place}에 {DISK_NEEDED_GB}GB 이상 비우거나 --lake로 다른 디스크 지정",
                f"Free {DISK_NEEDED_GB} GB at {place}, or name another disk with --lake")
    return Finding("disk", free >= DISK_NEEDED_GB, Text(f"{free:.0f}GB 남음", f"{free:.0f} GB free"), todo)


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (told := limit.read_text().strip()).isdigit():
        total = min(total, int(told) / 1e9)
    todo = Text(f"메모리 {MEMORY_NEEDED_GB}GB 이상에서 실행하거나 HAECHI_SPARK_DRIVER_MEMORY를 낮춤(예: 2g)",
                f"Run on a machine with {MEMORY_NEEDED_GB} GB, or lower HAECHI_SPARK_DRIVER_MEMORY, for example to 2g")
    return Finding("memory", total >= MEMORY_NEEDED_GB, Text(f"{total:.0f}GB", f"{total:.0f} GB"), todo)


def _lake(lake: str) -> Finding:
    if _is_remote(lake):
        return _remote_lake(lake)
    place, is_there = _nearest(lake), Path(lake).exists()
    todo = Text(f"{place}의 소유자·권한을 고치거나 --lake로 다른 폴더 지정",
                f"Mend owner and mode of {place}, or name another folder with --lake")
    try:
        next(iter(place.iterdir()), None)
        with tempfile.NamedTemporaryFile(dir=place, prefix=".haechi-doctor-"):
            pass
    except OSError as fault:
        return Finding("lake", False, _same(f"{place}: {fault.strerror}"), todo)
    words = Text("읽기·쓰기 가능", "readable and writable") if is_there else Text("아직 없음, 만들 수 있음", "not there yet, can be made")
    return Finding("lake", True, Text(f"{lake}: {words.ko}", f"{lake}: {words.en}"), todo)


def _remote_lake(lake: str) -> Finding:
    from lakehouse.lake import Lake
    from lakehouse.ops import FILE

    try:
        known = Lake(lake).version(FILE)
    except HaechiError as fault:
        return Finding("lake", False, _same(fault.message), _same(fault.hint))
    found = Text("읽기 가능", "readable") if known is not None else Text("읽기 가능, 비어 있음", "readable, empty")
    return Finding("lake", True, Text(f"{lake}: {found.ko}", f"{lake}: {found.en}"), found)


def _delta_append(settings: Settings) -> Finding:
    """Start Spark, append one row to a Delta table in a temporary folder and read it back."""
    from lakehouse.clock import now
    from lakehouse.lake import Lake
    from lakehouse.ops import FILE
    from lakehouse.session import start_session

    todo = Text("위 항목을 먼저 고치고, 남으면 SPARK_LOCAL_DIRS와 임시 폴더의 여유·권한을 확인",
                "Mend what stands above first; if it stays, check room and mode of SPARK_LOCAL_DIRS and the temporary folder")
    try:
        spark = start_session(settings, "haechi-doctor")
        with tempfile.TemporaryDirectory(prefix="haechi-doctor-") as folder:
            lake = Lake(folder)
            row = {field.name: None for field in FILE.fields} | {"feed": "doctor", "known_at": now()}
            lake.append(spark.createDataFrame([row], FILE.ddl), FILE)
            rows = lake.arrow(FILE, ["feed"]).num_rows
    except HaechiError as fault:
        return Finding("spark-delta", False, _same(fault.message), _same(fault.hint))
    except Exception as fault:  # Whatever Spark or Delta raises here is what a night would meet.
        return Finding("spark-delta", False, _same(str(fault).splitlines()[0][:200]), todo)
    return Finding("spark-delta", rows == 1, Text(f"{rows}행 쓰고 읽음", f"{rows} row written and read"), todo)
