"""Files that are committed hold no place of one machine, no address of a registry, and nothing left to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from house_tree import ROOT, files

MACHINE_PATH = re.compile(r"(?:^|[^.\w/])/(?:home|root|work|Users)/[\w.]")
REGISTRY = re.compile(
    r"https?://\S+\.(?:whl|tar\.gz|tgz|jar|deb)\b|files\.pythonhosted\.org|pypi\.org/simple|repo1?\.maven\.org|--(?:extra-)?index-url[ =]\S"
)
UNDONE = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def lines_with(pattern: re.Pattern[str], paths: Iterator[Path] | list[Path]) -> list[str]:
    found = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]
    return found


@pytest.mark.parametrize("text", ["cd /" + "home/kim/haechi", "open('/" + "root/.cache')", "=/" + "work/lake"])
def test_machine_paths_would_be_seen(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["see docs/work/list", "https://example.org/home/page", "/tmp/haechi"])
def test_other_paths_are_left_alone(text: str) -> None:
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["https://" + "example.org/a-1.0-py3-none-any.whl", "--index" + "-url https://example.org"])
def test_registry_addresses_would_be_seen(text: str) -> None:
    assert REGISTRY.search(text)


def test_no_machine_paths() -> None:
    assert not lines_with(MACHINE_PATH, list(files()))


def test_no_registry_addresses() -> None:
    assert not lines_with(REGISTRY, list(files()))


def test_nothing_is_left_to_do() -> None:
    assert not lines_with(UNDONE, [path for path in files() if path.suffix in {".py", ".md", ".yaml", ".html", ".js"}])


def test_every_locked_package_has_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert len(pins) > 100
    assert not [pin.split()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin]
