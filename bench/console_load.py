"""Part `console_load`: the console over a night of a million scored shipments, copies of the night of the lake in HAECHI_LAKE."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

from bench import Asked, console_scores, inputs
from bench.console_clients import Answered, Client, read_pages
from bench.console_desk import CLAIMERS, READERS, Desk
from bench.console_world import copied
from bench.page import table
from bench.sides import Spread
from haechi import running
from jobs.manifest import latest, publish
from jobs.serving import build
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.settings import Settings

PAGE, TITLE = Path("docs/console-load.md"), "The console under load"
ROUNDS, SECONDS = 3, 30.0
_PAUSES = (0.0, 0.5)


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section: pages, pages while a night is published, claims, scores beside MLflow's server."""
    folder = inputs.fresh(asked.work / "bench" / "console-load")
    say(f"a night of {asked.shipments:,} shipments")
    lake = copied(running.readable_lake(os.environ.get("HAECHI_LAKE", "./lake")), folder / "lake", asked.shipments)
    publication = latest(lake)
    assert publication is not None
    say("its serving file")
    began, spent = time.perf_counter(), time.process_time()
    file = build(lake, publication)
    head = (f"Run on {now():%Y-%m-%d}. {{:,}} shipments scored in the night; the serving file takes {file.stat().st_size / 1e9:.1f} GB, "
            f"{time.perf_counter() - began:.0f} s and {time.process_time() - spent:.0f} processor seconds. Clients and console share this machine; "
            f"least / middle / greatest of {ROUNDS} rounds.")
    desk = Desk(lake, settings)
    with desk.open() as address:
        say("pages")
        rows = [_pages(desk, address, pause, say) for pause in _PAUSES]
        busy = _while_publishing(desk, address, say)
        won = _claims(desk, address)
        say("scores")
        scores = console_scores.measured(desk, address, say)
    shutil.rmtree(folder, ignore_errors=True)
    columns = ("clients", "pause", "queue p50 ms", "queue p95 ms", "shipment p50 ms", "shipment p95 ms", "pages a second", "not answered")
    told = table(columns, [*rows, busy])
    return f"## Pages, claims and scores\n\n{head.format(desk.scored)}\n\n{told}\n\n{desk.weights}\n\n{won}\n\n{scores}"


def _pages(desk: Desk, address: str, pause: float, say: Callable[[str], None]) -> tuple[str, ...]:
    read_pages(address, desk.people, desk.shipments, SECONDS / 6, pause, 0)
    rounds = [read_pages(address, desk.people, desk.shipments, SECONDS, pause, 1 + number) for number in range(ROUNDS)]
    row = _row(desk, f"{pause:g} s", rounds, SECONDS)
    say(", ".join(row))
    return row


def _row(desk: Desk, named: str, rounds: list[Answered], seconds: float) -> tuple[str, ...]:
    for one in rounds:
        for kind, size in one.greatest.items():
            desk.greatest[kind] = max(desk.greatest[kind], size)
    told = [str(Spread.of([one.at(kind, share) for one in rounds])) for kind in ("queue", "shipment") for share in (0.5, 0.95)]
    rate = Spread.of([sum(map(len, one.seconds.values())) / seconds for one in rounds])
    return f"{READERS}", named, *told, str(rate), f"{sum(len(one.failed) for one in rounds)}"


def _while_publishing(desk: Desk, address: str, say: Callable[[str], None]) -> tuple[str, ...]:
    """Pages read while another run of the same shipments is built and published, in a process of its own as a night is."""
    again = replace(desk.publication, run_id=desk.publication.run_id + "-again")
    program = ("import sys; from bench.console_load import publish_again; publish_again(sys.argv[1])")
    builder = subprocess.Popen([sys.executable, "-c", program, desk.lake.root])
    rounds: list[Answered] = []
    began = time.perf_counter()
    while builder.poll() is None:
        rounds.append(read_pages(address, desk.people, desk.shipments, SECONDS, 0.5, 50 + len(rounds)))
    assert builder.returncode == 0
    rounds.append(read_pages(address, desk.people, desk.shipments, SECONDS / 3, 0.5, 99))
    serves = json.loads(Client(address).ask("GET", "/health")[2])["run_id"]
    row = _row(desk, f"0.5 s, a run published meanwhile ({time.perf_counter() - began:.0f} s)", rounds[:-1], SECONDS)
    say(f"{', '.join(row)}; serves {serves == again.run_id}")
    return row


def publish_again(root: str) -> None:
    """Build and publish the newest run of a lake once more under another name."""
    lake = Lake(root)
    publication = latest(lake)
    assert publication is not None
    again = replace(publication, run_id=publication.run_id + "-again")
    build(lake, again)
    publish(lake, again)


def _claims(desk: Desk, address: str) -> str:
    """Everybody claims the same shipment at once."""
    winners: list[int] = []
    for number in range(ROUNDS):
        tokens = {}
        clients = [Client(address) for _ in range(CLAIMERS)]
        for place, client in enumerate(clients):
            tokens[place] = client.sign_in(f"load{place}", desk.password)
        path = f"/shipments/{desk.shipments[number]}/claim"
        wait = [Thread(target=_claim, args=(client, path, tokens[place])) for place, client in enumerate(clients)]
        for one in wait:
            one.start()
        for one in wait:
            one.join()
        winners.append(desk.holders(desk.shipments[number]))
    return f"{CLAIMERS} claims of one shipment at once: " + ", ".join(f"{each}" for each in winners) + " hold it after each round (asked: 1)."


def _claim(client: Client, path: str, token: str) -> None:
    client.ask("POST", path, urlencode({"_form": token}), {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{client.host}"})
    client.close()
