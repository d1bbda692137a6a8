"""A chat room with asyncio. Nobody is waited for: what a slow member has not read yet stays in that member's buffer."""
import asyncio

members = {}


def tell(writer, *lines):
    if not writer.is_closing():
        writer.write("".join(line + "\n" for line in lines).encode())


def tell_all(*lines):
    for writer in list(members.values()):
        tell(writer, *lines)


async def next_line(reader):
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return line[:-1].decode(errors="replace")


async def talk(reader, writer):
    name = None
    try:
        while True:
            command, _, rest = (await next_line(reader)).partition(" ")
            if command == "QUIT":
                tell(writer, "GOODBYE")
                break
            if command == "ADD" and name is None:
                name = rest
                members[name] = writer
                tell_all(f"NEW {name}")
            elif command == "MESSAGE" and name is not None:
                tell_all(f"MESSAGE {name}", rest)
            elif command == "PRIVATE":
                text = await next_line(reader)
                if name is not None and rest in members:
                    tell(members[rest], f"PRIVATE {name}", text)
    except (EOFError, OSError, ValueError):
        pass
    finally:
        if members.get(name) is writer:
            del members[name]
            tell_all(f"LEFT {name}")
        writer.close()


async def main():
    server = await asyncio.start_server(talk, "localhost", 9000, limit=2**20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
