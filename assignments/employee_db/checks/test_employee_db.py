"""Checks of the employee database: the file and the output that the program leaves, then its three functions, one by one.

The functions work on databases of the checks' own with random employees. Where a check needs a table or rows that it does not
judge, it makes them itself if the student's functions do not, so that one wrong function costs its own points only.
"""

from __future__ import annotations

import re
import string
import unicodedata
from itertools import pairwise

from grader.checks import Crashed, Database, Mismatch, Missing, StudentFault, check, scenarios

PROGRAM = "employee_db.py"
MODULE = "employee_db"
FILE = "employees.db"
COLUMNS = ["id", "last_name", "first_name", "hire_year"]
ROWS = "SELECT id, last_name, first_name, hire_year FROM employees"

LAST_NAMES = [
    "Abara",
    "Bergman",
    "Castillo",
    "Dvorak",
    "Eriksen",
    "Farouk",
    "Grant",
    "Hoffmann",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Moreau",
]
FIRST_NAMES = ["Ada", "Bruno", "Clara", "David", "Elif", "Felix", "Grace", "Hugo", "Ines", "Jamal", "Kira", "Leo"]
AWKWARD_LAST_NAMES = [
    "O'Brien",
    "D'Angelo",
    "García-Márquez",
    "van der Berg",
    "Łukasiewicz",
    "Иванова",
    "Robert'); DROP TABLE employees;--",
    'Roberta"); DROP TABLE employees;--',
]
AWKWARD_FIRST_NAMES = ["Zoë", "Jean-Luc", "D'Arcy", "Mary Ann", "Søren"]


# ---- the program: its file


@check(hint="Call connection.commit() after the inserts: without it the new rows are gone when the program ends.")
def test_keeps_at_least_five_employees_in_the_file(student):
    """Leaves at least five employees in employees.db after it has ended"""
    run = run_from_scratch(student)
    if not stored(student):
        run.expect_exit(0)  # if it crashed, that is the reason to name
    rows = student.query(FILE, ROWS)
    ids = {row[0] for row in rows}
    if len(ids) < 5:
        raise Mismatch(
            f"the table holds {len(rows)} rows with {len(ids)} different ids",
            did=f"We ran {PROGRAM}, waited for its end and opened {FILE}",
            expected="at least five employees in the table employees, each with an id of its own",
        )


@check(
    hint="CREATE TABLE employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)",
)
def test_declares_text_and_integer_columns(student):
    """Makes the columns id, last_name and first_name as TEXT and hire_year as INTEGER"""
    run_from_scratch(student)
    did = f"We ran {PROGRAM} and looked at the table employees in {FILE}"
    declared = columns(student, FILE)
    expect_names(declared, did)
    for name in COLUMNS:
        wanted = "INTEGER" if name == "hire_year" else "TEXT"
        if affinity(declared[name]) != wanted:
            kind = declared[name] or "no type"
            raise Mismatch(f"the column {name} has {kind}", did=did, expected=f"the type {wanted} for {name}")
    for [year] in student.query(FILE, "SELECT hire_year FROM employees WHERE typeof(hire_year) <> 'integer'"):
        raise Mismatch(f"a hire year is stored as {year!r}", did=did, expected="a whole number in every hire_year")


@check(
    hint="Look at the order of the values in your INSERT: id, last_name, first_name, hire_year.",
)
def test_stores_ids_names_and_years(student):
    """Stores ids of letters and digits, names of letters and plausible years"""
    for employee_id, last_name, first_name, hire_year in rows_in_the_file(student):
        row = f"an employee is stored as {(employee_id, last_name, first_name, hire_year)!r}"
        did = f"We ran {PROGRAM} and looked at the rows in {FILE}"
        if not isinstance(employee_id, str | int) or not str(employee_id).isalnum():
            raise Mismatch(row, did=did, expected="an id of letters and digits")
        if not is_name(last_name) or not is_name(first_name):
            raise Mismatch(row, did=did, expected="names of letters (an apostrophe, a hyphen or a blank may be among them)")
        if not re.fullmatch(r"(19|20)\d\d", str(hire_year)):
            raise Mismatch(row, did=did, expected="a hire year from 1900 to 2099")


