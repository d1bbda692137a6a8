"""An echo client of callbacks: the bytes of the echo are put right where they belong."""

import asyncio


class EchoClient(asyncio.BufferedProtocol):
    def __init__(self, message: bytes) -> None:
        self.message = message
        self.echo = bytearray(len(message) + 1)  # a buffer must not be empty, even for an empty message
        self.filled = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        transport.write(self.message)
        self._look()

    def get_buffer(self, sizehint):
        return memoryview(self.echo)[self.filled :]

    def buffer_updated(self, nbytes):
        self.filled += nbytes
        self._look()

    def connection_lost(self, error):
        if not self.done.done():
            self.done.set_exception(error or EOFError("the server has closed the connection"))

    def _look(self):
        if self.filled >= len(self.message) and not self.done.done():
            self.done.set_result(bytes(self.echo[: len(self.message)]))


async def ask(message: bytes) -> bytes:
    transport, client = await asyncio.get_running_loop().create_connection(lambda: EchoClient(message), "localhost", 9128)
    try:
        return await client.done
    finally:
        transport.close()


def main() -> None:
    message = input("Enter a message to echo: ")
    try:
        print("The server says:", asyncio.run(ask(message.encode())).decode())
    except (OSError, EOFError) as error:
        print(f"No echo! {error}")


main()
