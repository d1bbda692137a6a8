# -*- coding: latin-1 -*-
"""Les opérations de bourse; le travail est fait dans « bourse »."""

from bourse import Bourse, add_trades, by_price, create_database, trades_of

ACHATS = [
	("2010-05-06", "BUY", "L'ORÉAL", 12, 79.35),
	("2010-05-07", "SELL", "L'ORÉAL", 12, 78.4),
	("2011-08-10", "BUY", "Société Générale", 300, 22.18),
]


def principal():
	create_database("sample.db")
	with Bourse("sample.db") as bourse:
		for ligne in trades_of(bourse.connexion, "RHAT"):
			bourse.montre(ligne)
		print("-" * 72)
		add_trades(bourse.connexion, ACHATS)
		for ligne in by_price(bourse.connexion):
			bourse.montre(ligne)


principal()
