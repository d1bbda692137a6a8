"""What an author wrote, and what is wrong with it. Nothing is graded in here: where a rule needs that, it is given a function.

`templates/` is what `grader new` begins an assignment with.

Doors, used by other rooms:
    course       the assignments and settings of a course, read from its folder
    keys         when a result may be used again: hashes of what decides it
    late         due dates and the late policy
    lint         the rules that a course is held to
    mutants      the solutions with one place changed: wrong programs, made by syntax tree
    survivors    the mutants that the handout allows, and why

Inside, used only here:
    lint_checks      rules on the source of checks
    lint_feedback    rules on what a student reads about a known mistake
    mistakes         the wrong submissions that must lose the right checks
    mutations        what may go wrong in one place of a program
    settings         a settings file as a dataclass, and the sentences on what is wrong in it
    variants         the right programs, written in another way, that must earn full marks
"""
