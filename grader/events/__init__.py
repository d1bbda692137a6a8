"""What happens during one check, in order, and how much of it is taken in. Who does and sends things is not in here.

Doors, used by other rooms:
    ration        how much a session takes in from the programs of one check
    transcript    the list of events, and the wait for one
"""
