"""The commands ``share``, ``sessions`` and ``end``."""

# PYTHON_ARGCOMPLETE_OK

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import argcomplete

from . import hub_service
from .problem import Problem
from .servers import Server, all_or_named, path_on, server_of

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0 done, 1 a problem (said on stderr), 2 a wrong command line."""
    parser = _parser()
    argcomplete.autocomplete(parser)
    options = parser.parse_args(arguments)
    if options.run is None:
        parser.print_help()
        return 0
    try:
        options.run(options)
    except Problem as problem:
        print(f"jupyter cohost: {problem}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    return 0


def share(options: argparse.Namespace) -> None:
    """Starts a session and prints its link."""
    paths = [Path(path) for path in options.paths]
    if options.server is None:
        _require_existing(paths)
    server = server_of(paths, options.server)
    invite: dict[str, Any] = {"role": _ROLES[options.role], "max_uses": options.max_uses}
    if options.expires is not _NOT_GIVEN:
        invite["expires_in_s"] = options.expires
    if options.no_knock:
        invite["knock"] = False
    if audience := _audience(options):
        invite["audience"] = audience
    kind = "persistent" if options.ongoing else "ad-hoc"
    scope = [{"path": path_on(server, path)} for path in paths]
    body = {"title": options.title, "kind": kind, "scope": scope, "invite": invite}
    if options.name:
        body["host_name"] = options.name
    session = server.call("POST", "sessions", body)
    reach = server.call("GET", "reachability")
    if options.json:
        print(json.dumps({"session": session, "link": session["invites"][0]["link"], "reachability": reach}, indent=2))
        return
    _tell(session, reach)


def _audience(options: argparse.Namespace) -> dict[str, Any] | None:
    """None: anyone who has the link."""
    if options.members:
        return {"kind": "members", "names": []}
    kind = "users" if options.user else "groups"
    names = options.user or options.group
    return {"kind": kind, "names": names} if names else None


def _tell(session: dict[str, Any], reach: dict[str, Any]) -> None:
    invite = session["invites"][0]
    print(invite["link"])
    asks = "you are asked before they enter" if invite["knock"] else "nobody is asked"
    print(f"\n{session['title']}: guests can {_ABILITIES[invite['role']]}; {asks}.")
    if invite["knock"]:
        print("Let them in from JupyterLab (top bar, Share session).")
    print(f"{_expiry(invite)} {reach['text']} {reach['advice']}".strip())
    print(f"End it with: jupyter cohost end {session['id']}")


_ABILITIES = {"viewer": "read", "editor": "edit", "runner": "edit and run code with full access to your account here"}
#: What the dialog calls a role, and what the server does.
_ROLES = {"view": "viewer", "edit": "editor", "run": "runner"}
_WORDS = {role: word for word, role in _ROLES.items()}
_KINDS = {"ad-hoc": "meeting", "persistent": "ongoing"}


def sessions(options: argparse.Namespace) -> None:
    """Lists the sessions of all running servers, or of one."""
    found = [(server, session) for server in _reachable(options.server) for session in _sessions_of(server)]
    if options.json:
        print(
            json.dumps([{"server": server.url, **_with_links(server, session)} for server, session in found], indent=2)
        )
        return
    if not found:
        print("No session is running.")
    for server, session in found:
        here = sum(1 for participant in session["participants"] if participant["online"])
        people = f"{here} here, {len(session['knocks'])} waiting"
        print(f"{session['id']}  {_KINDS[session['kind']]:7}  {people}  {session['title']}")
        for invite in session["invites"]:
            if invite["state"] == "live":
                link = _link(server, session, invite) or "(link cannot be shown again: make a new one)"
                print(f"    {_WORDS[invite['role']]:5} {link}")


def _link(server: Server, session: dict[str, Any], invite: dict[str, Any]) -> str | None:
    """None for a link that cannot be copied: taken back, or the server was restarted since it was made."""
    if invite["state"] != "live" or not invite["copyable"]:
        return None
    try:
        return str(server.call("POST", f"sessions/{session['id']}/invites/{invite['id']}/link", {})["link"])
    except Problem:
        return None


def _with_links(server: Server, session: dict[str, Any]) -> dict[str, Any]:
    invites = [{**invite, "link": _link(server, session, invite)} for invite in session["invites"]]
    return {**session, "invites": invites}


def _reachable(address: str | None) -> list[Server]:
    return all_or_named(address)


def _sessions_of(server: Server) -> list[dict[str, Any]]:
    answer: dict[str, list[dict[str, Any]]] = server.call("GET", "sessions")
    return answer["sessions"]


def end(options: argparse.Namespace) -> None:
    """Ends a session on whichever running server has it."""
    problems: list[str] = []
    for server in _reachable(options.server):
        try:
            if any(session["id"] == options.id for session in _sessions_of(server)):
                server.call("DELETE", f"sessions/{options.id}")
                print(f"Ended {options.id}. Your files stay as they are.")
                return
        except Problem as problem:
            problems.append(str(problem))
    raise Problem(
        problems[0] if problems else f"There is no running session {options.id}. See: jupyter cohost sessions"
    )


def _running_ids(**_: object) -> list[str]:
    """For the shell's completion of ``end``; none when no server answers."""
    try:
        return [session["id"] for server in _reachable(None) for session in _sessions_of(server)]
    except Problem:
        return []


