"""Uhrzeit von NIST, Byte für Byte."""

import calendar
import contextlib
import datetime
import socket
import sys
from fractions import Fraction

ADRESSE = ("time.nist.gov", 13)
GENUG = 1000  # Bytes; eine Zeile von NIST hat 51


def parse_daytime(line):
	datum, uhr = line.split()[1:3]
	jahr, monat, tag = (int(zahl) for zahl in datum.split("-"))
	stunde, minute, sekunde = (int(zahl) for zahl in uhr.split(":"))
	if len(uhr) != 8 or not line.rstrip().endswith("*"):
		raise ValueError("abgeschnitten")
	return datetime.datetime(2000 + jahr, monat, tag, stunde, minute, sekunde, 0, datetime.UTC)


def describe(moment):
	return "It is now %02d:%02d:%02d on %s %02d, %04d" % (
		moment.hour, moment.minute, moment.second, calendar.month_name[moment.month], moment.day, moment.year
	)


def zeile():
	"""Die erste Zeile, die nicht leer ist; wenn nichts mehr kommt, der Anfang davon."""
	gelesen = b""
	with contextlib.closing(socket.socket()) as steckdose:
		steckdose.settimeout(5)
		steckdose.connect(ADRESSE)
		while not (gelesen.strip() and gelesen.endswith(b"\n")) and len(gelesen) < GENUG:
			if not (byte := steckdose.recv(1)):
				break
			gelesen += byte
	return gelesen.decode("latin-1").strip()


def hauptprogramm(argumente):
	minuten = Fraction(argumente[0]) * 60 if argumente else 0
	try:
		moment = parse_daytime(zeile()) + datetime.timedelta(minutes=float(minuten))
	except (OSError, ValueError) as fehler:
		sys.stderr.write(f"Keine Zeit: {fehler}\n")
		raise SystemExit(2)
	sys.stdout.write(describe(moment) + "\n")


if __name__ == "__main__":
	hauptprogramm(sys.argv[1:])
