"""Cards: what the model registry keeps of every version and decision, as one file beside the serving files, so that no page asks the registry."""

import json
import logging
from pathlib import Path
from typing import Any

from jobs.manifest import write_atomically
from jobs.train import registry_of
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.settings import Settings

_LOG = logging.getLogger(__name__)


def cards_file(lake: Lake) -> Path:
    """Where the cards of a lake lie."""
    return lake.folder / "serving" / "models.json"


def keep(lake: Lake, settings: Settings) -> bool:
    """Write what the registry keeps now; a registry that cannot be read leaves the file as it was, and False is told."""
    try:
        registry = registry_of(lake, settings)
        told = {"kept_at": now().isoformat(), "models": registry.models(), "records": registry.records()}
    except Exception as fault:  # SQLAlchemy, HTTP and MLflow each raise kinds of their own.
        _LOG.warning("The model registry cannot be read, its cards stay as they were: %s", fault)
        return False
    cards_file(lake).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(cards_file(lake), told)
    return True


def kept(lake: Lake) -> dict[str, Any] | None:
    """What was kept last: `kept_at`, `models` newest first, `records` as they were decided; None where nothing is."""
    try:
        told: dict[str, Any] = json.loads(cards_file(lake).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told
