"""An honest join while somebody tries wrong secrets a thousand times a second: ``python bench/wrong_secrets.py``.

Starts a server of its own on loopback. Honest people join one after the other; the attack comes and goes every two
seconds, so that both are measured on the same machine at the same time. It comes from one address, or says another
address in every request (``X-Forwarded-For``), which counts only where the server trusts that header. Ends with an
error when joins become more than twice as slow (median), or when the attack is not limited.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import itertools
import json
import multiprocessing
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.server import JupyterProcess
from tests.support.sessions_kit import shared

_PAUSE_S = 0.15  # joins per minute and session are limited too
_WINDOW_S = 2.0
#: A session's limit for a minute, which no measurement takes.
_LOOKED_AT = 600
#: At the start of a window, while it settles.
_LEFT_OUT_S = 0.3


@dataclass(frozen=True)
class Attack:
    """``per_s`` requests in every other window from ``began`` on (monotonic).

    Connections stay open as long as the server lets them, and are opened anew at once when it does not.
    """

    port: int
    session: str
    per_s: int
    began: float
    seconds: float
    connections: int
    spoofed: bool = False

    def run(self, out: Any) -> None:
        """In a process of its own; puts how often each status was answered, and its processor time in seconds."""
        statuses = asyncio.run(self._all())
        out.put((statuses, time.process_time()))

    async def _all(self) -> dict[int, int]:
        found = await asyncio.gather(*(self._one(number) for number in range(self.connections)))
        return dict(sum(found, Counter[int]()))

    async def _one(self, number: int) -> Counter[int]:
        statuses: Counter[int] = Counter()
        line = await asyncio.open_connection("127.0.0.1", self.port)
        every = self.connections / self.per_s
        tries = itertools.cycle([self._request(number % 2 == 0) for _ in range(50)])
        due = self.began + every * number / self.connections
        while due < self.began + self.seconds:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            line[1].write(next(tries))
            status, closed = await _status(line[0])
            statuses[status] += 1
            if closed:
                line[1].close()
                line = await asyncio.open_connection("127.0.0.1", self.port)
            due = max(due + every, time.monotonic() - 1)
            if not is_on(self.began, due):
                window = int((due - self.began) / _WINDOW_S) + 1
                due = self.began + window * _WINDOW_S + every * number / self.connections
        line[1].close()
        return statuses

    def _request(self, joins: bool) -> bytes:
        body = json.dumps({"secret": secrets.token_urlsafe(32), "carrier": "bearer"}).encode()
        address = ".".join(str(secrets.randbelow(254) + 1) for _ in range(4))
        forwarded = f"X-Forwarded-For: {address}\r\n" if self.spoofed else ""
        head = (
            f"POST /cohost/g/{self.session}/{'join' if joins else 'invite'} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n{forwarded}Content-Length: {len(body)}"
        )
        return f"{head}\r\n\r\n".encode() + body


def is_on(began: float, now: float) -> bool:
    return int((now - began) / _WINDOW_S) % 2 == 0


async def _status(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """And whether the server ends the connection with it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
    return int(head.split(" ")[1]), "connection: close" in head


def join(port: int, session: str, secret: str) -> float:
    """One person comes in, on a connection of their own; in milliseconds."""
    body = json.dumps({"secret": secret, "carrier": "bearer"})
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", f"/cohost/g/{session}/join", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    told = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"an honest join was answered {answer.status}: {told.decode()}")
    return took


@dataclass
class Measured:
    """Joins in ms and the server's processor time, by whether there was an attack; what the attack was answered."""

    took: dict[bool, list[float]]
    server_s: dict[bool, float]
    statuses: dict[int, int]
    generator_s: float


def processor_s(server: JupyterProcess) -> float:
    """0 where the system does not tell (no ``/proc``)."""
    assert server.process is not None
    try:
        fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(server: JupyterProcess, session: dict[str, Any], options: argparse.Namespace, spoofed: bool) -> Measured:
    """Joins in quiet windows and under attack, in turn."""
    began, seconds = time.monotonic() + 1, options.seconds * 2
    out: Any = multiprocessing.Queue()
    attack = Attack(server.port, session["id"], options.rate, began, seconds, options.connections, spoofed)
    process = multiprocessing.Process(target=attack.run, args=(out,))
    process.start()
    time.sleep(max(0.0, began - time.monotonic()))
    took: dict[bool, list[float]] = {True: [], False: []}
    server_s = {True: 0.0, False: 0.0}
    while (now := time.monotonic()) < began + seconds:
        attacked, before = is_on(began, now), processor_s(server)
        milliseconds = join(server.port, session["id"], session["secret"])
        if (now - began) % _WINDOW_S > _LEFT_OUT_S and attacked == is_on(began, time.monotonic()):
            took[attacked].append(milliseconds)
        time.sleep(_PAUSE_S)
        server_s[attacked] += processor_s(server) - before
    statuses, generator_s = out.get(timeout=60)
    process.join(30)
    return Measured(took, server_s, statuses, generator_s)


def report(name: str, measured: Measured, seconds: float) -> bool:
    """Prints a line; whether all is well."""
    quiet, attacked, statuses = measured.took[False], measured.took[True], measured.statuses
    ratio = statistics.median(attacked) / statistics.median(quiet)
    tried = sum(statuses.values())
    limited = statuses.get(429, 0) / max(1, tried)
    shown = [f"{statistics.median(t):6.1f} {statistics.quantiles(t, n=20)[-1]:6.1f}" for t in (quiet, attacked)]
    cores = [measured.server_s[False], measured.server_s[True], measured.generator_s]
    shares = " ".join(f"{used / seconds:5.0%}" for used in cores)
    print(
        f"{name:38} {shown[0]}   {shown[1]} {ratio:6.2f} {tried / seconds:6.0f}/s {limited:6.1%} {shares}", flush=True
    )
    return ratio <= 2 and set(statuses) <= {404, 429} and statuses.get(404, 0) <= _LOOKED_AT


def rounds(work: Path, trusted: bool, options: argparse.Namespace) -> bool:
    server = JupyterProcess(work, arguments=[f"--ServerApp.trust_xheaders={trusted}"])
    (server.root / "a.txt").write_text("hello\n")
    server.start()
    try:
        good = True
        for spoofed in (False, True):
            session = shared(server, kind="persistent")
            source = "another address each" if spoofed else "one address"
            name = f"{source}, header {'trusted' if trusted else 'not trusted'}"
            good &= report(name, measure(server, session, options, spoofed), options.seconds)
        return good
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=1000, help="wrong secrets per second")
    parser.add_argument("--connections", type=int, default=200, help="of the one who tries, at a time")
    parser.add_argument("--seconds", type=float, default=10, help="of attack in each measurement")
    options = parser.parse_args()
    print(
        f"{'a join, in ms':38} {'quiet: p50, p95':13} {'attack: p50, p95':13} {'ratio':>4} {'tried':>7} {'429':>7}",
        end="",
    )
    print(" processor: server quiet, attack, generator (of a core)")
    with tempfile.TemporaryDirectory() as folder:
        good = [rounds(Path(folder) / str(trusted), trusted, options) for trusted in (False, True)]
    print("as it should be" if all(good) else "NOT as it should be")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
