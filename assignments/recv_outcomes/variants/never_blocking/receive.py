"""Receiving without ever waiting in recv(): a selector waits."""

import contextlib
import selectors
import time


class ConnectionLost(Exception):
	pass


def is_readable(sock, within=None):
	with selectors.DefaultSelector() as selector:
		selector.register(sock, selectors.EVENT_READ)
		return bool(selector.select(within))


@contextlib.contextmanager
def not_blocking(sock):
	before = sock.gettimeout()
	sock.setblocking(False)
	try:
		yield
	except ConnectionResetError:
		raise ConnectionLost("reset") from None
	finally:
		sock.settimeout(before)


def pieces(sock, wanted):
	"""Yield what comes until the end; wanted() says how many bytes to ask for."""
	with not_blocking(sock):
		while size := wanted():
			is_readable(sock)
			with contextlib.suppress(BlockingIOError):  # it was readable, and is not any more
				piece = sock.recv(size)
				if not piece:
					return
				yield piece


def receive_line(sock):
	line = b""
	with contextlib.closing(pieces(sock, lambda: 1)) as bytes_one_by_one:
		for byte in bytes_one_by_one:
			if byte == b"\n":
				return line
			line += byte
	raise ConnectionLost("no line")


def receive_exactly(sock, count):
	data = bytearray()
	for piece in pieces(sock, lambda: count - len(data)):
		data.extend(piece)
	if len(data) < count:
		raise ConnectionLost("not enough")
	return bytes(data)


def receive_all(sock):
	return b"".join(pieces(sock, lambda: 1 << 20))


def outcome(sock, max_bytes, patience):
	end = time.monotonic() + patience
	with not_blocking(sock):
		while is_readable(sock, max(0, end - time.monotonic())):
			with contextlib.suppress(BlockingIOError):
				got = len(sock.recv(max_bytes))
				return ["closed", "partial", "full"][bool(got) + (got == max_bytes)]
	return "waiting"
