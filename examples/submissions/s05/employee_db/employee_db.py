import sqlite3

def create_table(connection):
    connection.execute("CREATE TABLE employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)"

def add_employees(connection, employees):
    connection.executemany("INSERT INTO employees VALUES(?, ?, ?, ?)", employees)
