"""Runs JupyterLab with a copy of the sample project, shares it, prints the links, and ends with Ctrl+C."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sample"
SHARED = ["analysis.ipynb", "rides.py", "data"]
LOOPBACK = "127.0.0.1"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: the first free one from 8888")
    parser.add_argument(
        "--ip", default=LOOPBACK, help="address to listen on, 0.0.0.0 for the network (default: %(default)s)"
    )
    parser.add_argument("--role", default="edit", choices=["view", "edit", "run"], help="what guests may do")
    parser.add_argument("--knock", action="store_true", help="ask the host before a guest enters")
    return parser.parse_args()


def first_free_port(start: int = 8888) -> int:
    for port in range(start, start + 200):
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) != 0:
                return port
    raise SystemExit("No free port between 8888 and 9087.")


def environment(work: Path) -> dict[str, str]:
    """Settings and data of the demo stay in its own folder."""
    folders = {name: str(work / "jupyter" / name) for name in ("config", "data", "runtime")}
    return {
        **os.environ,
        "JUPYTER_CONFIG_DIR": folders["config"],
        "JUPYTER_DATA_DIR": folders["data"],
        "JUPYTER_RUNTIME_DIR": folders["runtime"],
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }


def start_server(root: Path, env: dict[str, str], ip: str, port: int, token: str) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", f"--ip={ip}", f"--port={port}"),
        *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={token}"),
        *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"),
    ]
    if hasattr(os, "getuid") and os.getuid() == 0:
        command.append("--allow-root")
    with (root.parent / "server.log").open("wb") as log:
        return subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)


def wait_until_ready(server: subprocess.Popen[bytes], origin: str, token: str, log: Path) -> None:
    request = urllib.request.Request(f"{origin}/api/status", headers={"Authorization": f"token {token}"})
    deadline = time.monotonic() + 90
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"JupyterLab did not start:\n{log.read_text('utf-8', 'replace')[-4000:]}")


def share(root: Path, env: dict[str, str], options: argparse.Namespace) -> str:
    """The guest's link, from ``jupyter cohost share``."""
    command = [sys.executable, "-m", "jupyterlab_cohost.cli", "share", *SHARED, "--role", options.role, "--json"]
    if not options.knock:
        command.append("--no-knock")
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"Cannot share the project: {done.stderr or done.stdout}")
    return str(json.loads(done.stdout)["link"])


def report(origin: str, token: str, link: str, role: str, work: Path) -> None:
    print(f"\nThe host, in one browser window:\n\n    {origin}/lab/tree/analysis.ipynb?token={token}\n")
    print(f"A guest (role: {role}), in another browser or a private window:\n\n    {link}\n")
    print(f"The project's files: {work / 'project'}\nCtrl+C ends the demo and removes them.", flush=True)


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    work = Path(tempfile.mkdtemp(prefix="cohost-demo-"))
    env, token, port = environment(work), secrets.token_hex(24), options.port or first_free_port()
    root, origin = work / "project", f"http://{LOOPBACK}:{port}"
    shutil.copytree(SAMPLE, root)
    # The plots of the sample are the host's own.
    trust = [sys.executable, "-m", "jupyter", "trust", str(root / "analysis.ipynb")]
    subprocess.run(trust, env=env, check=False, capture_output=True)
    server = start_server(root, env, options.ip, port, token)
    try:
        wait_until_ready(server, origin, token, work / "server.log")
        report(origin, token, share(root, env, options), options.role, work)
        server.wait()
        print(f"JupyterLab has ended:\n{(work / 'server.log').read_text('utf-8', 'replace')[-2000:]}")
    except KeyboardInterrupt:
        print("\nThe demo has ended.")
    finally:
        stop(server)
        shutil.rmtree(work, ignore_errors=True)


def stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
