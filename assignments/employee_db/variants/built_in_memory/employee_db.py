"""The file is a backup of a database in memory, so it is whole or it is not there."""

import sqlite3
from pathlib import Path

STAFF = """\
Q1|Müller|Änne|2001
Q2|Müller|Änne|1999
Q3|Ó Briain|Dara|2013
Q4|D'Arcy|Mr|1950
Q5|al-Masri|Huda|2099
"""


def create_table(connection):
    connection.execute("CREATE TABLE employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER, PRIMARY KEY (id))")


def add_employees(connection, employees):
    for values in employees:
        connection.execute("REPLACE INTO employees VALUES (?, ?, ?, CAST(? AS INTEGER))", values)


def employees_by_hire_year(connection):
    years = "SELECT DISTINCT hire_year FROM employees ORDER BY hire_year"
    for (year,) in connection.execute(years).fetchall():
        yield from connection.execute("SELECT id, last_name, first_name, hire_year FROM employees WHERE hire_year = ?", (year,))


def main():
    memory = sqlite3.connect(":memory:")
    create_table(memory)
    add_employees(memory, [line.split("|") for line in STAFF.splitlines()])
    memory.commit()
    Path("employees.db").unlink(missing_ok=True)
    with sqlite3.connect("employees.db") as file:
        memory.backup(file)
    print("┌──────┬────┬──────────────────┐")
    for key, last, first, year in employees_by_hire_year(memory):
        print(f"│ {year} │ {key} │ {f'{first} {last}':16} │")
    print("└──────┴────┴──────────────────┘")


if __name__ == "__main__":
    main()
