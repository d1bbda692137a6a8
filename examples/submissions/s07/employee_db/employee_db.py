import sqlite3


def create_table(connection):
    connection.execute("CREATE TABLE IF NOT EXISTS employees(id TEXT, last_name TEXT, first_name TEXT, hire_year INTEGER)")


def add_employees(connection, employees):
    connection.executemany("INSERT INTO employees VALUES(?, ?, ?, ?)", employees)
    connection.commit()


def employees_by_hire_year(connection):
    return connection.execute("SELECT * FROM employees ORDER BY hire_year").fetchall()


def main():
    connection = sqlite3.connect("employees.db")
    create_table(connection)
    if not employees_by_hire_year(connection):
        people = [
            ("P30", "Walker", "Tom", 2017),
            ("P31", "Rossi", "Carla", 2002),
            ("P32", "Dubois", "Marc", 2011),
            ("P33", "Jansen", "Eva", 1997),
            ("P34", "Osei", "Kofi", 2006),
        ]
        add_employees(connection, people)
    for employee_id, last_name, first_name, hire_year in employees_by_hire_year(connection):
        print(hire_year, employee_id, last_name, first_name, sep="\t")
    connection.close()


if __name__ == "__main__":
    main()
