"""Finds the running Jupyter server that a path belongs to, and talks to its REST API."""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from .problem import Problem


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token must not travel to another address."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Server:
    """``url`` ends with a slash; ``root`` is None for a server that was named by its address."""

    url: str
    token: str
    root: Path | None = None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON (None when it has none). Raises Problem with the server's own sentence."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"token {self.token}"
        request = urllib.request.Request(f"{self.url}cohost/api/{path}", data, headers, method=method)
        try:
            with self._opener().open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Problem(_sentence(error)) from None
        except (urllib.error.URLError, OSError) as error:
            raise Problem(f"The server at {self.url} does not answer ({getattr(error, 'reason', error)}).") from None
        return json.loads(text) if text else None

    def _opener(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(_NoRedirect(), urllib.request.HTTPSHandler(context=self._tls()))

    def _tls(self) -> ssl.SSLContext | None:
        """This machine's own server often has a certificate that nobody signed: taken on loopback only."""
        if urlsplit(self.url).scheme != "https":
            return None
        context = ssl.create_default_context()
        if urlsplit(self.url).hostname in ("localhost", "127.0.0.1", "::1"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        body = json.loads(error.read())
        if body["code"] != "unauthenticated":
            return str(body["message"])
    except (ValueError, KeyError, TypeError):
        if error.code not in (302, 401, 403):
            return f"This server does not have jupyterlab-cohost, or it is switched off (status {error.code})."
    return "The server did not accept the token. Give its address with --server 'URL?token=…'."


def running() -> list[Server]:
    """This user's running servers, the newest last."""
    from jupyter_server.serverapp import list_running_servers

    return [
        Server(
            info["url"].rstrip("/") + "/",
            info.get("token") or os.environ.get("JUPYTERHUB_API_TOKEN", ""),
            Path(info["root_dir"]),
        )
        for info in list_running_servers()
        if info.get("url", "").startswith("http") and info.get("root_dir")
    ]


def named(address: str) -> Server:
    """A server by its address, with ``?token=`` or the token of the running server of that address."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Problem(f"“{address}” is not the address of a server. It begins with http:// or https://.")
    path = parts.path.rstrip("/").removesuffix("/lab").removesuffix("/tree").rstrip("/") + "/"
    url = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    token = parse_qs(parts.query).get("token", [""])[0]
    for server in running():
        if server.url == url:
            return Server(url, token or server.token, server.root)
    return Server(url, token or os.environ.get("JUPYTER_TOKEN", ""))


def all_or_named(address: str | None) -> list[Server]:
    """Raises Problem when nothing runs."""
    servers = [named(address)] if address else running()
    if not servers:
        raise Problem("No Jupyter server is running. Start one with: jupyter lab")
    return servers


def server_of(paths: Iterable[Path], address: str | None) -> Server:
    """The server whose root holds all the paths; of several, the one with the deepest root. Raises Problem."""
    wanted = [path.resolve() for path in paths]
    servers = all_or_named(address)
    if address:
        return servers[0]
    holding = [server for server in servers if server.root and all(_holds(server.root, path) for path in wanted)]
    if not holding:
        roots = ", ".join(str(server.root) for server in servers)
        raise Problem(f"No running Jupyter server has {wanted[0]} below its folder. Running ones have: {roots}.")
    return max(holding, key=lambda server: len(server.root.resolve().parts) if server.root else 0)


def path_on(server: Server, path: Path) -> str:
    """The path as the server's contents manager names it. Raises Problem when it is outside the server's folder."""
    if server.root is None:
        return path.as_posix()
    if not _holds(server.root, path.resolve()):
        raise Problem(f"{path} is outside the folder of this server, {server.root}.")
    relative = path.resolve().relative_to(server.root.resolve()).as_posix()
    return "" if relative == "." else relative


def _holds(root: Path, path: Path) -> bool:
    return path.is_relative_to(root.resolve())
