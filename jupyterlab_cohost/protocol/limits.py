"""Default limits, from ``protocol/limits.json``; settings may change those that are settings."""

from __future__ import annotations

from dataclasses import dataclass

from .data import load_table


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in the unit that the name ends with."""

    protocol_version: int
    message_bytes: int
    awareness_bytes: int
    awareness_clients_per_connection: int
    send_buffer_bytes: int
    file_bytes: int
    group_commit_ms: int
    tick_max_ms: int
    save_delay_ms: int
    heartbeat_s: int
    idle_room_s: int
    title_characters: int
    name_characters: int
    scope_items: int
    knocks_waiting: int
    join_tries_per_minute: int
    guest_messages_per_s: float
    guest_bytes_per_s: float
    guest_structs: float
    guest_structs_per_s: float
    guest_waiting_bytes: int
    guest_sockets: int
    joins_at_once: int
    joins_per_s: float
    listing_entries: int
    ticket_s: int
    ad_hoc_expiry_s: int
    ad_hoc_grace_s: float


DEFAULT_LIMITS = Limits(**load_table("limits"))
