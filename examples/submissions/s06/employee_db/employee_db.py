import sqlite3


def create_table(connection):
    connection.execute("CREATE TABLE IF NOT EXISTS employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)")


def add_employees(connection, employees):
    connection.executemany("INSERT INTO employees VALUES(?, ?, ?, ?)", employees)
    connection.commit()


def employees_by_hire_year(connection):
    return connection.execute("SELECT * FROM employees ORDER BY hire_year").fetchall()


# The rest comes when my other programs end.
