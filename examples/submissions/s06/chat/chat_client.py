# Not finished: no client here yet.
