import asyncio

everybody = set()


async def serve_client(reader, writer):
    everybody.add(writer)
    try:
        while await reader.readline():
            for each in everybody:
                each.write(b"OK\n")
    except (ConnectionError, ValueError):
        pass
    finally:
        everybody.discard(writer)
        writer.close()


async def main():
    async with await asyncio.start_server(serve_client, "localhost", 9000) as server:
        await server.serve_forever()


asyncio.run(main())
