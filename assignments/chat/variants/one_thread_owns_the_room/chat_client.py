"""A chat client as a generator of messages, with tasks for keyboard and server."""

import asyncio

FORMS = {"NEW": "{} has joined the chat room", "LEFT": "{} has left the chat room", "MESSAGE": "{}: {}", "PRIVATE": "{} [private]: {}"}


async def messages(reader):
    """Yield (form, values) until the server says GOODBYE or is gone."""
    while line := await reader.readline():
        word, _, name = line.decode().rstrip("\n").partition(" ")
        if word == "GOODBYE":
            return
        values = [name]
        if word in ("MESSAGE", "PRIVATE"):
            values.append((await reader.readline()).decode().rstrip("\n"))
        yield FORMS[word], values


async def show(reader):
    async for form, values in messages(reader):
        print("==> " + form.format(*values))


async def talk(writer):
    typed = ""
    while typed != "quit":
        typed = await asyncio.to_thread(input)
        head, _, tail = typed.partition(":")
        if typed == "quit":
            writer.write(b"QUIT\n")
        elif head.startswith("private ") and tail:
            writer.write(f"PRIVATE {head.split(' ', 1)[1]}\n{tail}\n".encode())
        else:
            writer.write(f"MESSAGE {typed}\n".encode())
        await writer.drain()


async def main():
    name = await asyncio.to_thread(input, "What is your name: ")
    reader, writer = await asyncio.open_connection("localhost", 9000)
    writer.write(f"ADD {name}\n".encode())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(show(reader))
        tasks.create_task(talk(writer))
    writer.close()


asyncio.run(main())
