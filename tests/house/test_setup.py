"""The set-up says in one line what a machine lacks, and changes nothing before it does."""

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from house_tree import ROOT

TOOLS = ("bash", "cat", "dirname", "head", "mktemp", "rm", "sed", "tail", "uname", "env")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, and a path that holds bare tools, an ordinary user and nothing else."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    say(tools / "id", "echo 1000")
    return tmp_path


def say(tool: Path, line: str) -> None:
    tool.write_text(f"#!{shutil.which('bash')}\n{line}\n", encoding="utf-8")
    tool.chmod(0o755)


def set_up(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([machine / "bin" / "setup"], env={"PATH": str(machine / "tools"), "TMPDIR": str(machine)},
                          capture_output=True, text=True, check=False)


def with_environment(machine: Path) -> None:
    """As though the packages were in place already."""
    (machine / ".venv" / "bin").mkdir(parents=True)
    say(machine / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    for stamp, name in ((".haechi-locked", "requirements.lock"), (".haechi-built", "pyproject.toml")):
        (machine / ".venv" / stamp).write_text(sha256((machine / name).read_bytes()).hexdigest() + "\n", encoding="utf-8")


def test_no_python(machine: Path) -> None:
    done = set_up(machine)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "Python 3.11" in done.stderr
    assert not (machine / ".venv").exists()


def test_wrong_python(machine: Path) -> None:
    say(machine / "tools" / "python3", "exit 1")
    assert set_up(machine).returncode == 2


@pytest.mark.parametrize("java", ["", 'echo \'openjdk version "11.0.2" 2019-01-15\' >&2'])
def test_no_java_or_an_old_one(machine: Path, java: str) -> None:
    with_environment(machine)
    if java:
        say(machine / "tools" / "java", java)
    done = set_up(machine)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert "apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless" in done.stderr


def test_scripts_can_be_run() -> None:
    for name in ("bin/setup", "bin/check", "bin/tools", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111, name
        subprocess.run(["bash", "-n", ROOT / name], check=True)
