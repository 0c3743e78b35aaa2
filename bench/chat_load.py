"""Starts a server of its own, shares a file, and runs ``chat-load.mjs`` against it; arguments are passed on.

python bench/chat_load.py [--nodes 100] [--seconds 20] …
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.gateway import World  # noqa: E402


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="cohost-chat-") as folder:
        world = World(Path(folder))
        try:
            address = f"cohost/api/sessions/{world.session}/invites"
            link = world.host("POST", address, {"role": "editor", "knock": False}).json()["link"]
            assert world.server.process is not None
            load = ["node", str(ROOT / "bench/chat-load.mjs"), link, "--pid", str(world.server.process.pid)]
            return subprocess.run([*load, "--type", "shared/a.py", *sys.argv[1:]], cwd=ROOT, check=False).returncode
        finally:
            world.stop()


if __name__ == "__main__":
    sys.exit(main())
