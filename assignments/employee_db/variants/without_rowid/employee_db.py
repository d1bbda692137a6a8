"""Employees in a table that is sorted by id from the start."""

import sqlite3
import sys


def create_table(connection):
    connection.executescript(
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS "employees" (
            "id" TEXT PRIMARY KEY CHECK (length(id) > 0),
            "last_name" TEXT NOT NULL COLLATE NOCASE,
            "first_name" TEXT NOT NULL DEFAULT '',
            "hire_year" INTEGER CHECK (typeof(hire_year) = 'integer')
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS by_year ON employees(hire_year);
        """
    )


def add_employees(connection, employees):
    connection.executemany("INSERT OR IGNORE INTO employees VALUES (?1, ?2, ?3, ?4)", iter(employees))
    connection.commit()


def employees_by_hire_year(connection):
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    cursor.execute("SELECT id, last_name, first_name, hire_year FROM employees INDEXED BY by_year ORDER BY hire_year ASC")
    while rows := cursor.fetchmany(2):
        yield from rows


def main(path="employees.db"):
    with sqlite3.connect(path) as connection:
        create_table(connection)
        add_employees(
            connection,
            [
                ("X9", "Kaya", "Deniz", 2024),
                ("X1", "Silva", "Rui", 1975),
                ("X5", "Haas", "Jo", 2010),
                ("X3", "Berg", "Liv", 1980),
                ("X7", "Rossi", "Ugo", 2010),
                ("X2", "Papadopoulou", "Eleni", 2050),
            ],
        )
        for row in employees_by_hire_year(connection):
            sys.stdout.write("\t".join(f"{name}={row[name]}" for name in row.keys()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
