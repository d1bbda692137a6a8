"""A chat server of callbacks. Whoever leaves more than 16 MB unread is thrown out."""

import asyncio

MOST_UNREAD = 16 << 20
room: dict[str, "Member"] = {}


def tell_all(text: str) -> None:
    for member in list(room.values()):
        member.tell(text)


class Member(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        transport.set_write_buffer_limits(high=MOST_UNREAD)
        self.name = None
        self.friend = None  # of a PRIVATE whose text has not come yet
        self.unread = b""

    def data_received(self, data):
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            try:
                self.obey(line.decode())
            except UnicodeDecodeError:
                continue  # a line that is no text is no message

    def tell(self, text):
        self.transport.write(text.encode())

    def pause_writing(self):
        self.transport.abort()

    def connection_lost(self, error):
        if self.name is not None and room.pop(self.name, None):
            tell_all(f"LEFT {self.name}\n")

    def obey(self, line):
        if self.friend is not None:
            if self.name and self.friend in room:
                room[self.friend].tell(f"PRIVATE {self.name}\n{line}\n")
            self.friend = None
            return
        match line.split(" ", 1):
            case ["ADD", name]:
                self.name = name
                room[name] = self
                tell_all(f"NEW {name}\n")
            case ["MESSAGE", text] if self.name:
                tell_all(f"MESSAGE {self.name}\n{text}\n")
            case ["PRIVATE", friend]:
                self.friend = friend
            case ["QUIT"]:
                self.tell("GOODBYE\n")
                self.transport.close()
                self.connection_lost(None)


async def main():
    server = await asyncio.get_running_loop().create_server(Member, "localhost", 9000)
    await server.serve_forever()


asyncio.run(main())
