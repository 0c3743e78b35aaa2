"""A try with a link's secret as it comes over the wire, read no further than it takes to know whether to refuse it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.netutil import is_valid_ip

#: A longer body is no try with a link's secret. Bytes.
MAX_BODY = 16 * 1024
#: Head and body, of what is looked at here. Bytes.
MAX_REQUEST = 2 * MAX_BODY
#: What a person of the hub comes with, or goes to sign in with, in place of a secret.
_WITHOUT_SECRET = {"assertion", "again", "offered"}
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,5})[ \t]*(?=\r\n|$)")
_ADDRESS = re.compile(rb"\r\n(x-forwarded-for|x-real-ip):[ \t]*([^\r\n]*)")
#: Bodies that come in another way.
_OTHERWISE = (b"\r\ntransfer-encoding:", b"\r\nexpect:", b"\r\ncontent-encoding:")


@dataclass(frozen=True)
class Try:
    """``forwarded``: as ``named_addresses``."""

    session: str
    body: bytes
    forwarded: tuple[str, ...]


class TryReader:
    """``base_url``: the server's, with a slash at the end."""

    def __init__(self, base_url: str) -> None:
        self._start = f"POST {base_url}cohost/g/".encode()
        self._line = re.compile(
            re.escape(self._start) + rb"([A-Za-z0-9_-]{1,64})/(?:join|invite|sign-in)(?:\?[^ ]*)? HTTP/1\.[01]"
        )

    def read(self, data: bytes) -> Try | bool:
        """``False``: this is something else, or longer than what is looked at; ``True``: the rest is not here yet."""
        if not data.startswith(self._start):
            return len(data) < len(self._start) and self._start.startswith(data)
        head, ended, body = data.partition(b"\r\n\r\n")
        if not ended:
            return len(data) < MAX_REQUEST
        line = self._line.fullmatch(head.partition(b"\r\n")[0])
        fields = head.lower()
        length = _LENGTH.search(fields)
        if line is None or length is None or any(other in fields for other in _OTHERWISE):
            return False
        size = int(length[1])
        if size > MAX_BODY or len(head) > MAX_REQUEST - MAX_BODY - 4:
            return False
        if len(body) < size:
            return True
        return Try(line[1].decode(), body[:size], _forwarded(fields))


def _forwarded(fields: bytes) -> tuple[str, ...]:
    named: dict[bytes, list[bytes]] = {b"x-real-ip": [], b"x-forwarded-for": []}
    for name, value in _ADDRESS.findall(fields):
        named[name].append(value)
    return named_addresses(*(b",".join(values).decode("latin-1") for values in named.values()))


def named_addresses(real: str, forwarded: str) -> tuple[str, ...]:
    """What ``X-Real-Ip`` says, and what ``X-Forwarded-For`` says last, where they are addresses.

    tornado takes the first that there is. But a proxy sets one of the two and passes on what a client says in the
    other (JupyterHub's: the second), so that both count.
    """
    found = (real.strip(), forwarded.rpartition(",")[2].strip())
    return tuple(address for address in found if address and is_valid_ip(address))


def addresses(request: HTTPServerRequest, trusted: bool) -> tuple[str, ...]:
    """Where a request comes from; ``trusted``: a proxy's headers count."""
    headers = request.headers
    named = named_addresses(headers.get("X-Real-Ip", ""), headers.get("X-Forwarded-For", "")) if trusted else ()
    return named or (request.remote_ip or "",)


def secret_in(body: bytes) -> tuple[bool, Any]:
    """Whether this body tries a secret (everything but what people of a hub come with), and the secret."""
    value = _object(body)
    return "secret" in value or value.keys().isdisjoint(_WITHOUT_SECRET), value.get("secret")


def _object(body: bytes) -> dict[str, Any]:
    """The request's JSON object; {} for everything that is none."""
    if len(body) > MAX_BODY:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
