"""Writes the day folders: archives of messages and lines of outcomes, the same bytes for the same world."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

# Every member bears the earliest time a zip can hold, so that archives do not depend on when they were made.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
UNIX, PLAIN_FILE = 3, 0o644 << 16


def write_archive(path: Path, members: Iterable[tuple[str, bytes]]) -> int:
    """Write members into a zip in the order given; writes no file for none. Gives how many."""
    pending = list(members)
    if not pending:
        return 0
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in pending:
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system, entry.external_attr, entry.compress_type = UNIX, PLAIN_FILE, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole.getbuffer())
    return len(pending)


def write_lines(path: Path, lines: list[str]) -> int:
    """Write lines of UTF-8 text; writes no file for none. Gives how many."""
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(("\n".join(lines) + "\n").encode())
    return len(lines)
