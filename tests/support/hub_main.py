"""A hub for the browser tests: prints where it is as one line of JSON, and stops when its input ends.

``https``: by https, below ``/jh/``, with a name of their own for each user, and named servers. ``service``: with the
hub service, the users cy (of the group physics, may start ada's server) and eve besides.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from .certificate import make_certificate
from .hub import PASSWORD, Hub
from .hub_service import service_config

_NAMED = "c.JupyterHub.allow_named_servers = True\n"


def make_hub(work: Path) -> Hub:
    if "service" in sys.argv[1:]:
        return Hub(work, ("ada", "bo", "cy", "eve"), config=service_config(work, {"physics": ["cy"]}, starters=True))
    if "https" not in sys.argv[1:]:
        return Hub(work)
    certificate = make_certificate(work, "hub.localhost", "*.hub.localhost")
    return Hub(work, prefix="/jh/", config=_NAMED, certificate=certificate, domain="hub.localhost")


def main() -> None:
    work = Path(tempfile.mkdtemp(prefix="cohost-hub-"))
    hub = make_hub(work)
    hub.start()
    try:
        told = {"origin": hub.origin, "host": hub.origin_of("ada"), "password": PASSWORD, "home": str(work / "home")}
        print(json.dumps(told), flush=True)
        sys.stdin.read()
    finally:
        hub.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
