"""Employees in a database, oldest contract first."""
import sqlite3
from contextlib import closing

COLUMNS = "id", "last_name", "first_name", "hire_year"

STAFF = [
    ("K2041", "Nakamura", "Aiko", 2015),
    ("B0007", "de la Cruz", "Inés", 1999),
    ("C3310", "O'Neill", "Siobhán", 2021),
    ("A1189", "Smith-Okafor", "Ben", 2008),
    ("D5502", "Müller", "Jürgen", 2003),
    ("A1190", "Smith", "Ada", 2008),
]


def create_table(connection):
    connection.execute(
        """
        CREATE TABLE IF NOT EXISTS employees (
            id         TEXT PRIMARY KEY,
            last_name  TEXT NOT NULL,
            first_name TEXT NOT NULL,
            hire_year  INT  NOT NULL
        )
        """
    )


def add_employees(connection, employees):
    with connection:
        connection.executemany(
            "INSERT INTO employees VALUES (:id, :last_name, :first_name, :hire_year)",
            (dict(zip(COLUMNS, employee)) for employee in employees),
        )


def employees_by_hire_year(connection):
    for row in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM employees ORDER BY hire_year, last_name"):
        yield list(row)


if __name__ == "__main__":
    with closing(sqlite3.connect("employees.db")) as database:
        create_table(database)
        database.execute("DELETE FROM employees")
        add_employees(database, STAFF)
        for number, last, first, year in employees_by_hire_year(database):
            print(f"{year}  {number:<8}{first} {last}")
