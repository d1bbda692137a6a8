"""Employees in a table that takes no year for a text and no text for a year."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

UPSERT = """
INSERT INTO employees (id, first_name, last_name, hire_year)
VALUES (:id, :first, :last, :year)
ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name, hire_year = excluded.hire_year
"""


class Employee(NamedTuple):
    id: str
    last_name: str
    first_name: str
    hire_year: int


def create_table(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS employees "
            "(id TEXT NOT NULL PRIMARY KEY, last_name TEXT, first_name TEXT, hire_year INTEGER) STRICT"
        )


def add_employees(connection: sqlite3.Connection, employees: Iterable[tuple[str, str, str, int]]) -> None:
    rows = ({"id": key, "last": last, "first": first, "year": year} for key, last, first, year in employees)
    with connection:
        connection.executemany(UPSERT, rows)


def employees_by_hire_year(connection: sqlite3.Connection) -> Iterator[Employee]:
    columns = ", ".join(Employee._fields)
    return map(Employee._make, connection.execute(f"SELECT {columns} FROM employees ORDER BY hire_year, last_name"))


def main() -> None:
    connection = sqlite3.connect("employees.db")
    create_table(connection)
    add_employees(
        connection,
        [
            Employee("777", "Ng", "Wei", 2020),
            Employee("778", "de la Cruz", "María José", 1987),
            Employee("9B", "Þórsdóttir", "Ásta", 2003),
            Employee("A1", "O’Neill", "Seán", 1999),
            Employee("0042", "Smith-Jones", "Zoë", 2001),
        ],
    )
    print("| hired | id | name |\n|-------|----|------|")
    for employee in employees_by_hire_year(connection):
        print(f"| {employee.hire_year} | {employee.id:>4} | {employee.last_name}, {employee.first_name} |")
    connection.close()


main()
