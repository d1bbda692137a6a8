"""Un servidor web con un hilo por cliente."""

import os
import re
import socket
import threading
from urllib.parse import unquote

CARPETA = os.path.realpath(".")
PETICIÓN = re.compile(rb"([A-Z]+) ([^ ]+) HTTP/1\.[01]\r\n(?:[^\r\n]*\r\n)*\r\n")


def atender(conexión: socket.socket) -> None:
	datos = b""
	try:
		while b"\r\n\r\n" not in datos:
			trozo = conexión.recv(4096)
			if not trozo or len(datos) > 1_000_000:
				return
			datos += trozo
		conexión.sendall(respuesta(datos))
	except OSError:
		pass  # el cliente se ha ido
	finally:
		conexión.close()


def respuesta(datos: bytes) -> bytes:
	petición = PETICIÓN.match(datos)
	if not petición:
		return b"HTTP/1.0 400 Mal\r\n\r\n"
	método, destino = petición.groups()
	if método != b"GET":
		return b"HTTP/1.0 501 Eso no\r\n\r\n"
	try:
		ruta = os.path.realpath(unquote(destino.decode("latin-1")).lstrip("/"))
		if not ruta.startswith(CARPETA + os.sep):
			raise FileNotFoundError  # «..» o un enlace lleva fuera
		with open(ruta, "rb") as archivo:
			contenido = archivo.read()
	except (OSError, ValueError):
		return "HTTP/1.0 404 No está\r\nContent-Type: text/plain\r\n\r\nAquí no hay nada.\n".encode()
	return b"HTTP/1.0 200 Bien\r\nContent-Length: " + str(len(contenido)).encode() + b"\r\n\r\n" + contenido


def principal() -> None:
	escucha = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
	escucha.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	escucha.bind(("localhost", 8080))
	escucha.listen(50)
	while True:
		conexión, _ = escucha.accept()
		threading.Thread(target=atender, args=[conexión], daemon=True).start()


if __name__ == "__main__":
	principal()
