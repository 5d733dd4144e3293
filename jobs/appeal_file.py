"""Files of one shipment, written under a seal and verified against it and against the lake."""

import json
from pathlib import Path
from typing import Any

from jobs.appeal import Edition, explanation_hash, file_content
from jobs.seal import Seal, blank, fingerprint, key_of, opened, sealed
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from lakehouse.text import Language

_FORMS = (".html", ".json")


def file_text(lake: Lake, shipment_id: str, edition: Edition, form: str, language: Language, settings: Settings) -> str:
    """The sealed text of a file; `form` is its suffix, .html or .json."""
    if form not in _FORMS:
        raise CallerError("file.form", f"'{form}' is no form of file", f"Give --out a name that ends in {' or '.join(_FORMS)}.")
    key = key_of(settings)
    content = file_content(lake, shipment_id, edition)
    line = blank(Seal(edition, shipment_id, content["scored_at"], content["explanation_hash"], fingerprint(key)))
    if form == ".json":
        return sealed(json.dumps({"seal": line, "content": content}, ensure_ascii=False, indent=1) + "\n", key)
    from jobs.appeal_page import page

    return sealed(page(content, language, line), key)


def verified(path: Path, lake: Lake | None, settings: Settings) -> dict[str, Any]:
    """What `haechi verify` tells of an intact file; CallerError says in one line what is wrong. Without a lake only the seal is looked at."""
    try:
        text = path.read_bytes().decode()
    except OSError:
        raise CallerError("file.missing", f"{path} cannot be read", "Give a file that haechi explain --out wrote.") from None
    except UnicodeDecodeError:
        raise CallerError("file.tampered", f"{path.name} is not as it was made: it is not plain text any more",
                          "Ask who sent it for the file as it was made.") from None
    seal = opened(text, path.name, key_of(settings))
    told = {"file": str(path), "intact": True, "edition": seal.edition, "shipment_id": seal.shipment_id, "scored_at": seal.as_of, "key": seal.key}
    if lake is None:
        return told | {"lake": "not_checked"}
    try:
        is_same = explanation_hash(lake, seal.shipment_id, seal.as_of) == seal.explanation
    except CallerError:  # The lake holds no such score, or not what it rests on.
        is_same = False
    if not is_same:
        raise CallerError("file.differs", f"{path.name} is intact, but the lake holds another explanation of {seal.shipment_id} as of {seal.as_of}",
                          "Check --lake, and the lake's audit of changes.")
    return told | {"lake": "same"}
