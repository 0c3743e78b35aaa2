"""Real-time collaboration for JupyterLab on the host's own server, files and kernels."""

from __future__ import annotations

from typing import Any

try:
    from ._version import __version__
except ImportError:  # a source tree that was never built
    __version__ = "0.0.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-cohost"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .extension import Cohost
    from .http.memory import use_one_heap

    use_one_heap()
    return [{"module": "jupyterlab_cohost", "app": Cohost}]