@check(
    hint="Write the employees down in any order, and let ORDER BY sort them when you list them.",
)
def test_inserts_in_another_order_than_hire_year(student):
    """Inserts the employees in an order that is not the order of their hire years"""
    rows_in_the_file(student)
    [[made]] = student.query(FILE, "SELECT sql FROM sqlite_master WHERE type = 'table' AND lower(name) = 'employees'")
    if "without rowid" in " ".join(made.lower().split()):
        return  # such a table does not remember the order in which its rows came
    years = [str(year) for [year] in student.query(FILE, "SELECT hire_year FROM employees NOT INDEXED ORDER BY rowid")]
    if years == sorted(years):  # of one row, too
        raise Mismatch(
            f"the rows were inserted with the hire years {', '.join(years)}",
            did=f"We ran {PROGRAM} and looked at the rows of {FILE} as they were inserted",
            expected="hire years that are not yet in order",
        )


# ---- the program: its output


@check(hint="Print id, last name, first name and hire year of one employee with one print().")
def test_prints_one_employee_per_line(student):
    """Prints every employee on a line of its own, with id, both names and hire year"""
    run = run_from_scratch(student).expect_exit(0)
    rows = stored(student)
    printed = listing(run, rows)
    for row in rows:
        if row not in printed:
            raise Mismatch(
                run.what_it_printed(),
                did=run.did,
                expected=f"a line of its own for {' '.join(map(str, row))}, with these four values",
            )
    if len(printed) < 2:  # whether there are five is for the check of the file to say
        raise Mismatch(run.what_it_printed(), did=run.did, expected="a line with id, both names and hire year for each employee")


@check(
    hint="The rows of a table have no order of their own: ask for one with ORDER BY hire_year.",
)
def test_prints_in_order_of_hire_year(student):
    """Prints the employees in order of hire year"""
    run = run_from_scratch(student).expect_exit(0)
    rows = stored(student)
    years = [str(row[-1]) for row in listing(run, rows)] or years_of_lines(run, rows)
    if len(set(years)) < 2:
        raise Mismatch(run.what_it_printed(), did=run.did, expected="a line with its hire year for each employee")
    if years != sorted(years):
        raise Mismatch(
            f"the hire years came as {', '.join(years)}", did=run.did, expected="the earliest hire year first, the latest last"
        )


@check(
    hint="On the second day the file is there already: CREATE TABLE IF NOT EXISTS, and take care not to add the same rows again.",
)
def test_runs_again_with_the_same_employees(student):
    """Works a second time and still has the same employees, each of them once"""
    first = run_from_scratch(student)
    rows = stored(student)
    if not rows:
        student.query(FILE, ROWS)  # no such file or table: that is what to tell
        if not listing(first, rows):
            expected = "employees in the file and on the screen after the first run"
            raise Missing(f"the table in {FILE} is empty", did=first.did, expected=expected)
    second = student.run(PROGRAM, did=f"We ran {PROGRAM} a second time")
    if (second.output, second.exit_code) != (first.output, first.exit_code):  # a crash of the first day is for another check
        second.expect_exit(0)
    again = stored(student)
    if in_any_order(again) != in_any_order(rows):
        change = f"{len(again)} instead of {len(rows)}" if len(again) != len(rows) else "other values in some of its"
        raise Mismatch(
            f"after the second run {FILE} held {change} rows",
            did=second.did,
            expected="the same employees as after the first run, each of them once",
        )
    if in_any_order(listing(second, again)) != in_any_order(listing(first, rows)) or (first.lines and not second.lines):
        raise Mismatch(second.what_it_printed(), did=second.did, expected="the same employees on the screen as the first time")


# ---- the functions


