"""What both languages share: roles, close codes, limits, messages. Layer 0: no sockets, no Jupyter, no Yjs."""
