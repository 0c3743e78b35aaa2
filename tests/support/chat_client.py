"""A raw chat client: real signatures over aiohttp, and the freedom to lie."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from typing import Any

import aiohttp
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class ChatPage:
    """One page's keys and its entries; ``person`` is what it claims to be."""

    def __init__(self, session: str, person: str) -> None:
        self.session, self.person = session, person
        self.private = Ed25519PrivateKey.generate()
        self.key = b64(self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self.seal = b64(secrets.token_bytes(32))
        self.seq = self.time = 0

    def hello(self) -> dict[str, Any]:
        return {"type": "hello", "version": 1, "key": self.key, "seal": self.seal, "digest": ""}

    def entry(self, kind: str = "message", text: str | None = None, **fields: Any) -> dict[str, Any]:
        """The next entry, signed; ``fields`` replace what stands in it."""
        self.seq, self.time = self.seq + 1, self.time + 1
        entry: dict[str, Any] = {
            "author": self.person,
            "key": self.key,
            "seq": self.seq,
            "time": self.time,
            "kind": kind,
        }
        body = None
        if text is not None:
            body = {"salt": b64(secrets.token_bytes(16)), "text": text}
            hashed = hashlib.sha256((body["salt"] + text).encode()).digest()
            entry |= {"hash": b64(hashed), "size": len(text)}
        entry |= fields
        signed = rfc8785.dumps({"session": self.session, **entry})
        return {**entry, "signature": b64(self.private.sign(signed)), **({"body": body} if body else {})}


def reference(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("author", "key", "seq", "time")}


class ChatSocketClient:
    """A page on a real socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket, self.heard = socket, list[dict[str, Any]]()
        self.page: ChatPage | None = None

    async def enter(self, session: str, person: str) -> dict[str, Any]:
        self.page = ChatPage(session, person)
        await self.say(self.page.hello())
        welcome = await self.hear("welcome")
        self.page.person = welcome["person"]["id"]
        return welcome

    async def say(self, message: Any) -> None:
        await self.socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def post(self, entry: dict[str, Any]) -> None:
        await self.say({"type": "post", "entry": entry})

    async def hear(self, kind: str, timeout: float = 20, **fields: Any) -> dict[str, Any]:
        """The next message of this kind (with these fields); those before it are passed over."""

        async def look() -> dict[str, Any]:
            while True:
                for at, message in enumerate(self.heard):
                    if message["type"] == kind and all(message.get(k) == v for k, v in fields.items()):
                        del self.heard[: at + 1]
                        return message
                self.heard.clear()
                frame = await self.socket.receive()
                if frame.type != aiohttp.WSMsgType.TEXT:
                    raise AssertionError(f"closed with {self.socket.close_code}")
                self.heard.extend(json.loads(frame.data))

        return await asyncio.wait_for(look(), timeout)
