# Café server: saved by an old editor as Latin-1, without a coding cookie.
import socketserver

print("Café")
