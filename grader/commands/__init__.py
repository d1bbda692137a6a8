"""One module for each subcommand that is more than a call: gather, call, show. What it gathers and shows is made in other rooms.

Doors, used by other rooms:
    doctor            `grader doctor`: what this machine can do
    merge             `grader merge`: several reports as one
    new               `grader new`: a new assignment from a template
    outcome           the exit code of a report
    parameters        kinds of values on the command line
    replay            `grader replay`: one failed check again, by hand
    rubric            `grader rubric`: points that a person gives
    run               `grader run`: find, grade, report
    serve             `grader serve`: a fake server to play with
    tamper            `grader tamper`: files of the course that were changed
    verify            `grader verify`: the course held to its own rules
    verify_mutants    `grader verify --mutants`: wrong copies of the solutions graded
    watch             `grader watch`: graded again each time a file is saved

Inside, used only here:
    grade_here    a batch on this machine, shown while it is graded
    progress      what is seen while a class is graded
    source        where the submissions are that a command is about
"""
