"""A web server with asyncio streams."""

import asyncio
import contextlib
import os
import urllib.parse

ROOT = os.path.realpath(".")


async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=30)
        status, body = reply_to(head)
        writer.write(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        writer.write(body)
        await writer.drain()
    writer.close()


def reply_to(head: bytes) -> tuple[str, bytes]:
    match head.decode("utf-8", "surrogateescape").split("\r\n")[0].split():
        case ["GET", target, _]:
            name = urllib.parse.unquote(target, errors="surrogateescape")
            path = os.path.realpath(os.path.join(ROOT, name.lstrip("/")).replace("\0", ""))
            if os.path.commonpath([ROOT, path]) != ROOT:
                return "403 Forbidden", b""
            try:
                with open(path, "rb") as file:
                    return "200 OK", file.read()
            except OSError as error:
                return "404 Not Found", (error.strerror or "").encode()
        case [_, _, _]:
            return "501 Not Implemented", b""
    return "400 Bad Request", b"?"


async def main() -> None:
    async with await asyncio.start_server(handle, "localhost", 8080, limit=16384) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
