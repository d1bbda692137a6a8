"""Fake servers and scripted clients over real sockets, all on one event loop. What their bytes mean is in `protocols`.

Doors, used by other rooms:
    catalogue      which fake servers there are
    client         a scripted client to a student's server
    faults         what can go wrong on a wire
    http_client    one HTTP request to a student's server
    loop           the event loop in its thread
    server         what all fake servers have in common

Inside, used only here:
    chat          a chat server that a check leads by the hand
    connection    one TCP connection on the loop
    daytime       a NIST time server
    echo          an echo server
    room          a real chat server, to play with
    scripted      a server that plays what a check has written down
    web           a small web server, to play with
    words         phrases that servers and clients share
"""
