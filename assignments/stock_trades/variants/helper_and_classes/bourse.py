# -*- coding: latin-1 -*-
"""Une bourse dans un fichier SQLite."""

import sqlite3

DÉBUT = ("2006-01-05", "BUY", "RHAT", 100, 35.14)


class Bourse:
	def __init__(self, chemin):
		self.connexion = sqlite3.connect(chemin)

	def __enter__(self):
		return self

	def __exit__(self, erreur, *_):
		if erreur is None:
			self.connexion.commit()
		self.connexion.close()

	@classmethod
	def crée(cls, chemin):
		with cls(chemin) as bourse:
			bourse.connexion.execute("DROP TABLE IF EXISTS stocks")
			bourse.connexion.execute("CREATE TABLE stocks(date text, trans text, symbol text, qty real, price real)")
			add_trades(bourse.connexion, [DÉBUT])

	@staticmethod
	def montre(ligne):
		"""Les colonnes dans un autre ordre, la quantité sans décimales."""
		date, sens, symbole, quantité, prix = ligne
		print(f"{symbole} ({sens}, {date}): {quantité:g} à {prix}")


def trades_of(connexion, symbole):
	return iter(connexion.execute("SELECT * FROM stocks WHERE symbol == ?", (symbole,)).fetchall())


def add_trades(connexion, opérations):
	connexion.executemany("INSERT INTO stocks VALUES(?, ?, ?, ?, ?)", opérations)


def by_price(connexion):
	return connexion.execute("SELECT * FROM stocks ORDER BY price").fetchall()


create_database = Bourse.crée
