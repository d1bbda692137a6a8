"""A grader for a course on databases, event-driven and network programming. Nothing but the version is in here."""

__version__ = "0.1.0"
