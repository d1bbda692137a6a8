"""Texts on their way out: to files, the terminal, GitHub, Classroom 50. What they say is made in `reports`.

Doors, used by other rooms:
    classroom50    what Classroom 50's runner is left
    github         what GitHub Actions is told
    publish        the reports that were asked for, written and shown
    union          several reports read and united
    writing        a file written in one step
"""