@check(hint="Work on the connection that the function is given, and name the columns id, last_name, first_name and hire_year.")
def test_create_table_makes_the_four_columns(student):
    """create_table(connection) makes the table employees with its four columns"""
    call(student, "create_table", Database("check.db"))
    expect_names(columns(student, "check.db"), "We called create_table with a connection to an empty database")


@check(hint="Insert each 4-tuple of the list that the function is given, on the connection that it is given.")
def test_add_employees_stores_every_row(student, rng):
    """add_employees(connection, employees) stores every employee of the list"""
    expect_stored(student, some_employees(rng))


@check(
    hint="Never paste a value into the SQL text: write ? in its place and give the values to execute() as a tuple.",
)
def test_add_employees_stores_any_name(student, rng):
    """add_employees stores names such as O'Brien, and one that is itself a piece of SQL, unchanged"""
    last_names = rng.sample(AWKWARD_LAST_NAMES, len(AWKWARD_LAST_NAMES))
    employees = [
        (employee_id, last_name, rng.choice(AWKWARD_FIRST_NAMES), rng.randint(1960, 2024))
        for employee_id, last_name in zip(some_ids(rng, len(last_names)), last_names, strict=True)
    ]
    expect_stored(student, employees, any_column=True)


@check(hint="SELECT id, last_name, first_name, hire_year FROM employees … and return the rows, for example with fetchall().")
def test_employees_by_hire_year_returns_every_row(student, rng):
    """employees_by_hire_year(connection) returns every employee as id, last name, first name, hire year"""
    employees = some_employees(rng)
    rows = rows_by_hire_year(student, employees)
    expect_same(rows, employees, f"We put {len(employees)} employees into a table and called employees_by_hire_year", "returned")


@check(
    hint="Sort by the year alone: ORDER BY hire_year.",
)
def test_employees_by_hire_year_sorts_by_year(student, rng):
    """employees_by_hire_year returns those first who were hired first"""
    employees = some_employees(rng)
    known = {str(employee[3]) for employee in employees}
    did = "We put employees with random hire years into a table and called employees_by_hire_year"
    rows = call(student, "employees_by_hire_year", Database(database(student, employees)))
    lists = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    years = [year for row in lists for year in [str(value) for value in row if str(value) in known][:1]]
    if len(set(years)) < len(known):
        raise Mismatch(f"it returned {rows!r}"[:400], did=did, expected="a row with its hire year for each employee")
    if years != sorted(years):
        raise Mismatch(
            f"the hire years came as {', '.join(years)}",
            did=did,
            expected="the earliest hire year first, the latest last",
        )


ANY_NAMES = [
    "Ng",
    "ng",
    "O'Brien",
    'Jo "Max"',
    "van der Berg",
    "Łukasz",
    "Иванова",
    "山田",
    "1984",
    "01",
    "NULL",
    "50%",
    "--",
    "?",
]


def any_employees(st):
    """Employees in any order, with an id of its own for each."""
    letters = st.lists(st.sampled_from("A1b0Z9"), min_size=1, max_size=4).map("".join)
    key = st.one_of(st.sampled_from(["K417", "7", "007", "1e3"]), letters)
    name = st.sampled_from(ANY_NAMES)
    year = st.one_of(st.sampled_from([1998, 2004]), st.integers(1900, 2099))
    some = st.lists(st.tuples(key, name, name, year), max_size=6, unique_by=lambda employee: employee[0].lower())
    return st.tuples(some, st.sampled_from([None, None, 0, -1])).map(with_namesake)


def with_namesake(pair):
    """Some employees, and one more with the names and the year of one of them."""
    employees, whose = pair
    return [*employees, ("K418", *employees[whose][1:])] if employees and whose is not None else employees


