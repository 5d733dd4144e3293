"""Registry: the only MLflow calls; runs, versions and the champion's alias. No pickle and no pyfunc is ever loaded."""

import json
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lakehouse.errors import CallerError, HaechiError, InternalError
from lakehouse.text import Text
from models import cache, versions
from models.bundle import Bundle, open_bundle, sha256
from models.configuration import flat
from models.overview import write_overview
from models.plots import summary_plot
from models.train import Fitted
from models.versions import CHALLENGER, CHAMPION, FORMER, NAME

__all__ = ["CHALLENGER", "CHAMPION", "FORMER", "NAME", "Champion", "Registry"]
_TAG = "haechi.sha256."
# Before MLflow is imported: nothing sent home, no progress bars, and a registry that is down is told within a minute.
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
          "GIT_PYTHON_REFRESH": "quiet", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}


@dataclass(frozen=True)
class Champion:
    """The model that scores, and a warning where it is the last verified local one because the registry failed."""

    bundle: Bundle
    warning: Text | None = None


@dataclass(frozen=True)
class Registry:
    """MLflow at a tracking address, or on SQLite in the lake's own folder where the address is empty."""

    folder: Path
    address: str = ""

    @property
    def database(self) -> Path:
        """The embedded store."""
        return self.folder.resolve() / "mlflow.db"

    @property
    def artifacts(self) -> Path:
        """The embedded store's artifacts, beside it."""
        return self.folder.resolve() / "mlflow"

    @property
    def uri(self) -> str:
        """The tracking and registry address."""
        return self.address or f"sqlite:///{self.database}"

    def register(self, fitted: Fitted, business_date: date, input_versions: Mapping[str, int],
                 as_of: datetime | None = None) -> Bundle:
        """Log a training on what was known by `as_of` and register its model: the first is champion, later ones challenger.

        A first one that is worse than the prior waits as challenger too: the prior goes on ranking.
        """
        mlflow, client = self._open()
        with mlflow.start_run(experiment_id=self._experiment(client), run_name=f"{fitted.configuration.name} {business_date}") as run:
            mlflow.log_params({**flat(asdict(fitted.configuration)), "rounds_used": fitted.rounds, "rows": fitted.rows,
                               "violations": fitted.violations, **{f"weighting.{name}": value for name, value in fitted.weighting.items()}})
            mlflow.log_metrics({name: float(value) for name, value in flat(fitted.metrics).items() if isinstance(value, int | float)})
            mlflow.set_tags({"business_date": str(business_date), "input_versions": json.dumps(dict(input_versions), sort_keys=True),
                             **({"as_of": as_of.isoformat()} if as_of else {})})
            plain = fitted.bundle.to_json()
            with tempfile.TemporaryDirectory() as made:
                for what, content in (("model", fitted.bundle.text), ("bundle", plain)):
                    (Path(made) / cache.FILES[what]).write_text(content, encoding="utf-8", newline="")
                (Path(made) / "features.json").write_text(json.dumps(fitted.bundle.names), encoding="utf-8")
                mlflow.log_artifacts(made, "bundle")
                summary_plot(fitted.bundle, fitted.sample, Path(made) / "shap_summary.png")
                mlflow.log_artifact(str(Path(made) / "shap_summary.png"))
                for page in write_overview(fitted.bundle, fitted.sample, Path(made)):
                    mlflow.log_artifact(str(page))
            number = _log_model(mlflow, fitted)
            for what, content in (("model", fitted.bundle.text), ("bundle", plain)):
                client.set_model_version_tag(NAME, number, _TAG + what, sha256(content))
            client.set_model_version_tag(NAME, number, "haechi.run_id", run.info.run_id)
        first = versions.version_of(client, CHAMPION) is None and not fitted.worse_than_prior
        client.set_registered_model_alias(NAME, CHAMPION if first else CHALLENGER, number)
        return fitted.bundle.named(f"{NAME}-{number}")

    def load_champion(self, names: Sequence[str]) -> Champion | None:
        """The verified champion for these features; None before the first one.

        Unless the alias can have moved, it is the kept one and MLflow is not imported. A registry that cannot be
        reached leaves the last verified one, with a warning; a model that fails verification is an InternalError.
        """
        home = self.folder / "model"
        kept = cache.read_pointer(home)
        mark = "" if self.address else cache.fingerprint(self.database)
        if not self.address and not mark and kept is None:
            return None
        if kept and mark and kept.registry == mark and (bundle := cache.read_kept(home, kept, names)):
            return Champion(bundle)
        try:
            if not self.address and not mark:
                raise FileNotFoundError(self.database.name)
            _, client = self._open()
            found = versions.version_of(client, CHAMPION)
        except HaechiError:
            raise
        except Exception as fault:  # SQLAlchemy, HTTP and MLflow each raise kinds of their own.
            return self._last_verified(kept, names, fault)
        if found is None:
            return None
        bundle = self._read(client, found, names)
        # The file as it was before the read: a move of the alias since then changes it and is seen next time.
        cache.keep(home, bundle, _hashes(found), mark)
        return Champion(bundle)

    def load(self, version: str, names: Sequence[str]) -> Bundle:
        """Any registered version (`haechi-3`), verified; for challengers, replays and scores of the past."""
        kept = cache.read_pointer(self.folder / "model")
        if kept and kept.version == version and (bundle := cache.read_kept(self.folder / "model", kept, names)):
            return bundle
        if self.is_empty:
            raise CallerError("model.unknown", f"{version} is no registered model", "See: haechi list models.")
        _, client = self._open()
        return self._read(client, versions.get(client, version), names)

    def promote(self, version: str) -> str | None:
        """Make a version the champion; the version it replaces, which is the former one from then on."""
        return versions.promote(self._open()[1], version)

    def roll_back(self) -> tuple[str, str]:
        """Make the former champion the champion again; the version withdrawn and the one restored."""
        return versions.roll_back(self._open()[1])

    def holder(self, alias: str) -> str | None:
        """The version that holds an alias: the champion, the challenger that waits for the gate, the former champion."""
        if self.is_empty:
            return None
        found = versions.version_of(self._open()[1], alias)
        return f"{NAME}-{found.version}" if found else None

    def record(self, version: str, decision: Mapping[str, Any]) -> None:
        """Keep what was decided about a version."""
        versions.record(self._open()[1], version, decision)

    def records(self) -> list[dict[str, Any]]:
        """Everything that was decided about any version."""
        return [] if self.is_empty else versions.records(self._open()[1])

    def keep_linkage(self, number: int, told: Mapping[str, Mapping[str, Any]], business_date: date) -> None:
        """Log a generation of the linkage of parties as a run: its parameters and charts, by name."""
        mlflow, client = self._open()
        with mlflow.start_run(experiment_id=self._experiment(client), run_name=f"parties {number} {business_date}"):
            for name, content in told.items():
                mlflow.log_dict(content, f"linkage/{name}.json")

    def models(self) -> list[dict[str, Any]]:
        """Every registered version, newest first: version, aliases, when it was trained, data, metrics, gate."""
        return [] if self.is_empty else versions.listing(self._open()[1])

    @property
    def is_empty(self) -> bool:
        """Whether the embedded store was never written; a store elsewhere is asked."""
        return not self.address and not self.database.exists()

    def _open(self) -> tuple[Any, Any]:
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        import mlflow

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        self.folder.mkdir(parents=True, exist_ok=True)
        mlflow.set_tracking_uri(self.uri)
        mlflow.set_registry_uri(self.uri)
        return mlflow, mlflow.MlflowClient(self.uri, self.uri)

    def _experiment(self, client: Any) -> str:
        """The experiment whose artifacts lie beside this store; a lake that was moved gets one of its own."""
        where = None if self.address else self.artifacts.as_uri()
        name = NAME
        found = client.get_experiment_by_name(name)
        if found is not None and where and found.artifact_location != where:
            name = f"{NAME}-{sha256(where)[:8]}"
            found = client.get_experiment_by_name(name)
        return str(found.experiment_id if found else client.create_experiment(name, artifact_location=where))

    def _read(self, client: Any, found: Any, names: Sequence[str]) -> Bundle:
        version = f"{NAME}-{found.version}"
        try:
            if self.address:
                home = Path(client.download_artifacts(found.run_id, "bundle", tempfile.mkdtemp(prefix="haechi-model-")))
            else:  # By its place beside the store, not by the absolute address kept in it: a lake can be moved.
                home = self.artifacts / found.run_id / "artifacts" / "bundle"
            text, plain = ((home / file).read_bytes().decode() for file in cache.FILES.values())
        except Exception as fault:
            raise InternalError("model.unreadable", f"the files of {version} cannot be read: {fault}",
                                "Restore the lake's _haechi folder from a backup, or train a new model: haechi train.") from fault
        return open_bundle(version, text, plain, _hashes(found), names)

    def _last_verified(self, kept: cache.Kept | None, names: Sequence[str], fault: Exception) -> Champion:
        bundle = cache.read_kept(self.folder / "model", kept, names) if kept else None
        if bundle is None:
            why = f"{type(fault).__name__}: {(str(fault).splitlines() or [''])[0][:200]}"
            raise InternalError("registry.down", f"the model registry cannot be read ({why}) and no verified local model fits",
                                "Start the registry, or check mlflow.tracking_uri.") from fault
        return Champion(bundle, Text(f"모델 저장소에 연결할 수 없어 마지막으로 검증된 모델 {bundle.version} 사용",
                                     f"The model registry cannot be reached; the last verified model {bundle.version} is used"))


def _log_model(mlflow: Any, fitted: Fitted) -> str:
    """Log the model with its signature in MLflow's own form, for people and other tools; Haechi never loads that one."""
    import lightgbm
    import mlflow.lightgbm
    import pandas as pd
    booster = lightgbm.Booster(model_str=fitted.bundle.text)
    sample = pd.DataFrame(fitted.sample[:50], columns=list(fitted.bundle.names))
    signature = mlflow.models.infer_signature(sample, booster.predict(fitted.sample[:50], raw_score=True))
    logged = mlflow.lightgbm.log_model(booster, name="model", signature=signature, registered_model_name=NAME,
                                       pip_requirements=[f"lightgbm=={lightgbm.__version__}"])
    return str(logged.registered_model_version)


def _hashes(found: Any) -> dict[str, str]:
    return {what: found.tags.get(_TAG + what, "") for what in cache.FILES}
