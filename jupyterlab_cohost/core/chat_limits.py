"""Limits of the chat, from ``protocol/chat.json``: one table for the broker and for the pages."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol.data import load_table


@dataclass(frozen=True)
class ChatLimits:
    """Sizes in what the name ends with; ``*_per_s`` and ``*_burst`` are token buckets of one participant."""

    version: int
    characters: int
    inline_bytes: int
    head_characters: int
    emoji_characters: int
    people: int
    silent_ms: int
    pages_per_person: int
    frame_bytes: int
    send_buffer_bytes: int
    entries_per_s: float
    entries_burst: float
    requests_per_s: float
    requests_burst: float
    relayed_bytes_per_s: float
    relayed_bytes_burst: float
    history_entries: int
    beat_ms: int
    away_ms: int
    gone_ms: int
    answer_ms: int
    tick_ms: int
    authors: int
    time_ahead: int
    kept_entries: int
    kept_characters: int
    kept_letters: int


CHAT_LIMITS = ChatLimits(**load_table("chat"))
