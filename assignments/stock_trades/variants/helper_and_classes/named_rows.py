# -*- coding: latin-1 -*-
"""Des lignes qui connaissent leurs colonnes."""

import sqlite3


class Ligne(sqlite3.Row):
	def __str__(self):
		return line_of(self)


def line_of(row):
	colonnes = {nom.lower(): row[nom] for nom in row.keys()}
	return str(colonnes["i1"]) + " " + colonnes["t1"]


def principal():
	connexion = sqlite3.connect("test.db")
	connexion.row_factory = Ligne
	connexion.execute("DROP TABLE IF EXISTS test")
	connexion.execute("CREATE TABLE test(t1 text, i1 int)")
	connexion.executemany("INSERT INTO test VALUES(?, ?)", [("three", 3), ("one", 1), ("two", 2)])
	connexion.commit()
	print(*connexion.execute("SELECT * FROM test ORDER BY i1"), sep="\n")
	connexion.close()


principal()
