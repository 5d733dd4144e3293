"""Bundle: all that scoring needs of one model, as plain text and numbers; what is registered, cached and shipped."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lakehouse.errors import InternalError
from models.calibration import Amount, Calibration
from models.encoding import Encoding
from models.support import Support
from models.verify import verify_model

Floats = npt.NDArray[np.float64]
FORM = 1


@dataclass(frozen=True)
class Term:
    """What the declared prior adds when a feature reaches a threshold (falls to it where `sign` is -1)."""

    feature: str
    threshold: float
    log_odds: float
    sign: int = 1


@dataclass(frozen=True)
class Bundle:
    """One model: a verified LightGBM text, or the terms of the declared prior where `text` is empty.

    `exposure` names the column of duty and taxes at stake (KRW), NULL or absent where not known. `reference` is what
    drift is measured against, `support` how far outcomes alike bear a probability out; models of before have none.
    """

    version: str
    encoding: Encoding
    text: str = ""
    terms: tuple[Term, ...] = ()
    base: float = 0.0
    calibration: Calibration = field(default_factory=Calibration)
    amount: Amount = field(default_factory=Amount)
    exposure: str = "exposure_krw"
    reference: Mapping[str, Any] = field(default_factory=dict)
    support: Support = field(default_factory=Support)

    @property
    def names(self) -> tuple[str, ...]:
        """Feature names in the order of the contributions."""
        return self.encoding.names

    def named(self, version: str) -> "Bundle":
        """The same model under its registered version."""
        return replace(self, version=version)

    @property
    def digest(self) -> str:
        """The hash of all that it scores by; the name of a prior says no more than that it is one."""
        return sha256(self.text + self.to_json())

    def to_json(self) -> str:
        """Everything but the model text and the version, keys sorted."""
        return json.dumps({
            "form": FORM, "encoding": self.encoding.to_json(), "base": self.base, "exposure": self.exposure,
            "terms": [[t.feature, t.threshold, t.log_odds, t.sign] for t in self.terms],
            "calibration": self.calibration.to_json(), "amount": self.amount.to_json(), "reference": self.reference,
            # Left out where there is none: a model of before keeps the hash that its explanations name.
            **({"support": self.support.to_json()} if self.support.points else {}),
        }, sort_keys=True, ensure_ascii=False)


def sha256(text: str) -> str:
    """The hash by which a model file is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def open_bundle(version: str, text: str, plain: str, hashes: Mapping[str, str], names: Sequence[str]) -> Bundle:
    """The bundle of its two files, after their hashes, the features asked for and every index were found right."""
    for what, content in (("model", text), ("bundle", plain)):
        if hashes.get(what) != sha256(content):
            raise InternalError("model.tampered", f"the {what} file of {version} is not the one that was registered (sha256 differs)",
                                "Restore the lake's _haechi folder from a backup, or train a new model: haechi train.")
    bundle = read_plain(version, text, plain)
    gone = sorted(set(bundle.names) - set(names))
    if gone:  # A feature declared since is no fault: the model does not ask for it.
        raise InternalError("model.features", f"{version} was trained on features that are declared no more: {gone[:5]}",
                            "Train and promote a model with the declared features: haechi train.")
    verify_model(text, bundle.names)
    return bundle


def read_plain(version: str, text: str, plain: str) -> Bundle:
    """The bundle that `to_json` wrote, with its model text, neither of them checked against a hash."""
    try:
        given = json.loads(plain)
        if given["form"] != FORM:
            raise InternalError("model.form", f"{version} was written in form {given['form']}, this release reads {FORM}",
                                "Train a new model: haechi train.")
        return Bundle(version, Encoding.from_json(given["encoding"]), text, tuple(Term(*term) for term in given["terms"]),
                      given["base"], Calibration.from_json(given["calibration"]), Amount.from_json(given["amount"]),
                      given["exposure"], given["reference"], Support.from_json(given["support"]) if "support" in given else Support())
    except (KeyError, TypeError, ValueError) as fault:
        raise InternalError("model.tampered", f"the bundle of {version} cannot be read: {fault!r}",
                            "Restore the lake's _haechi folder from a backup, or train a new model: haechi train.") from fault