def _require_existing(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise Problem(f"There is no file or folder {path}.")


def _expiry(invite: dict[str, Any]) -> str:
    if invite["expires_at"] is None:
        return "The link does not expire."
    when = datetime.fromtimestamp(invite["expires_at"] / 1000)
    return f"The link expires on {when:%Y-%m-%d at %H:%M}."


_NOT_GIVEN = object()


def duration(text: str) -> float | None:
    """Seconds of "90m", "24h", "7d"; None for "never". Raises ArgumentTypeError."""
    if text == "never":
        return None
    match = re.fullmatch(r"(\d{1,6})([smhdw])", text)
    if match is None or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"“{text}” is not a time: write 30m, 24h, 7d or never")
    return int(match[1]) * _UNITS[match[2]]


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of uses: write 1 or more")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jupyter cohost",
        description="Share files of a running Jupyter server.",
        epilog="Example: jupyter cohost share analysis.ipynb data/ --role view",
    )
    parser.set_defaults(run=None)
    parser.add_argument("--version", action="version", version=version("jupyterlab-cohost"))
    commands = parser.add_subparsers(metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--server", metavar="URL", help="the server's address, if several run; may hold ?token=…")
    common.add_argument("--json", action="store_true", help="print JSON")
    _add_share(commands.add_parser("share", parents=[common], help="start a session and print its link"))
    listing = commands.add_parser("sessions", parents=[common], help="list the running sessions")
    listing.set_defaults(run=sessions)
    ending = commands.add_parser("end", parents=[common], help="end a session for everybody")
    identifier = ending.add_argument("id", metavar="ID", help="as “jupyter cohost sessions” lists it")
    identifier.completer = _running_ids  # type: ignore[attr-defined]
    ending.set_defaults(run=end)
    hub_service.add(commands)
    return parser


def _add_share(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders; guests see only these")
    parser.add_argument(
        "--role",
        choices=tuple(_ROLES),
        default="edit",
        help="what guests can do: view, edit (default), or run code, which is full access to your account here",
    )
    parser.add_argument(
        "--ongoing", action="store_true", help="the same link works tomorrow, also after the server restarts"
    )
    parser.add_argument("--name", default="", help="your name, as guests see it")
    parser.add_argument("--no-knock", action="store_true", help="let guests in without asking")
    parser.add_argument(
        "--expires",
        type=duration,
        default=_NOT_GIVEN,
        metavar="TIME",
        help="how long the link works: 30m, 24h, 7d, never (default: 24h, with --ongoing never)",
    )
    audience = parser.add_mutually_exclusive_group()
    audience.add_argument("--members", action="store_true", help="only for people with an account on this JupyterHub")
    audience.add_argument("--user", action="append", metavar="NAME", help="only for this account of it; again for more")
    audience.add_argument("--group", action="append", metavar="NAME", help="only for this group of it; again for more")
    parser.add_argument("--max-uses", type=_positive, metavar="N", help="how many guests may use the link")
    parser.add_argument("--title", default="", help="what guests read above the files")
    parser.set_defaults(run=share)
