"""What students get. How it is graded, and what of it they change, is not in here.

`templates/` has the files that a repository has and a course has not.

Doors, used by other rooms:
    export       `grader export`: everything that was asked for, written
    given_out    what the course gave to its students, and the record of it

Inside, used only here:
    bundle        an autograder for Classroom 50
    public        the parts of a course that a student may have
    repository    a student's template repository, and its one commit
    wheel         a wheel of this grader, with a course's public parts
"""
