"""A chat server: one room; what one member says, all members hear.

One event loop serves everybody, and write() never waits: what a slow client has not taken yet stays in a buffer of that
client, so nobody is held up by somebody else. Lines are UTF-8 and end with LF, and with nothing but LF.
"""

import asyncio

ADDRESS = ("localhost", 9000)
LONGEST_LINE = 1024 * 1024  # bytes
MOST_UNREAD = 64 * 1024  # bytes that wait for one client; a client that leaves more unread is dropped

room = {}  # name -> the StreamWriter of that member


def tell(writer, text):
    """Send `text` to one client without waiting until the client takes it."""
    writer.write(text.encode())
    if writer.transport.get_write_buffer_size() > MOST_UNREAD:
        writer.transport.abort()


def tell_everyone(text):
    for writer in room.values():
        tell(writer, text)


async def read_line(reader):
    """Return the next line without its LF, or None when the client has left. The line may come in many pieces."""
    line = await reader.readline()
    return line[:-1].decode() if line.endswith(b"\n") else None


async def serve_client(reader, writer):
    """Do what one client asks for, message by message, until it quits or leaves."""
    name = None  # not in the room yet
    try:
        while (line := await read_line(reader)) is not None:
            command, _, rest = line.partition(" ")
            if command == "ADD" and name is None and rest not in room:
                name = rest
                room[name] = writer
                tell_everyone(f"NEW {name}\n")
            elif command == "MESSAGE" and name is not None:
                tell_everyone(f"MESSAGE {name}\n{rest}\n")
            elif command == "PRIVATE":
                text = await read_line(reader)
                if name is not None and text is not None and rest in room:
                    tell(room[rest], f"PRIVATE {name}\n{text}\n")
            elif command == "QUIT":
                tell(writer, "GOODBYE\n")
                break
    except (ConnectionError, ValueError):
        pass  # the connection broke, or this was no UTF-8, or no line within LONGEST_LINE
    finally:
        if name is not None:
            del room[name]
            tell_everyone(f"LEFT {name}\n")
        writer.close()  # sends what still waits in the buffer, then closes


async def main():
    server = await asyncio.start_server(serve_client, *ADDRESS, limit=LONGEST_LINE)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print("The chat server stops.")
