"""What the program says to SQLite."""

import contextlib
import logging
import sqlite3


@contextlib.contextmanager
def opened(path):
    connection = sqlite3.connect(path)
    connection.set_trace_callback(logging.debug)
    try:
        with connection:  # commits
            yield connection
    finally:
        connection.close()


def create_table(connection):
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'employees'").fetchone():
        return
    connection.execute("CREATE TABLE employees (hire_year INTEGER, first_name TEXT, last_name TEXT, id TEXT UNIQUE)")
    connection.execute("CREATE VIEW seniority AS SELECT id, last_name, first_name, hire_year FROM employees")


def add_employees(connection, employees):
    for key, last, first, year in employees:
        connection.execute("INSERT INTO employees VALUES ($year, $first, $last, $id)", dict(id=key, last=last, first=first, year=year))


def employees_by_hire_year(connection):
    return tuple(connection.execute("SELECT * FROM seniority ORDER BY hire_year"))
