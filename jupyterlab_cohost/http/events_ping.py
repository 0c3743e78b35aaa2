"""What a page sends over its stream of events to learn whether the server answers; nothing else is heard there."""

#: Byte for byte; the answer is the event ``{"type": "pong"}``.
PING = '{"type":"ping"}'
