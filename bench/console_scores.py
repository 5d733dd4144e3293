"""Score and explain over HTTP: its tail, and its rate beside MLflow's own server with the same model."""

import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.console_clients import ask_scores, connected
from bench.console_desk import Desk, free_port, started
from bench.sides import Spread
from jobs.past import model_of

ROUNDS, SCORES = 3, 400


def measured(desk: Desk, address: str, say: Callable[[str], None]) -> str:
    """Score and explain over HTTP, one client for the tail and as many as processors for the rate, beside MLflow's server with the same model."""
    some = desk.shipments[:50]
    many = os.cpu_count() or 1

    def ours(draw: random.Random) -> tuple[str, str, str]:
        return "POST", f"/api/v1/shipments/{draw.choice(some)}/score", '{"facts": {}}'

    headers = {"Authorization": f"Bearer {desk.key}", "Content-Type": "application/json"}
    tails: list[float] = []
    with connected(address, 1, headers) as [client]:
        ask_scores([client], ours, 100, 0)
        for number in range(ROUNDS):
            told, _ = ask_scores([client], ours, SCORES, 1 + number)
            assert not told.failed, told.failed[:3]
            tails.append(told.at("score", 0.99))
    rates: list[tuple[float, float]] = []
    of_json = {"Content-Type": "application/json"}
    with _served_by_mlflow(desk) as (served, body), connected(address, many, headers) as mine, connected(served, many, of_json) as theirs:
        for number in range(ROUNDS + 1):
            fast, slow = ask_scores(mine, ours, SCORES, number), ask_scores(theirs, lambda _: ("POST", "/invocations", body), SCORES, number)
            assert not fast[0].failed and not slow[0].failed, (fast[0].failed[:3], slow[0].failed[:3])
            rates.append((fast[1], slow[1]))
    mine_, bare, ratio = (Spread.of(each) for each in zip(*((a, b, a / b) for a, b in rates[1:]), strict=True))
    say(f"score p99 {Spread.of(tails)} ms, {ratio} x MLflow")
    return (f"Score and explain, warm, one client: p99 {Spread.of(tails)} ms (asked: 50). With {many} clients {mine_} a second, "
            f"`mlflow models serve` with the same model, score alone, {bare}: {ratio} times (asked: 2).")


@contextmanager
def _served_by_mlflow(desk: Desk) -> Iterator[tuple[str, str]]:
    """MLflow's own server with the night's model: its address, and the body of a request for one row."""
    import lightgbm
    import mlflow.lightgbm
    import numpy as np

    bundle = model_of(desk.lake, str(desk.publication.summary["model"]), desk.publication.at)
    assert bundle.text, "the night was ranked by the prior: a lake with a model is needed"
    booster = lightgbm.Booster(model_str=bundle.text)
    path = Path(desk.lake.root).with_name("mlflow-model")
    mlflow.lightgbm.save_model(booster, str(path))
    row = np.random.default_rng(1).normal(size=booster.num_feature()).tolist()
    body = json.dumps({"dataframe_split": {"columns": booster.feature_name(), "data": [row]}})
    port = free_port()
    binaries = str(Path(sys.executable).parent)
    command = [f"{binaries}/mlflow", "models", "serve", "-m", str(path), "--env-manager", "local", "--port", f"{port}", "--workers", "1"]
    with started(command, f"http://127.0.0.1:{port}/ping", os.environ | {"PATH": f"{binaries}:{os.environ['PATH']}"}) as address:
        yield address, body
