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
    employees = [
        ("M1", "Ada", "Lovelace", 1843),
        ("M2", "Grace", "Hopper", 1944),
        ("M3", "Alan", "Turing", 1939),
        ("M4", "Edsger", "Dijkstra", 1952),
        ("M5", "Barbara", "Liskov", 1968),
    ]
    i = 0
    while i < len(employees):
        add_employees(connection, [])  # i never grows


if __name__ == "__main__":
    main()
