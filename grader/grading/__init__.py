"""A class and a job: how work is spread, graded by sessions, and kept. How a single check gets its verdict is in `checks`.

Doors, used by other rooms:
    batch      a class, graded: jobs, results into the store, a report
    runner     an assignment's checks, collected once and run for job after job
    session    the worker process, started as `python -m`: one job after another
    slots      how many jobs are out at a time, by the machine's load
    store      results and a person's points, in a SQLite file
    worker     the batch's side of one session
    workers    the sessions of a batch

Inside, used only here:
    draws          generated scenarios by hypothesis: the smallest that fails, and one by its code
    exploring      many scenarios of one check, played to find one that fails
    module_state   what modules of checks hold, to tell whether a job has changed it
    second_look    a doubtful failure, looked at again
    wire           a job as it travels from the batch to a session
"""