@check(
    needs=["create_table_makes_the_four_columns", "add_employees_stores_any_name", "employees_by_hire_year_sorts_by_year"],
    hint="Only the id tells two employees apart. An id is a text, and everything is returned as it was stored.",
)
@scenarios(any_employees, says="Its employees may be any: none or many, of one year or of one name", most=8)
def test_keeps_and_sorts_any_employees(student, scenario):
    """The three functions together keep any employees, and return them by hire year"""
    did = f"We called create_table, add_employees with {in_words(scenario)} and employees_by_hire_year"
    try:
        call(student, "create_table", Database("check.db"))
        call(student, "add_employees", Database("check.db"), scenario)
        rows = call(student, "employees_by_hire_year", Database("check.db"))
    except StudentFault as fault:
        fault.did = did
        raise
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 4 for row in rows):
        raise Mismatch(f"it returned {rows!r}"[:400], did=did, expected="rows of four values each")
    expect_same(rows, scenario, did, "returned")
    years = [str(row[3]) for row in rows]
    if years != sorted(years):
        expected = "the earliest hire year first, the latest last"
        raise Mismatch(f"the hire years came as {', '.join(years)}", did=did, expected=expected)


def in_words(employees):
    return "[" + "; ".join(" ".join(map(str, employee)) for employee in employees) + "]" if employees else "no employee"


# ---- running and looking


def run_from_scratch(student):
    """Run the program where no database is left from an earlier day."""
    forget_file(student)
    return student.run(PROGRAM)


def forget_file(student):
    """Delete a database that was handed in, or that a module without `__main__` guard made when it was imported."""
    student.remove_file(FILE)


def call(student, function, *arguments):
    forget_file(student)
    return student.call(f"{MODULE}:{function}", *arguments)


def stored(student):
    """The rows in the program's file; none if there is no such table, which is for another check to say."""
    try:
        return student.query(FILE, ROWS)
    except (Mismatch, Missing):
        return []


def rows_in_the_file(student):
    """The rows that the program leaves. Raises Missing without any."""
    run = run_from_scratch(student)
    rows = student.query(FILE, ROWS)
    if not rows:
        raise Missing(f"the table in {FILE} is empty", did=run.did, expected="the employees are in the file when it has ended")
    return rows


def years_of_lines(run, rows):
    """The hire years of the employees in the last lines, known by any value; without rows, the years that stand there."""
    if not rows:
        return [row[-1] for line in run.lines for row in looks_like_an_employee(line)]
    found = [
        max(rows, key=lambda row: values_shown(line, row)) for line in run.lines if any(values_shown(line, row) for row in rows)
    ]
    return [str(row[-1]) for row in found][-len(rows) :]


def values_shown(line, row):
    return sum(shows(line, [value]) for value in row)


def listing(run, rows):
    """The employees as they were printed, in order. Of several lists on the screen the last one counts.

    Without rows in the file there is nothing to compare with: then any line counts that has a year and three more words.
    """
    found = []
    for line in reversed(run.lines):
        candidates = [row for row in rows if shows(line, row)] if rows else looks_like_an_employee(line)
        found += [row for row in candidates if row not in found][:1]
    return found[::-1]


def shows(line, row):
    """Whether all four values stand in the line, none of them as a part of a longer word."""
    return all(re.search(rf"(?<![^\W_]){re.escape(str(value))}(?![^\W_])", line) for value in row)


def looks_like_an_employee(line):
    words = re.findall(r"[\w'-]+", line)
    years = [word for word in words if re.fullmatch(r"(19|20)\d\d", word)]
    return [[*words, years[0]]] if years and len(words) >= 4 else []


def columns(student, database):
    """The declared type of every column of employees by its name, in lower case."""
    found = student.query(database, "SELECT name, type FROM pragma_table_info('employees')")
    return {name.lower(): kind.upper() for name, kind in found}


def expect_names(declared, did):
    if not declared:
        raise Missing("there is no table employees", did=did, expected=f"a table employees with the columns {', '.join(COLUMNS)}")
    if sorted(declared) != sorted(COLUMNS):
        raise Mismatch(
            f"its columns are {', '.join(declared)}", did=did, expected=f"the columns {', '.join(COLUMNS)}, and no others"
        )


