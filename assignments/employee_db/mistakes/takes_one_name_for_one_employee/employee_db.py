"""Keep employees in an SQLite database and list them by the year they were hired."""

import sqlite3
from contextlib import closing

Employee = tuple[str, str, str, int]  # id, last name, first name, hire year

DATABASE = "employees.db"
EMPLOYEES: list[Employee] = [
    ("K417", "Okafor", "Amara", 2011),
    ("B052", "Lindqvist", "Nils", 1998),
    ("T903", "O'Brien", "Maeve", 2019),
    ("A288", "Haddad", "Samir", 2004),
    ("R160", "Novák", "Jana", 2015),
    ("C731", "Tanaka", "Yuki", 1998),
]


def create_table(connection: sqlite3.Connection) -> None:
    """Create the table `employees`, unless it is there already."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS employees(id TEXT PRIMARY KEY, last_name TEXT, first_name TEXT, hire_year INTEGER, UNIQUE (last_name, first_name))"
    )


def add_employees(connection: sqlite3.Connection, employees: list[Employee]) -> None:
    """Add all employees. One whose id is in the table already takes the place of the old row."""
    connection.executemany("INSERT OR REPLACE INTO employees VALUES (?, ?, ?, ?)", employees)
    connection.commit()


def employees_by_hire_year(connection: sqlite3.Connection) -> list[Employee]:
    """Return all employees, those who were hired first at the front."""
    return connection.execute("SELECT id, last_name, first_name, hire_year FROM employees ORDER BY hire_year").fetchall()


def main() -> None:
    with closing(sqlite3.connect(DATABASE)) as connection:
        create_table(connection)
        add_employees(connection, EMPLOYEES)
        for employee_id, last_name, first_name, hire_year in employees_by_hire_year(connection):
            print(f"{hire_year}  {employee_id}  {first_name} {last_name}")


if __name__ == "__main__":
    main()
