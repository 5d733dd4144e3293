"""The doctor: each thing looked at, well and unwell, with something to do in both languages."""

from collections import namedtuple
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

import lakehouse.session
from haechi import doctor
from haechi.doctor import Finding, as_rows, diagnose
from lakehouse.settings import Settings

Usage = namedtuple("Usage", "total used free")


def found(name: str, lake: Path | str = ".", settings: Settings | None = None) -> Finding:
    return next(finding for finding in diagnose(settings or Settings({}), str(lake)) if finding.name == name)


def test_looks_at_everything_once(tmp_path: Path) -> None:
    names = [finding.name for finding in diagnose(Settings({}), str(tmp_path))]
    assert names == ["python", "pyspark", "delta-spark", "deltalake", "lightgbm", "mlflow", "great-expectations", "duckdb",
                     "java", "delta-jars", "configuration", "pseudonym-key", "vault-key", "disk", "memory", "lake"]


def test_rows_say_what_to_do_only_where_something_is() -> None:
    well, ill = doctor._python(), Finding("x", False, doctor._NOTHING, doctor._SET_UP)
    assert as_rows([ill]) == [{"name": "x", "ok": False, "found_ko": "없음", "found_en": "nothing",
                               "todo_ko": "make setup 실행", "todo_en": "Run: make setup"}]
    assert as_rows([well])[0]["todo_en"] is None


def test_wrong_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PYTHON_NEEDED", (3, 99))
    assert not found("python").ok


def test_a_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", (("pyspark", "no_such_module"), ("no-such-distribution", "json")))
    findings = {finding.name: finding for finding in diagnose(Settings({}), ".")}
    assert not findings["pyspark"].ok and not findings["no-such-distribution"].ok
    assert "java" not in findings  # What needs Spark's own code is not asked while it is missing.


@pytest.mark.parametrize(("java", "ok"), [(None, False), (11, False), (17, True), (21, True)])
def test_java(monkeypatch: pytest.MonkeyPatch, java: int | None, ok: bool) -> None:
    monkeypatch.setattr(lakehouse.session, "java_version", lambda: java)
    assert found("java").ok is ok


def test_jars_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HAECHI_JARS", str(tmp_path))
    assert not found("delta-jars").ok


def test_a_configuration_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "haechi.yaml").write_text("sparkle: 1\n", encoding="utf-8")
    monkeypatch.setenv("HAECHI_CONF", str(tmp_path))
    finding = next(finding for finding in diagnose(None, ".") if finding.name == "configuration")
    assert not finding.ok and "sparkle" in finding.found.en


def test_a_broken_yaml_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "offices.yaml").write_text("offices: [\n", encoding="utf-8")
    monkeypatch.setenv("HAECHI_CONF", str(tmp_path))
    finding = found("configuration")
    assert not finding.ok and "offices.yaml" in finding.found.en


@pytest.mark.parametrize(("profile", "key", "ok"), [("development", "", True), ("production", "", False), ("production", "k", True)])
def test_pseudonym_key(profile: str, key: str, ok: bool) -> None:
    finding = found("pseudonym-key", settings=Settings({"profile": profile, "pseudonym.key": key}))
    assert finding.ok is ok
    assert key == "" or key not in finding.found.en.split()


def test_disk_and_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: Usage(10e9, 6e9, 4e9))
    monkeypatch.setattr(doctor, "MEMORY_NEEDED_GB", 1e6)
    assert not found("disk", tmp_path / "not" / "there").ok and not found("memory").ok


def test_lake(tmp_path: Path) -> None:
    assert found("lake", tmp_path).ok and found("lake", tmp_path / "new" / "lake").ok
    (tmp_path / "file").write_text("", encoding="utf-8")
    finding = found("lake", tmp_path / "file")
    assert not finding.ok and "--lake" in finding.todo.ko
    assert not list(tmp_path.glob(".haechi-doctor*"))


@pytest.mark.spark
def test_deep_appends_to_a_table_and_reads_it(spark: SparkSession, tmp_path: Path) -> None:
    last = diagnose(Settings({}), str(tmp_path), deep=True)[-1]
    assert (last.name, last.ok) == ("spark-delta", True), last.found.en
    assert not list(tmp_path.iterdir())
