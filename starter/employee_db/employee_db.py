"""Keep employees in an SQLite database and list them by the year they were hired."""

import sqlite3

Employee = tuple[str, str, str, int]  # id, last name, first name, hire year

DATABASE = "employees.db"
EMPLOYEES: list[Employee] = [
    # TODO: at least five employees, in an order that is not the order of their hire years.
]


def create_table(connection: sqlite3.Connection) -> None:
    """Create the table `employees` with the columns id, last_name, first_name (TEXT) and hire_year (INTEGER)."""
    # TODO: connection.execute(...)


def add_employees(connection: sqlite3.Connection, employees: list[Employee]) -> None:
    """Add all employees to the table. A name may hold an apostrophe."""
    # TODO: let sqlite3 put the values in: a ? for each of them in the SQL text.


def employees_by_hire_year(connection: sqlite3.Connection) -> list[Employee]:
    """Return all employees as (id, last_name, first_name, hire_year), those who were hired first at the front."""
    # TODO: let the database do the sorting.
    return []


def main() -> None:
    connection = sqlite3.connect(DATABASE)
    # TODO: create the table, add EMPLOYEES, commit, print one employee per line. It must work a second time, too.
    connection.close()


if __name__ == "__main__":
    main()
