"""An echo server with asyncio: every client at the same time."""
import asyncio


async def echo(reader, writer):
    try:
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # the client went away
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(echo, "localhost", 9128)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print("bye")