def affinity(declared):
    """What SQLite makes of a declared type (its documentation, "Datatypes in SQLite", 3.1): INT is as good as INTEGER."""
    if "INT" in declared:
        return "INTEGER"
    return "TEXT" if any(word in declared for word in ("CHAR", "CLOB", "TEXT")) else ""


def is_name(value):
    """Letters of any alphabet, with marks on them; an apostrophe, a hyphen or a blank may be among them."""
    if not isinstance(value, str) or not value:
        return False
    return all(unicodedata.category(sign)[0] in "LM" or sign in "'’- " for sign in value)


# ---- employees of the checks' own


def some_ids(rng, count):
    ids = set()
    while len(ids) < count:
        ids.add(rng.choice("BCGHKQRT") + "".join(rng.choices(string.ascii_uppercase + string.digits, k=4)))
    return rng.sample(sorted(ids), count)


def some_employees(rng, count=8):
    """Random employees, two of them hired in one year, of whom no column is in the order of hire year."""
    while True:
        years = rng.sample(range(1960, 2025), count - 1)
        names = rng.sample(LAST_NAMES, count), rng.sample(FIRST_NAMES, count)
        people = zip(some_ids(rng, count), *names, [*years, years[0]], strict=True)
        employees = rng.sample(list(people), count)
        orders = [employees, *(sorted(employees, key=lambda employee: employee[column]) for column in range(3))]
        if not any(is_sorted([employee[3] for employee in order]) for order in orders):
            return employees


def is_sorted(years):
    """Whether the years only go up, or only go down."""
    return all(a <= b for a, b in pairwise(years)) or all(a >= b for a, b in pairwise(years))


def database(student, employees=()):
    """A database with the table and these employees: the table of create_table if that is right, else one of our own."""
    name = "check.db"
    try:
        call(student, "create_table", Database(name))
        usable = sorted(columns(student, name)) == sorted(COLUMNS)
    except (Crashed, Mismatch, Missing):
        usable = False
    name = name if usable else "check2.db"
    table = "CREATE TABLE IF NOT EXISTS employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)"
    insert = "INSERT INTO employees(id, last_name, first_name, hire_year) VALUES (?, ?, ?, ?)"
    student.execute(name, (table, [()]), (insert, list(employees)))
    return name


def expect_stored(student, employees, any_column=False):
    """With `any_column` it does not matter which value stands in which column: that is for another check to say."""
    name = database(student)
    call(student, "add_employees", Database(name), employees)
    rows = student.query(name, ROWS)
    did = f"We called add_employees with {len(employees)} employees"
    if not any_column or values_by_row(rows) != values_by_row(employees):
        expect_same(rows, employees, did, "stored")


def rows_by_hire_year(student, employees):
    name = database(student, employees)
    rows = call(student, "employees_by_hire_year", Database(name))
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 4 for row in rows):
        raise Mismatch(
            f"it returned {rows!r}"[:400],
            did=f"We put {len(employees)} employees into a table and called employees_by_hire_year",
            expected="rows of four values each: id, last name, first name, hire year",
        )
    return rows


def expect_same(rows, employees, did, verb):
    """The same employees in any order; whether a year is a number or a text is for the check of the columns to say."""
    got, wanted = in_any_order(rows), in_any_order(employees)
    for employee in wanted:
        if employee not in got:
            raise Mismatch(
                f"{' '.join(employee)} is not among the {how_many_rows(got)} {verb}",
                did=did,
                expected="each of them, unchanged",
            )
    if len(got) != len(wanted):
        raise Mismatch(f"{len(got)} rows were {verb}", did=did, expected=f"these {len(wanted)} employees and no others")


def how_many_rows(rows):
    return "1 row that was" if len(rows) == 1 else f"{len(rows)} rows that were"


def in_any_order(rows):
    return sorted([str(value) for value in row] for row in rows)


def values_by_row(rows):
    """The same whatever the order of the rows, and of the values in each."""
    return sorted(sorted(str(value) for value in row) for row in rows)
