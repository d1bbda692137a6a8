# -*- coding: latin-1 -*-
"""Echo-Client, der es dreimal versucht."""

import socket
import time

text = input("Enter a message to echo: ")


def verbinde():
	for versuch in range(3):
		try:
			return socket.create_connection(("localhost", 9128))
		except ConnectionRefusedError:
			print("Noch kein Server, Versuch", versuch + 1)
			time.sleep(0.1)
	raise SystemExit("Ich gebe auf: Es läuft kein Server.")


with verbinde() as s:
	nachricht = text.encode("utf-8")
	antwort = bytearray()
	try:
		s.sendall(nachricht)
		s.shutdown(socket.SHUT_WR)  # mehr kommt nicht
		while stück := s.recv(64):
			antwort.extend(stück)
	except OSError:  # auch shutdown() kann scheitern, und das ist kein ConnectionError
		print("Die Verbindung ist abgerissen.")
	if len(antwort) == len(nachricht):
		print("Zurück kam: " + antwort.decode("utf-8"))
	else:
		print("Der Server hat aufgelegt.")
