"""Whose folder is whose, and what is in it. Nothing is graded in here.

Doors, used by other rooms:
    commit     which commit is checked out, and when it was made
    finding    which folder is whose
    origin     what a repository tells about the files that were graded
    reading    from a student's folder to bytes
    roster     who is in the class
    tamper     files of the course that a student has changed

Inside, used only here:
    lookalikes          files by nearly the right name or in nearly the right place
    not_fetched         work that is handed in, and not in this copy of the repository
    notebook_outputs    a notebook without what its cells have printed
"""
