# -*- coding: utf-8 -*-
import sqlite3

import people


def create_table(connection):
    connection.execute("CREATE TABLE IF NOT EXISTS employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)")


def add_employees(connection, employees):
    connection.executemany("INSERT INTO employees VALUES(?, ?, ?, ?)", employees)


def employees_by_hire_year(connection):
    connection.row_factory = sqlite3.Row
    return connection.execute("SELECT * FROM employees ORDER BY hire_year").fetchall()


connection = sqlite3.connect("employees.db")
create_table(connection)
connection.execute("DELETE FROM employees")
add_employees(connection, people.ALL)
connection.commit()
for row in employees_by_hire_year(connection):
    print(" | ".join(str(value) for value in row))
connection.close()
