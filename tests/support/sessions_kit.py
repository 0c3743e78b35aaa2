"""Sessions with a clock that tests move, and the host's and a guest's HTTP against a real server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jupyterlab_cohost.core.scope import ScopeItem
from jupyterlab_cohost.core.session import HostUser, Session
from jupyterlab_cohost.core.sessions import Sessions
from jupyterlab_cohost.core.sessions_store import NoStore, SessionStore
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS, Limits

from .server import HEADERS, JupyterProcess

HOST = HostUser("ada", "Ada")


class FakeClock:
    """Time stands still until ``pass_time``."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return self.time

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        timer = (self.time + seconds, callback)
        self.timers.append(timer)

        def cancel() -> None:
            if timer in self.timers:
                self.timers.remove(timer)

        return cancel

    def pass_time(self, seconds: float) -> None:
        self.time += seconds
        for timer in sorted([timer for timer in self.timers if timer[0] <= self.time], key=lambda timer: timer[0]):
            if timer in self.timers:
                self.timers.remove(timer)
                timer[1]()


@dataclass
class Kit:
    """Sessions, their clock, and what subscribers were told."""

    store: SessionStore = field(default_factory=NoStore)
    limits: Limits = DEFAULT_LIMITS
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.store, self.clock, self.limits)
        self.events: list[dict[str, Any]] = []
        self.sessions.subscribe(self.events.append)

    def share(self, *paths: str, **options: Any) -> Session:
        """A session of files, or folders when they end with a slash."""
        items = [ScopeItem(path.rstrip("/"), "directory" if path.endswith("/") else "file") for path in paths]
        return self.sessions.create(scope=items or [ScopeItem("a.txt", "file")], host=HOST, **options)

    def enter(self, session: Session, role: Any, name: str = "Bo") -> Any:
        """A guest who is in."""
        invite = self.sessions.invite(session.id, role, knock=False)
        return self.sessions.door.join(session.id, invite.secret, name, None, "10.0.0.1")

    @property
    def told(self) -> list[str]:
        return [event["type"] for event in self.events]


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def cookie(self) -> str:
        """``name=value`` of the cookie that was set."""
        return self.headers.get("Set-Cookie", "").split(";")[0]


def request(url: str, method: str = "GET", body: object = None, headers: dict[str, str] | None = None) -> Answer:
    """One HTTP request; JSON is decoded."""
    data = None if body is None else json.dumps(body).encode()
    sent = urllib.request.Request(url, data, headers or {}, method=method)
    try:
        with urllib.request.urlopen(sent, timeout=40) as answer:
            return _answer(answer.status, answer)
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error)


def _answer(status: int, answer: Any) -> Answer:
    text = answer.read().decode()
    is_json = "json" in answer.headers.get("Content-Type", "") and text
    return Answer(status, json.loads(text) if is_json else text, dict(answer.headers))


def host(server: JupyterProcess, method: str, path: str, body: object = None) -> Answer:
    """The host's REST, with the server's token."""
    return request(f"{server.origin}/cohost/api/{path}", method, body, HEADERS)


def shared(server: JupyterProcess, path: str = "a.txt", *, kind: str = "ad-hoc", **invite: Any) -> dict[str, Any]:
    """A session with one link; ``secret`` is added to the answer."""
    invite = {"role": "editor", "knock": False, **invite}
    answer = host(server, "POST", "sessions", {"scope": [{"path": path}], "kind": kind, "invite": invite})
    assert answer.status == 201, answer.body
    return {**answer.body, "secret": answer.body["invites"][0]["link"].split("#")[1]}


def guest(
    server: JupyterProcess, session_id: str, path: str, body: object = None, *, cookie: str = "", method: str = "POST"
) -> Answer:
    """What the guest's page sends."""
    headers = {"Origin": server.origin, **({"Cookie": cookie} if cookie else {})}
    return request(f"{server.origin}/cohost/g/{session_id}/{path}", method, body, headers)
