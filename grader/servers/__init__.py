"""Fake servers and scripted clients over real sockets, all on one event loop. What their bytes mean is not in here."""
