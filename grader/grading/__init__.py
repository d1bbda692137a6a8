"""A class and a job: batch, workers, sessions, the wire between them, the second look, and the store of results."""
