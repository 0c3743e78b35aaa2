"""The server stops in order when it is interrupted without a terminal, which is how JupyterHub stops it.

jupyter_server handles SIGINT only when its input is a terminal. Otherwise the signal ends its event loop in the middle,
extensions are not told, and the process may even stay.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any


def stop_on_interrupt(server: Any) -> None:
    """``server``: jupyter_server's ServerApp. Somebody else's handler of the signal is left alone."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) in (signal.default_int_handler, signal.SIG_DFL):
        signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))
