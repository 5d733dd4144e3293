"""Malformed messages of every form: none crashes, none is lost, each that is refused says why, where and what it was."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from accounted import Row, faults, land, take
from good_messages import Form, forms
from mutations import mutant

from feeds.registry import BY_NAME

# The full sweep, `python -m bench.malformed`, takes 10,000 a form.
A_FORM = 150
REFUSED_AS_SENT = {"cargo_progress", "carrier_event"}


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.name)
def test_good_messages_are_taken(form: Form, tmp_path: Path) -> None:
    for feed, message in form.messages:
        (tmp_path / "m").write_bytes(message)
        rows = land(feed, tmp_path / "m")
        take(feed, rows)
        # Some samples are answers of error, and some were made wrong on purpose.
        assert feed in REFUSED_AS_SENT or not [row["refusal"] for row in rows if row["refusal"]]


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.name)
def test_malformed_messages_are_accounted_for(form: Form, tmp_path: Path) -> None:
    found: dict[str, list[Row]] = defaultdict(list)
    for number in range(A_FORM):
        feed, message = mutant(form, number)
        path = tmp_path / f"{number}.{form.kind if form.kind in ('zip', 'gz') else 'msg'}"
        path.write_bytes(message)
        found[feed] += land(feed, path)
    for feed, rows in found.items():
        take(feed, rows)
    refusals = [row["refusal"] for rows in found.values() for row in rows if "ordinal" in row]
    assert 0.1 < sum(map(bool, refusals)) / len(refusals) < 0.95


def test_every_feed_has_good_and_malformed_messages() -> None:
    assert {feed for form in forms() for feed, _ in form.messages} == set(BY_NAME)


def test_a_mutant_is_the_same_every_time() -> None:
    for form in forms():
        assert [mutant(form, number) for number in range(20)] == [mutant(form, number) for number in range(20)]
        assert len({mutant(form, number)[1] for number in range(50)}) > 45


def test_what_is_not_accounted_for_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    form = next(form for form in forms() if form.name == "JSON Lines")
    feed, message = form.messages[0]
    (tmp_path / "m").write_bytes(message)
    rows = land(feed, tmp_path / "m")
    assert faults(feed, rows[1:]) and faults(feed, rows[::-1]) and faults(feed, [])
    for wrong in ({"refusal": "no.such"}, {"raw": ""}, {"position": ""}, {"record_key": None}, {"raw": "x" * 20_000_000}, {"file_records": 9}):
        assert faults(feed, [rows[0] | wrong, *rows[1:]])
    # A reader that drops a record is caught.
    lossy = replace(BY_NAME[feed], read=lambda text, bounds: list(form_reader(text, bounds))[1:])
    form_reader = BY_NAME[feed].read
    monkeypatch.setitem(BY_NAME, feed, lossy)
    with pytest.raises(AssertionError, match="counted"):
        land(feed, tmp_path / "m")
