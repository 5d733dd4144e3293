"""Versions: what the registry keeps of each model beside its files: aliases, what a promotion replaced, and the gate's records."""

import json
from collections.abc import Mapping
from typing import Any

from lakehouse.errors import CallerError

NAME, CHAMPION, CHALLENGER, FORMER = "haechi", "champion", "challenger", "former"
# What the gate last said of a version, everything it ever said in turn, and the version that it replaced.
_GATE, _GATES, _REPLACED = "haechi.gate", "haechi.gate.", "haechi.replaced"
_WEIGHTING = "weighting."  # Parameters of a run that say what its outcomes stood for.


def is_known(client: Any) -> bool:
    """Whether anything was registered yet."""
    return bool(client.search_registered_models(f"name='{NAME}'"))


def version_of(client: Any, alias: str) -> Any:
    """The model version of an alias, None where it is not set."""
    if not is_known(client):
        return None
    number = client.get_registered_model(NAME).aliases.get(alias)
    return client.get_model_version(NAME, str(number)) if number else None


def get(client: Any, version: str) -> Any:
    """A version by its name; CallerError where there is none."""
    known = {f"{NAME}-{v.version}": v for v in client.search_model_versions(f"name='{NAME}'")} if is_known(client) else {}
    if version not in known:
        raise CallerError("model.unknown", f"{version} is no registered model", "See: haechi list models.")
    return client.get_model_version(NAME, str(known[version].version))


def promote(client: Any, version: str) -> str | None:
    """Make a version the champion and keep the one before as former; the version it replaces."""
    number, before = get(client, version).version, version_of(client, CHAMPION)
    if before is not None:
        client.set_model_version_tag(NAME, number, _REPLACED, str(before.version))
        client.set_registered_model_alias(NAME, FORMER, before.version)
    client.set_registered_model_alias(NAME, CHAMPION, number)
    challenger = version_of(client, CHALLENGER)
    if challenger is not None and str(challenger.version) == str(number):
        client.delete_registered_model_alias(NAME, CHALLENGER)
    return f"{NAME}-{before.version}" if before else None


def roll_back(client: Any) -> tuple[str, str]:
    """Make the former champion the champion again; the version withdrawn and the one restored.

    What the restored one had replaced is the former one then, so that a second call goes one further back and never to
    the version withdrawn. CallerError where there is none to go back to.
    """
    now, former = version_of(client, CHAMPION), version_of(client, FORMER)
    if now is None or former is None or str(now.version) == str(former.version):
        raise CallerError("promote.no_former", "There is no former champion to go back to", "See: haechi list models.")
    client.set_registered_model_alias(NAME, CHAMPION, former.version)
    earlier = former.tags.get(_REPLACED)
    if earlier:
        client.set_registered_model_alias(NAME, FORMER, earlier)
    else:
        client.delete_registered_model_alias(NAME, FORMER)
    return f"{NAME}-{now.version}", f"{NAME}-{former.version}"


def record(client: Any, version: str, decision: Mapping[str, Any]) -> None:
    """Keep what was decided about a version: with the version, and as a file with its run for who browses MLflow."""
    kept = json.dumps(decision, sort_keys=True, ensure_ascii=False, default=str)
    found = get(client, version)
    number = sum(key.startswith(_GATES) for key in found.tags) + 1
    client.set_model_version_tag(NAME, found.version, f"{_GATES}{number:04}", kept)
    client.set_model_version_tag(NAME, found.version, _GATE, kept)
    client.log_dict(found.run_id, json.loads(kept), f"gate/{number:04}.json")


def records(client: Any) -> list[dict[str, Any]]:
    """Everything that was decided about any version, each with its `version`, oldest version first."""
    every = sorted(client.search_model_versions(f"name='{NAME}'"), key=lambda v: int(v.version)) if is_known(client) else []
    return [{"version": f"{NAME}-{found.version}", **json.loads(found.tags[key])}
            for found in every for key in sorted(found.tags) if key.startswith(_GATES)]


def listing(client: Any) -> list[dict[str, Any]]:
    """Every registered version, newest first: version, aliases, when it was trained, data, metrics, gate."""
    if not is_known(client):
        return []
    aliases = client.get_registered_model(NAME).aliases.items()
    rows = []
    for found in sorted(client.search_model_versions(f"name='{NAME}'"), key=lambda v: -int(v.version)):
        data = client.get_run(found.run_id).data
        rows.append({
            "version": f"{NAME}-{found.version}", "aliases": sorted(a for a, n in aliases if str(n) == str(found.version)),
            "business_date": data.tags.get("business_date"), "as_of": data.tags.get("as_of"), "configuration": data.params.get("name"),
            "rows": int(data.params.get("rows", 0)), "violations": int(data.params.get("violations", 0)),
            "weighting": {name.removeprefix(_WEIGHTING): float(value) for name, value in sorted(data.params.items()) if name.startswith(_WEIGHTING)},
            "input_versions": json.loads(data.tags.get("input_versions", "{}")), "metrics": dict(data.metrics),
            "gate": json.loads(found.tags.get(_GATE, "null")),
        })
    return rows
