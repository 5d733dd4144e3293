"""Clients of a console: people who open pages one after the other, and programs that ask for scores, each on a thread and a connection of its own."""

import http.client
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

Headers = dict[str, str]


@dataclass
class Answered:
    """Seconds of each kind of request, bytes of the greatest answer of each, and what was answered otherwise than asked."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    greatest: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failed: list[str] = field(default_factory=list)

    def at(self, kind: str, share: float) -> float:
        """A quantile of a kind, in milliseconds."""
        told = sorted(self.seconds[kind])
        return told[min(len(told) - 1, int(share * len(told)))] * 1000 if told else float("nan")


class Client:
    """One connection, kept open."""

    def __init__(self, address: str, headers: Headers | None = None) -> None:
        self.host = urlsplit(address).netloc
        self.headers = dict(headers or {})
        self._connection = http.client.HTTPConnection(self.host, timeout=120)

    def ask(self, method: str, path: str, body: str | None = None, headers: Headers | None = None) -> tuple[int, Headers, bytes]:
        """Status, headers and body; a connection that the server let go while nothing was asked is opened anew."""
        for is_last in (False, True):
            try:
                self._connection.request(method, path, body, self.headers | (headers or {}))
                answer = self._connection.getresponse()
                break
            except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
                self._connection.close()
                if is_last:
                    raise
        told = answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, told

    def sign_in(self, name: str, password: str) -> str:
        """Become someone; the token of their forms."""
        status, headers, _ = self.ask("POST", "/sign-in", urlencode({"name": name, "password": password}),
                                      {"Content-Type": "application/x-www-form-urlencoded"})
        if status != 303:
            raise ConnectionError(f"{name} was not signed in: {status}")
        self.headers["Cookie"] = headers["set-cookie"].split(";")[0]
        found = re.search(rb'data-form-token="([0-9a-f]+)"', self.ask("GET", "/password")[2])
        return found[1].decode() if found else ""

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def read_pages(address: str, people: Sequence[tuple[str, str]], shipments: Sequence[str], seconds: float, pause: float, seed: int) -> Answered:
    """Everybody opens the queue and shipments in turn for so long, with a pause after each page."""
    told, lock = Answered(), threading.Lock()

    def work(number: int) -> None:
        client, draw = Client(address), random.Random(seed * 1000 + number)
        client.sign_in(*people[number])
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for kind, path in (("queue", "/tonight"), ("shipment", f"/shipments/{draw.choice(shipments)}")):
                _timed(client, kind, ("GET", path, None), told, lock)
                time.sleep(pause)
        client.close()

    _together(work, len(people))
    return told


def ask_scores(clients: Sequence[Client], requests: Callable[[random.Random], tuple[str, str, str]], times: int, seed: int) -> tuple[Answered, float]:
    """Each client asks so many times; the answers, and how many were answered a second."""
    told, lock = Answered(), threading.Lock()

    def work(number: int) -> None:
        draw = random.Random(seed * 1000 + number)
        for _ in range(times):
            _timed(clients[number], "score", requests(draw), told, lock)

    began = time.perf_counter()
    _together(work, len(clients))
    return told, len(clients) * times / (time.perf_counter() - began)


def _timed(client: Client, kind: str, request: tuple[str, str, str | None], told: Answered, lock: threading.Lock) -> None:
    began = time.perf_counter()
    status, _, body = client.ask(*request)
    took = time.perf_counter() - began
    with lock:
        told.seconds[kind].append(took)
        told.greatest[kind] = max(told.greatest[kind], len(body))
        if status != 200:
            told.failed.append(f"{status} {request[1]}")


def _together(work: Callable[[int], None], many: int) -> None:
    """The same work on so many threads; the first fault of any is raised."""
    faults: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


@contextmanager
def connected(address: str, many: int, headers: Headers) -> Iterator[list[Client]]:
    """So many open connections."""
    clients = [Client(address, headers) for _ in range(many)]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()
