import sqlite3

PEOPLE = [
    ("A1", "Young", "Peter", 2010),
    ("B2", "Lopez", "Maria", 1998),
    ("C3", "Kim", "Jiwoo", 2005),
    ("D4", "Singh", "Arjun", 2020),
    ("E5", "Ivanova", "Olga", 1991),
]


def create_table(connection):
    connection.execute("DROP TABLE IF EXISTS employees")
    connection.execute("CREATE TABLE employees(id TEXT, last_name TEXT, first_name TEXT, hire_year TEXT)")


def add_employees(connection, employees):
    # builds the SQL out of the names: O'Brien breaks it, and little Bobby Tables does worse
    for e in employees:
        connection.executescript(f"INSERT INTO employees VALUES('{e[0]}', '{e[1]}', '{e[2]}', '{e[3]}');")


def employees_by_hire_year(connection):
    return connection.execute("SELECT * FROM employees ORDER BY hire_year").fetchall()


def main():
    connection = sqlite3.connect("employees.db")
    create_table(connection)
    add_employees(connection, PEOPLE)
    connection.commit()
    for person in employees_by_hire_year(connection):
        print(*person)


main()
