"""One writer: a run holds the lease on the lake; the kernel lets go of it when its process dies."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lakehouse.clock import now
from lakehouse.errors import LeaseHeldError


@contextmanager
def lease(folder: Path, purpose: str) -> Iterator[None]:
    """Hold the lease for the length of a block; LeaseHeldError names who holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lease"
    with path.open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LeaseHeldError("lease.held", f"The lake is held by {_holder(path)}", "Wait for it to end, then run again.") from None
        stream.truncate(0)
        stream.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "purpose": purpose, "since": now().isoformat()}))
        stream.flush()
        yield


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return f"{held['purpose']} (process {held['pid']} on {held['host']}, since {held['since']})"
    except (OSError, ValueError, KeyError):
        return "another run"
