import sqlite3


def create_table(connection):
    connection.execute("CREATE TABLE IF NOT EXISTS employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)")


def add_employees(connection, employees):
    connection.executemany("INSERT INTO employees VALUES(?, ?, ?, ?)", employees)
    connection.commit()


def employees_by_hire_year(connection):
    return connection.execute("SELECT * FROM employees ORDER BY hire_year").fetchall()


if __name__ == "__main__":
    connection = sqlite3.connect("employees.db")
    create_table(connection)
    year = 1990
    while True:  # prints and prints
        print("hired in", year, employees_by_hire_year(connection))
