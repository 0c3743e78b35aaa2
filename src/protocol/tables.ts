/* Generated from protocol/*.json by scripts/tables.mjs. Do not edit. */
/* eslint-disable jupyter/no-untranslated-string */

export const MESSAGES = {
  "sync": 0,
  "awareness": 1,
  "auth": 2,
  "query_awareness": 3,
  "hello": 100,
  "welcome": 101,
  "ack": 102,
  "save_state": 103,
  "refused": 104,
  "vouched": 105,
  "vouch": 106,
  "save": 107,
  "save_result": 108,
  "notice": 109,
  "renamed": 110,
  "change": 111,
  "change_result": 112,
  "ping": 113,
  "pong": 114,
  "identities": 115,
  "copy": 116,
  "stdin_request": 120,
  "stdin_reply": 121
} as const;

export const CLOSE_CODES = {
  "going_away": {
    "code": 1001,
    "retry": true,
    "message": "The host's server is stopping. Your changes are kept in this page."
  },
  "internal": {
    "code": 1011,
    "retry": true,
    "message": "Something went wrong with this document on the host's server. Trying again."
  },
  "malformed": {
    "code": 4400,
    "retry": false,
    "message": "This page sent something that the host's server could not read. Reload the page."
  },
  "unauthenticated": {
    "code": 4401,
    "retry": false,
    "message": "You are not signed in to this session. Open the link again."
  },
  "forbidden": {
    "code": 4403,
    "retry": false,
    "message": "This document is not part of the session."
  },
  "not_found": {
    "code": 4404,
    "retry": false,
    "message": "This document does not exist."
  },
  "history_replaced": {
    "code": 4409,
    "retry": false,
    "message": "The host's server started this document anew. Reload it; what you had not sent is kept in this page."
  },
  "session_ended": {
    "code": 4410,
    "retry": false,
    "message": "The session has ended."
  },
  "removed": {
    "code": 4411,
    "retry": false,
    "message": "The host removed you from this session."
  },
  "left": {
    "code": 4412,
    "retry": false,
    "message": "You left the session. Open the link to come back."
  },
  "too_large": {
    "code": 4413,
    "retry": false,
    "message": "That change or file is larger than the host's server accepts."
  },
  "unsupported": {
    "code": 4415,
    "retry": false,
    "message": "This file cannot be opened together."
  },
  "too_fast": {
    "code": 4420,
    "retry": true,
    "message": "This page sends more than the host's server takes. Connecting again in a moment."
  },
  "version": {
    "code": 4426,
    "retry": false,
    "message": "This page speaks another version than the host's server. Reload the page."
  },
  "role_changed": {
    "code": 4428,
    "retry": true,
    "message": "Your role in this session changed."
  },
  "too_slow": {
    "code": 4429,
    "retry": true,
    "message": "This page could not keep up. Connecting again."
  }
} as const;

export const ROLES = {
  "capabilities": [
    "read",
    "chat",
    "edit",
    "execute",
    "manage"
  ],
  "roles": {
    "viewer": {
      "label": "view",
      "capabilities": [
        "read",
        "chat"
      ]
    },
    "editor": {
      "label": "edit",
      "capabilities": [
        "read",
        "chat",
        "edit"
      ]
    },
    "runner": {
      "label": "run",
      "capabilities": [
        "read",
        "chat",
        "edit",
        "execute"
      ]
    },
    "host": {
      "label": "host",
      "capabilities": [
        "read",
        "chat",
        "edit",
        "execute",
        "manage"
      ]
    }
  },
  "invitable": [
    "viewer",
    "editor",
    "runner"
  ]
} as const;

export const LIMITS = {
  "protocol_version": 1,
  "message_bytes": 67108864,
  "awareness_bytes": 65536,
  "awareness_clients_per_connection": 16,
  "send_buffer_bytes": 8388608,
  "file_bytes": 104857600,
  "group_commit_ms": 20,
  "tick_max_ms": 20,
  "save_delay_ms": 400,
  "heartbeat_s": 10,
  "idle_room_s": 10,
  "title_characters": 120,
  "name_characters": 64,
  "scope_items": 200,
  "knocks_waiting": 50,
  "join_tries_per_minute": 30,
  "guest_messages_per_s": 500,
  "guest_bytes_per_s": 8388608,
  "guest_structs": 250000,
  "guest_structs_per_s": 5,
  "guest_waiting_bytes": 67108864,
  "guest_sockets": 100,
  "joins_at_once": 30,
  "joins_per_s": 2,
  "listing_entries": 5000,
  "ticket_s": 30,
  "ad_hoc_expiry_s": 86400,
  "ad_hoc_grace_s": 600
} as const;

export const CHAT = {
  "version": 1,
  "characters": 100000,
  "inline_bytes": 4096,
  "head_characters": 280,
  "emoji_characters": 16,
  "people": 100,
  "silent_ms": 30000,
  "pages_per_person": 8,
  "frame_bytes": 1048576,
  "send_buffer_bytes": 4194304,
  "entries_per_s": 5,
  "entries_burst": 30,
  "requests_per_s": 5,
  "requests_burst": 40,
  "relayed_bytes_per_s": 1048576,
  "relayed_bytes_burst": 8388608,
  "history_entries": 200,
  "beat_ms": 1500,
  "away_ms": 3000,
  "gone_ms": 5000,
  "answer_ms": 4000,
  "tick_ms": 50,
  "authors": 1000,
  "time_ahead": 1000000,
  "kept_entries": 10000,
  "kept_characters": 20000000,
  "kept_letters": 2000
} as const;

export const COLORS = {
  "people": [
    "#c2410c",
    "#b45309",
    "#4d7c0f",
    "#15803d",
    "#0f766e",
    "#0e7490",
    "#1d4ed8",
    "#4338ca",
    "#7e22ce",
    "#a21caf",
    "#be185d",
    "#b91c1c"
  ]
} as const;
