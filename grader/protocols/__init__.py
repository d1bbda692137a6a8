"""The bytes of three small protocols. No I/O: no socket, clock, file or environment.

Doors, used by other rooms:
    chat       the chat room: its messages, and the room as a model
    daytime    the daytime service, one line of text
    http       one request and one reply
"""
