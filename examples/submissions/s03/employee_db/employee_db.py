import sqlite3


def create_table(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)")


def add_employees(connection, employees):
    cursor = connection.cursor()
    for employee in employees:
        cursor.execute("INSERT INTO employees VALUES(?, ?, ?, ?)", employee)
    connection.commit()


def employees_by_hire_year(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM employees ORDER BY hire_year")
    return cursor.fetchall()


def main():
    connection = sqlite3.connect("employees.db")
    create_table(connection)
    add_employees(
        connection,
        [
            ("E100", "Garcia", "Luis", 2012),
            ("E101", "Chen", "Mei", 2001),
            ("E102", "Novak", "Jana", 2018),
            ("E103", "Brown", "Alice", 1995),
            ("E104", "Haddad", "Omar", 2009),
        ],
    )
    for employee in employees_by_hire_year(connection):
        print(employee)
    connection.close()


if __name__ == "__main__":
    main()
