"""From where a link to this server can be opened. Said from what the server knows; never better than it is."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from ...protocol.sentences import sentence, spoken

Kind = Literal["this-computer", "this-network", "jupyterhub", "public"]


@dataclass(frozen=True)
class Reachability:
    """``base`` is what links begin with and ends with a slash; ``text`` and ``advice`` are sentences for the host.

    ``only_here``: nobody on another computer can open a link.
    """

    kind: Kind
    host: str
    base: str
    text: str
    advice: str = ""
    only_here: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), **spoken(self.text, "text")}


@dataclass(frozen=True)
class Seen:
    """How the server was addressed. ``bind``: ServerApp.ip, ``host``: the Host header, ``base_url`` ends with ``/``."""

    bind: str
    scheme: str
    host: str
    base_url: str
    public_url: str = ""
    unix_socket: bool = False


def reachability(seen: Seen, environment: Mapping[str, str] = os.environ) -> Reachability:
    """The first of these that holds: a configured public address, JupyterHub, a proxy, a network address, loopback."""
    here = f"{seen.scheme}://{seen.host}{seen.base_url}"
    if seen.public_url:
        base = seen.public_url.rstrip("/") + "/"
        name = urlsplit(base).netloc
        return Reachability("public", name, base, sentence("The link works wherever %1 can be opened.", name))
    if environment.get("JUPYTERHUB_SERVICE_PREFIX"):
        return _on_hub(seen, here, environment)
    if not _is_loopback(_name_of(seen.host)):
        return _under_name(seen.host, here)
    if seen.unix_socket or _is_loopback(seen.bind):
        advice = "Start the server with --ip=0.0.0.0 for people on your network, or work on a JupyterHub."
        return Reachability("this-computer", seen.host, here, "Only this computer can open the link.", advice, True)
    return _on_network(seen)


def _on_hub(seen: Seen, here: str, environment: Mapping[str, str]) -> Reachability:
    base = environment.get("JUPYTERHUB_PUBLIC_URL", "")
    if not base and _is_loopback(_name_of(seen.host)) and environment.get("JUPYTERHUB_PUBLIC_HUB_URL"):
        hub = urlsplit(environment["JUPYTERHUB_PUBLIC_HUB_URL"])
        base = f"{hub.scheme}://{hub.netloc}{seen.base_url}"
    base = (base or here).rstrip("/") + "/"
    host = urlsplit(base).netloc
    advice, only_here = "", _is_loopback(_name_of(host))
    if only_here:
        advice = "This hub answers under a name that only this computer has. Open JupyterHub by its public name first."
    text = sentence("The link works wherever %1 can be opened.", host)
    return Reachability("jupyterhub", host, base, text, advice, only_here)


def _under_name(host: str, base: str) -> Reachability:
    text = sentence("The link works wherever %1 can be opened.", host)
    return Reachability("this-network" if _is_local_name(_name_of(host)) else "public", host, base, text)


def _on_network(seen: Seen) -> Reachability:
    """Bound to the network, but the browser says localhost: a link with localhost would open nothing elsewhere."""
    name = lan_address() if seen.bind in ("", "0.0.0.0", "::", "*") else seen.bind
    shown = f"[{name}]" if ":" in name else name
    port = urlsplit(f"//{seen.host}").port
    host = f"{shown}:{port}" if port else shown
    text = "People on this network can open the link."
    advice = "If they cannot, a firewall on this computer may be in between."
    return Reachability("this-network", host, f"{seen.scheme}://{host}{seen.base_url}", text, advice)


def lan_address() -> str:
    """The address of this machine's way out (no packet is sent), or its name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:
            address = ""
    return address if address and not _is_loopback(address) and address != "0.0.0.0" else socket.gethostname()


def _name_of(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _is_local_name(name: str) -> bool:
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return "." not in name or name.endswith((".local", ".lan", ".home.arpa", ".internal"))
