class ConnectionLost(OSError):
    """What was wanted can not come any more."""
