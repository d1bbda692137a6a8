# -*- coding: latin-1 -*-
"""Echo-Server für höchstens acht Clients gleichzeitig."""

import argparse
import logging
import socket
from concurrent.futures import ThreadPoolExecutor

parser = argparse.ArgumentParser(description="Schickt alles zurück")
parser.add_argument("--port", type=int, default=9128)
parser.add_argument("--größe", dest="size", type=int, default=2048)
options = parser.parse_args()
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(threadName)s %(message)s")


def bediene(verbindung, adresse):
	logging.info("%s ist da", adresse)
	with verbindung:
		try:
			while True:
				daten = verbindung.recv(options.size)
				if not daten:
					break  # der Client hört auf
				verbindung.sendall(daten)
		except ConnectionError as fehler:
			logging.warning("%s: %s", adresse, fehler)
	logging.info("%s ist weg", adresse)


with ThreadPoolExecutor(8) as pool, socket.create_server(("localhost", options.port), backlog=5) as server:
	while True:
		pool.submit(bediene, *server.accept())
