# The database is made afresh each time.
import os
import sqlite3

PEOPLE = [
    ("e5", "Meyer", "Ida", 2012),
    ("e4", "Meyer", "Ada", 1990),
    ("e3", "Meyer", "Oda", 2012),
    ("e2", "Meyer", "Uda", 1991),
    ("e1", "Meyer", "Eda", 2000),
    ("e6", "Meyer", "Yda", 1900),
]


def create_table(connection):
    cursor = connection.cursor()
    cursor.execute("create table employees(id varchar(10), last_name varchar(40), first_name varchar(40), hire_year int)")
    cursor.close()


def add_employees(connection, employees):
    cursor = connection.cursor()
    for employee in employees:
        cursor.execute("insert into employees values (?, ?, ?, ?)", employee)


def employees_by_hire_year(connection):
    rows = [list(row) for row in connection.execute("select id, last_name, first_name, hire_year from employees")]
    rows.sort(key=lambda row: row[3])
    return rows


if os.path.exists("employees.db"):
    os.remove("employees.db")
db = sqlite3.connect("employees.db", isolation_level=None)  # None: every statement is its own transaction
create_table(db)
add_employees(db, PEOPLE)
print("As they were added:")
for row in db.execute("select * from employees"):
    print(row)
print("As they were hired:")
for row in employees_by_hire_year(db):
    print(row)
db.close()
