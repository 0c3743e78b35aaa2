"""``jupyter cohost hub-service``: what JupyterHub runs as a service; nobody calls it by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from .problem import Problem

_MISSING = "The hub service needs JupyterHub and PyJWT: pip install 'jupyterlab-cohost[hub]'"


def run(options: argparse.Namespace) -> None:
    """Serves until it is ended. Raises Problem."""
    try:
        from ..hub_service.app import NotAService, run
    except ImportError as error:
        raise Problem(f"{_MISSING} ({error.name} is not here).") from None
    try:
        run(Path(options.data), options.ip)
    except NotAService as error:
        raise Problem(f"JupyterHub starts this as its service (docs/jupyterhub.md): {error}.") from None
    except OSError as error:
        raise Problem(f"The hub service cannot start: {error.strerror or error}.") from None


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its options."""
    parser = commands.add_parser("hub-service", help="run the sign-in service of a JupyterHub (the hub calls this)")
    parser.add_argument(
        "--data", metavar="FOLDER", default="cohost-hub-service", help="where its keys are kept (default: here)"
    )
    parser.add_argument("--ip", default="", help="where it listens (default: the host of the service's url)")
    parser.set_defaults(run=run)
