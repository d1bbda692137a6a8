# Not finished: no server here yet.
