"""The Jupyter Server extension: settings with help text, and the wiring of the parts. Nothing imports this."""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp
from traitlets import Unicode


class Cohost(ExtensionApp):  # type: ignore[misc]
    """Real-time collaboration on the host's own server."""

    name = "jupyterlab_cohost"
    extension_url = "/lab"
    load_other_extensions = True

    public_url = Unicode(
        "", config=True, help="The address under which guests reach this server, for example https://lab.example.org/."
    )

    def initialize_handlers(self) -> None:
        """Routes of rooms, sessions and the gateway."""
