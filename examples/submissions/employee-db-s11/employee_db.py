import sqlite3
from collections import namedtuple

Employee = namedtuple("Employee", "id last_name first_name hire_year")


def create_table(connection):
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'employees'")
    if tables.fetchone() is None:
        connection.execute("CREATE TABLE employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)")


def add_employees(connection, employees):
    cursor = connection.cursor()
    for employee in employees:
        if cursor.execute("SELECT 1 FROM employees WHERE id = ?", employee[:1]).fetchone() is None:
            cursor.execute("INSERT INTO employees(id, last_name, first_name, hire_year) VALUES(?, ?, ?, ?)", employee)
    connection.commit()


def employees_by_hire_year(connection):
    everybody = [Employee(*row) for row in connection.execute("SELECT id, last_name, first_name, hire_year FROM employees")]
    return sorted(everybody, key=lambda employee: employee.hire_year)


def main():
    connection = sqlite3.connect("employees.db")
    create_table(connection)
    add_employees(
        connection,
        [
            Employee("X91", "Ng", "Li", 2019),
            Employee("X17", "Fischer", "Anna", 1992),
            Employee("X40", "Silva", "Paulo", 2004),
            Employee("X55", "Kowalski", "Jan", 2010),
            Employee("X23", "Abe", "Yuki", 1999),
        ],
    )
    print("ID   Year  Name")
    for employee in employees_by_hire_year(connection):
        print("{0.id:<4} {0.hire_year}  {0.last_name}, {0.first_name}".format(employee))
    connection.close()


if __name__ == "__main__":
    main()
