"""The program itself; what it says to SQLite is in `statements`."""

import logging

import statements
from statements import add_employees, create_table, employees_by_hire_year

logging.basicConfig(level=logging.DEBUG)

__all__ = ["add_employees", "create_table", "employees_by_hire_year"]


def staff():
    text = "r2 Lee Ann 2006; r3 Lee Bo 2005; r4 Lee Cy 2004; r5 Lee Di 2008; r1 Lee Ed 2007"
    return [(key, last, first, int(year)) for key, last, first, year in map(str.split, text.split(";"))]


if __name__ == "__main__":
    with statements.opened("employees.db") as connection:
        create_table(connection)
        connection.execute("DELETE FROM employees")
        add_employees(connection, staff())
        for key, last, first, year in employees_by_hire_year(connection):
            print(first, last, f"({key})", "since", year, sep=" ", end=".\n")
