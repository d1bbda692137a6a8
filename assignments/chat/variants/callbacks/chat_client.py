"""A chat client in one thread: the event loop calls typed() when there is a line at the keyboard."""

import asyncio
import sys

SHOWN = {
    "NEW": "==> {0} has joined the chat room",
    "LEFT": "==> {0} has left the chat room",
    "MESSAGE": "==> {0}: {1}",
    "PRIVATE": "==> {0} [private]: {1}",
}


class Chat:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    def typed(self):
        line = sys.stdin.readline()
        if line.rstrip("\n") == "quit" or not line:
            asyncio.get_running_loop().remove_reader(sys.stdin)
            self.say("QUIT")
        elif line.startswith("private ") and ":" in line:
            friend, text = line.removeprefix("private ").rstrip("\n").split(":", 1)
            self.say(f"PRIVATE {friend}\n{text.lstrip()}")
        else:
            self.say("MESSAGE " + line.rstrip("\n"))

    def say(self, message):
        self.writer.write(message.encode() + b"\n")

    async def line(self):
        return (await self.reader.readuntil(b"\n")).decode()[:-1]

    async def listen(self):
        while True:
            word, _, name = (await self.line()).partition(" ")
            if word == "GOODBYE":
                break
            text = await self.line() if word in ("MESSAGE", "PRIVATE") else ""
            if word in SHOWN:
                print(SHOWN[word].format(name, text), flush=True)


async def main():
    chat = Chat(*await asyncio.open_connection("localhost", 9000, limit=1 << 24))
    print("What is your name: ", end="", flush=True)
    chat.say("ADD " + sys.stdin.readline().rstrip("\n"))
    asyncio.get_running_loop().add_reader(sys.stdin, chat.typed)
    try:
        await chat.listen()
    except asyncio.IncompleteReadError:
        print("The server has gone.", file=sys.stderr)
    chat.writer.close()


asyncio.run(main())
