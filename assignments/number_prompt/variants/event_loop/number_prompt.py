# -*- coding: latin-1 -*-
"""Een gebeurtenis per regel, en één voor Ctrl-C."""

import asyncio
import os
import signal

VRAAG = "Enter number from 1 to 10: "


class Gesprek:
	def __init__(self, lus):
		self.lus, self.klaar, self.rest = lus, lus.create_future(), b""

	def einde(self, uitkomst):
		if not self.klaar.done():
			self.klaar.set_result(uitkomst)
			self.lus.remove_reader(0)

	def toetsen(self):
		gelezen = os.read(0, 1000)
		*regels, self.rest = (self.rest + gelezen).split(b"\n")
		for regel in regels:
			if not self.klaar.done():  # wat na het getal komt, leest niemand meer
				self.antwoord(regel)
		if not gelezen:
			self.einde(None)  # Ctrl-D

	def antwoord(self, regel):
		try:
			getal = int(regel)
		except ValueError:
			print("That is not a valid integer. Probeer het nog eens, één geheel getal.")
		else:
			if 1 <= getal <= 10:
				return self.einde(getal)
			print("Your number must be from 1 to 10: te veel of te weinig.")
		print(VRAAG, end="", flush=True)


async def vraag():
	lus = asyncio.get_running_loop()
	gesprek = Gesprek(lus)
	lus.add_signal_handler(signal.SIGINT, gesprek.einde, None)
	print(VRAAG, end="", flush=True)
	try:
		lus.add_reader(0, gesprek.toetsen)
	except PermissionError:  # een gewoon bestand is altijd klaar: dan wacht niemand
		while not gesprek.klaar.done():
			gesprek.toetsen()
	return await gesprek.klaar


if __name__ == "__main__":
	keus = asyncio.run(vraag())
	print("" if keus is None else keus)
