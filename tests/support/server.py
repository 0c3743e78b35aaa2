"""A real Jupyter server with the extension, as a child process with folders of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TOKEN = "test-token-of-the-host"
HEADERS = {"Authorization": f"token {TOKEN}"}


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _heed_interrupts() -> None:
    """A shell that runs tests in the background lets its children ignore the signal; servers and kernels need it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class JupyterProcess:
    """Starts, stops, kills and starts again the same server: same port, same folders."""

    def __init__(
        self,
        work: Path,
        *,
        config: str = "",
        port: int | None = None,
        arguments: list[str] | None = None,
        environment: dict[str, str] | None = None,
    ):
        self.work, self.port = work, port or free_port()
        self.root = work / "content"
        self.data = work / "jupyter" / "data"
        self.log_file = work / "server.log"
        self.arguments, self.environment = arguments or [], environment or {}
        for folder in (self.root, self.data, work / "jupyter" / "config", work / "jupyter" / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        if config:
            (work / "jupyter" / "config" / "jupyter_server_config.py").write_text(config)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_origin(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> JupyterProcess:
        environment = {
            **os.environ,
            "HOME": str(self.work),
            "JUPYTER_CONFIG_DIR": str(self.work / "jupyter" / "config"),
            "JUPYTER_DATA_DIR": str(self.data),
            "JUPYTER_RUNTIME_DIR": str(self.work / "jupyter" / "run"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.environment,
        }
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}"),
            *(f"--IdentityProvider.token={TOKEN}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
            *("--ServerApp.jpserver_extensions={'jupyterlab_cohost': True}", "--LabApp.news_url=None"),
            # All guests of a test come from one address, and at once.
            "--Cohost.joins_at_once=100000",
            *self.arguments,
        ]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.work,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=None if os.name == "nt" else _heed_interrupts,
            )
        self._wait_until_ready()
        return self

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 240
        request = urllib.request.Request(f"{self.origin}/api/status", headers=HEADERS)
        while True:
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{self.log()[-4000:]}")
            try:
                with urllib.request.urlopen(request, timeout=20):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)

    def log(self) -> str:
        return self.log_file.read_text("utf-8", "replace")

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal and, for one that ends the process, waits for its end."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
                raise

    def kill9(self) -> None:
        self.signal(signal.SIGKILL)

    def stop(self) -> None:
        self.signal(signal.SIGTERM)
