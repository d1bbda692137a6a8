"""An echo client in one event loop; input() waits in a thread of its own."""

import asyncio
import sys


async def main() -> None:
    reader, writer = await asyncio.open_connection("localhost", 9128)
    try:
        message = await asyncio.to_thread(input, "Enter a message to echo: ")
        data = message.encode()
        writer.write(data)
        await writer.drain()
        echo = await reader.readexactly(len(data))
    finally:
        writer.close()
    print(echo.decode())


try:
    asyncio.run(main())
except asyncio.IncompleteReadError as error:
    print(f"Only {len(error.partial)} bytes came back, then the server hung up.", file=sys.stderr)
except OSError as error:
    print("Nobody echoes:", error, file=sys.stderr)
