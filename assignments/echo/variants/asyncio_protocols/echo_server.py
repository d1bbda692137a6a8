"""An echo server of callbacks: the loop calls data_received() with whatever has come."""

import asyncio


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):  # the client does not take its echo: do not take more from it, either
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()

    # eof_received() returns None: the transport sends what is left, then closes


async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "localhost", 9128)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
