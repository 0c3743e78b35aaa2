"""Sessions: list, create, look at, change, end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.invites import Invite
from ...core.scope import Scope, ScopeItem, normal_path
from ...core.session import Session
from ...core.sessions_links import UNSET
from ...protocol.errors import BadRequest
from . import fields
from .base import HostHandler, is_host, reads, writes
from .invites import read_invite
from .scope_items import count_files, existing_items, item_type, missing


class SessionsHandler(HostHandler):
    """All sessions."""

    @reads
    async def get(self) -> None:
        self.answer({"sessions": [await self.model(session) for session in self.sessions.live()]})

    @writes
    async def post(self) -> None:
        body = self.body()
        fields.only(body, "title", "scope", "kind", "knock", "kernel_restart", "invite", "host_name")
        self.services.other.check_host()
        await self.require_contents()
        invite = None
        if body.get("invite") is not None:
            invite = read_invite(body["invite"])
            await self.require_grant(invite["role"])
        host = self.host_user(fields.text(body, "host_name"))
        # One name in all sessions.
        self.sessions.names.host(host.name, lambda other: is_host(self.current_user, other))
        session = self.sessions.create(
            title=fields.text(body, "title"),
            kind=fields.kind(body),
            knock=fields.flag(body, "knock"),
            kernel_restart=bool(fields.flag(body, "kernel_restart")),
            scope=await existing_items(self.contents_manager, fields.items(body, "scope")),
            host=host,
        )
        made = None if invite is None else self._first_invite(session, invite)
        model = await self.model(session)
        if made is not None:
            model["invites"][0].update(self.way_in(session, made))
        self.answer(model, 201)

    def _first_invite(self, session: Session, invite: dict[str, Any]) -> Invite:
        try:
            return self.sessions.invite(session.id, **invite)
        except BaseException:
            self.sessions.end(session.id)
            raise


class SessionHandler(HostHandler):
    """One session."""

    @reads
    async def get(self, session_id: str) -> None:
        session = self.sessions.get(session_id)
        model = await self.model(session)
        model["missing"] = await missing(self.contents_manager, session.scope)
        self.answer(model)

    @writes
    async def patch(self, session_id: str) -> None:
        body = self.body()
        fields.only(body, "title", "scope", "add", "remove", "knock", "kernel_restart")
        session = self.sessions.get(session_id)
        scope = await self._changed_scope(session, body)
        title = fields.text(body, "title") if "title" in body else None
        knock = fields.flag(body, "knock") if "knock" in body else UNSET
        restart = fields.flag(body, "kernel_restart")
        self.sessions.change(session_id, title=title, scope=scope, knock=knock, kernel_restart=restart)
        self.answer(await self.model(session))

    async def _changed_scope(self, session: Session, body: dict[str, Any]) -> Iterable[ScopeItem] | None:
        if not {"scope", "add", "remove"} & set(body):
            return None
        await self.require_contents()
        if "scope" in body:
            kept = await existing_items(self.contents_manager, fields.items(body, "scope"))
        else:
            kept = list(session.scope.items)
        removed = body.get("remove", [])
        if not isinstance(removed, list):
            raise BadRequest("'remove' must be a list of paths.")
        out = {normal_path(path) for path in removed}
        added = await existing_items(self.contents_manager, fields.items(body, "add") if "add" in body else [])
        return [item for item in kept if item.path not in out] + added

    @writes
    async def delete(self, session_id: str) -> None:
        self.sessions.end(session_id)
        self.done()


class ScopePreviewHandler(HostHandler):
    """What guests would see, before it is shared."""

    @reads
    async def post(self) -> None:
        contents, items, absent = self.contents_manager, [], []
        for path, _ in fields.items(self.body(), "scope"):
            normal = normal_path(path)
            found = await item_type(contents, normal)
            if found is None:
                absent.append(normal)
            else:
                items.append(ScopeItem(normal, found))
        scope = Scope(items)
        count = await count_files(contents, scope)
        self.answer(
            {
                "items": [{"path": item.path, "type": item.type} for item in scope.items],
                "files": count.files,
                "more": count.more,
                "text": f"{_many(len(scope.items), 'item')}, {_many(count.files, 'file', more=count.more)}",
                "missing": absent,
            }
        )


def _many(number: int, word: str, *, more: bool = False) -> str:
    return f"{'more than ' if more else ''}{number:,} {word}{'' if number == 1 else 's'}"


class ReachabilityHandler(HostHandler):
    """From where links of this server can be opened."""

    @reads
    async def get(self) -> None:
        self.answer(self.reach().to_json())
