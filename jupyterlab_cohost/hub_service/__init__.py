"""The optional JupyterHub service: it tells a session's gateway who a guest is, and people what is offered to them.

It has no right on anybody's server, and the host's server gets none on the guest's account: what goes from one to the
other is a signed sentence, "this browser is that user", for one session and one minute.
"""

from __future__ import annotations
