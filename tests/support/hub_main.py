"""A hub for the browser tests: prints where it is as one line of JSON, and stops when its input ends."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from .hub import PASSWORD, Hub


def main() -> None:
    work = Path(tempfile.mkdtemp(prefix="cohost-hub-"))
    hub = Hub(work)
    hub.start()
    try:
        told = {"origin": hub.origin, "password": PASSWORD, "home": str(work / "home")}
        print(json.dumps(told), flush=True)
        sys.stdin.read()
    finally:
        hub.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
