"""Who a guest is, by the word of the hub service: what is offered is told to it, what it signs is checked here."""

from __future__ import annotations
