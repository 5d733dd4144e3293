"""Imports go one way: the contracts hold on the tree, and a wrong import planted in a copy of it is caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from house_tree import ROOT, packages, project, python_files

# File to plant, what it imports, and words of the contract that must break.
PLANTS = (
    ("lakehouse/planted.py", "import feeds.feed", "A record's way"),
    ("features/planted.py", "from models import train", "A record's way"),
    ("jobs/planted.py", "def late():\n    import haechi.docs", "A record's way"),
    ("jobs/planted_console.py", "import console.export", "A record's way"),
    ("simulation/planted.py", "import fusion.tables", "The simulated world knows"),
    ("models/planted.py", "import simulation.world", "Only the command line"),
    ("features/planted_delta.py", "from deltalake import DeltaTable", "Only the lakehouse"),
    ("jobs/planted_mlflow.py", "import mlflow", "Only the registry"),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in (name for name in packages() if name != "conf"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([tool, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"})


def test_contracts_hold(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


def test_wrong_imports_are_caught(copy: Path) -> None:
    for file, line, _ in PLANTS:
        (copy / file).write_text(line + "\n", encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1
    told = " ".join(done.stdout.split())
    for file, _, contract in PLANTS:
        assert file.removesuffix(".py").replace("/", ".") in told, f"{file} went through"
        assert any(contract in line and "BROKEN" in line for line in done.stdout.splitlines()), f"'{contract}' did not break"


def test_every_package_is_under_contract() -> None:
    assert {*project()["tool"]["importlinter"]["root_packages"], "conf"} == set(packages())


def test_every_folder_of_a_package_is_installed() -> None:
    folders = {".".join(path.relative_to(ROOT).parent.parts) for path in python_files()}
    assert {folder for folder in folders if folder.split(".")[0] in packages()} == set(project()["tool"]["setuptools"]["packages"])
