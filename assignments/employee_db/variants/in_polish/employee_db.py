# -*- coding: iso-8859-2 -*-
"""Baza pracowników."""

import sqlite3
import argparse

NOWI = (
	("P3", "Wójcik", "Żaneta", 2018),
	("P1", "Kowalski", "Łukasz", 2002),
	("P2", "Dąbrowska", "Świętosława", 2009),
	("P5", "Zieliński", "Michał", 1996),
	("P4", "Nowak", "Bożena", 2021),
)


def create_table(connection):
	connection.execute("CREATE TABLE IF NOT EXISTS main.employees([id] CHAR(8), [last_name] NVARCHAR(50), `first_name` CLOB, hire_year BIGINT)")


def add_employees(connection, employees):
	connection.execute("SAVEPOINT dodawanie")
	for numer, nazwisko, imię, rok in employees:
		# kto już jest, tego nie dodajemy drugi raz
		connection.execute(
			"INSERT INTO employees(first_name, last_name, id, hire_year) SELECT ?, ?, ?, ? "
			"WHERE NOT EXISTS (SELECT * FROM employees WHERE id = ?)",
			(imię, nazwisko, numer, rok, numer),
		)
	connection.execute("RELEASE dodawanie")


def employees_by_hire_year(connection):
	wynik = connection.execute("SELECT hire_year, id, last_name, first_name FROM employees ORDER BY 1").fetchall()
	return [(numer, nazwisko, imię, rok) for rok, numer, nazwisko, imię in wynik]


if __name__ == "__main__":
	opcje = argparse.ArgumentParser()
	opcje.add_argument("--plik", default="employees.db")
	baza = sqlite3.connect(opcje.parse_args().plik)
	try:
		create_table(baza)
		add_employees(baza, NOWI)
	except sqlite3.Error as błąd:
		baza.rollback()
		raise SystemExit(str(błąd))
	else:
		baza.commit()
	print("Stan na 31 XII 2024:")
	for kto in employees_by_hire_year(baza):
		print(*kto, sep="; ")
