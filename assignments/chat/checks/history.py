"""Histories of a chat room: who does what to one server, drawn at random, and what each client must get, byte for byte.

Who hears what is the handout's table and nothing else. How other checks hear, and what they forgive, is in `room`.

Between two steps everybody who is to be told of something has heard it: no verdict depends on who is quicker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.checks import Mismatch, Missing, Peer, Reset, SplitAt, Stuck, TimedOut

from .lines import GOODBYE, any_name, any_text, left, long_list, message, new, private, short
from .room import MOMENT, PORT, Connect

LONG = 100_000  # characters


@dataclass(frozen=True)
class Step:
    """What a client does; `client` is its number, and so is a friend's. Of no friend: the text goes to all."""

    client: int
    does: str
    messages: Sequence[tuple[int | None, str]] = ()
    cuts: Sequence[int] = ()
    """Behind which bytes what is sent is cut."""


def histories(st):
    """The names of two to six clients, and what they do, one after the other. A step that makes no sense is passed over."""
    times = st.sampled_from([1] * 49 + [LONG])
    text = st.tuples(any_text(st), times).map(lambda pair: (pair[0] * pair[1])[:LONG])
    client = st.integers(0, 5)
    messages = st.lists(st.tuples(st.one_of(st.none(), client), text), min_size=1, max_size=3)
    cuts = st.lists(st.integers(1, 40), max_size=2, unique=True).map(sorted)
    says = st.builds(Step, client, st.sampled_from(["says", "says", "says in two parts"]), messages, cuts)
    moves = ["comes in", "comes in", "quits", "closes", "breaks off", "only connects", "stops reading", "reads again"]
    step = st.one_of(says, st.builds(Step, client, st.sampled_from(moves), cuts=cuts))
    return st.tuples(st.lists(any_name(st), min_size=2, max_size=6, unique=True), long_list(st, step))


class Client:
    """A scripted client: its connection, if it has one, and what it has still to get."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.peer: Peer | None = None
        self.due = ""
        self.is_inside = self.is_asleep = False

    @property
    def is_connected(self) -> bool:
        return self.peer is not None

    def leave(self) -> None:
        self.peer, self.due, self.is_inside, self.is_asleep = None, "", False, False


class History:
    """What has happened to one server so far."""

    def __init__(self, connect: Connect, names: Sequence[str]) -> None:
        self.clients = [Client(name) for name in names]
        self._connect = connect
        self._happened: list[str] = []
        self._unsent: tuple[Client, str, list[tuple[Client, str]]] | None = None
        """Who has sent a part of a message; the rest of it; and who gets what when the rest has been sent."""

    @property
    def did(self) -> str:
        return "; ".join(self._happened) or "We started your server"

    def play(self, steps: Sequence[Step]) -> None:
        """Do all steps, then let everybody leave with QUIT. Raises when anybody gets anything else than is due."""
        for step in steps:
            client = self.clients[step.client % len(self.clients)]
            if not (self._unsent and step.does == "says" and client.is_inside and client is not self._unsent[0]):
                self._send_the_rest()  # nobody comes or goes in the middle of a message: what is it then that is said to whom?
            {
                "says": self._says,
                "says in two parts": self._says,
                "comes in": self._comes_in,
                "only connects": self._connects,
                "stops reading": self._stops_reading,
                "reads again": self._reads_again,
            }.get(step.does, self._leaves)(client, step)
        self._send_the_rest()
        for client in self.clients:
            self._reads_again(client, Step(0, ""))
        for client in self.clients:
            if client.is_connected:
                self._quits(client, [])

    # what a client does

    def _connects(self, client: Client, step: Step) -> None:
        if not client.is_connected:
            client.peer = self._connect(PORT, client.name)
            if step.does == "only connects":
                self._happened.append(f"{client.name} connected")

    def _comes_in(self, client: Client, step: Step) -> None:
        if client.is_inside:
            return
        self._rest()
        self._connects(client, step)
        client.is_inside = True
        self._send(client, f"ADD {client.name}\n", step.cuts)
        self._all_hear([(member, new(client.name)) for member in self.clients if member.is_inside])

    def _says(self, client: Client, step: Step) -> None:
        """One message or several in one go. Somebody hears the last one, so that the server has read all of them by then."""
        self._comes_in(client, Step(0, ""))
        sent, heard = [], []
        told: list[tuple[Client, str]] = []
        for number, text in step.messages:
            friend = None if number is None else self.clients[number % len(self.clients)]
            if friend is None or friend is client:
                told = self._to_all(client, text)
                sent.append(f"MESSAGE {text}\n")
            else:
                told = [(friend, private(client.name, text))] if friend.is_inside else []
                sent.append(f"PRIVATE {friend.name}\n{text}\n")
            heard += told
        if not any(not member.is_asleep for member, _ in told):
            heard += self._to_all(client, "so")
            sent.append("MESSAGE so\n")
        first, all_of_it = sent[0].encode(), "".join(sent)
        part = 1 + step.cuts[0] % (len(first) - 1) if step.cuts else 1
        if step.does == "says in two parts" and first[:part].decode(errors="ignore").encode() == first[:part]:
            begun = first[:part].decode()
            self._send(client, begun, [])
            self._unsent = client, all_of_it[len(begun) :], heard
        else:
            self._send(client, all_of_it, step.cuts)
            self._all_hear(heard)

    def _send_the_rest(self) -> None:
        if self._unsent:
            (client, rest, heard), self._unsent = self._unsent, None
            self._send(client, rest, [], "the rest, ")
            self._all_hear(heard)

    def _leaves(self, client: Client, step: Step) -> None:
        others = [member for member in self.clients if member is not client]
        if not client.is_connected or not any(member.is_inside and not member.is_asleep for member in others):
            return  # nobody would hear of it, and so know when it is over
        self._rest()
        if step.does == "quits":
            self._reads_again(client, step)
            self._quits(client, step.cuts)
            return
        if step.does == "closes":
            self._happened.append(f"{client.name} closed the connection")
            client.peer.close()
        else:
            self._happened.append(f"{client.name} sent 'MESSA' and broke the connection off")
            client.peer.send(b"MESSA", [Reset(5)])
        self._is_gone(client)

    def _quits(self, client: Client, cuts: Sequence[int]) -> None:
        self._send(client, "QUIT\n", cuts)
        self._all_hear([(client, GOODBYE)])
        rest = client.peer.receive_all(did=self.did)
        if rest:
            raise Mismatch(
                f"{client.name} got '{short(rest)}' behind GOODBYE", did=self.did, expected=f"nothing more for {client.name}"
            )
        self._is_gone(client)

    def _is_gone(self, client: Client) -> None:
        was_inside = client.is_inside
        client.leave()
        if was_inside:
            self._all_hear([(member, left(client.name)) for member in self.clients if member.is_inside])

    def _stops_reading(self, client: Client, step: Step) -> None:
        if client.is_inside and sum(member.is_inside and not member.is_asleep for member in self.clients) > 1:
            self._happened.append(f"{client.name} stopped reading")
            client.peer.stall()
            client.is_asleep = True

    def _reads_again(self, client: Client, step: Step) -> None:
        if client.is_asleep:
            self._happened.append(f"{client.name} read again")
            client.peer.unstall()
            client.is_asleep = False
            self._all_hear([])

    # what it leads to

    def _to_all(self, client: Client, text: str) -> list[tuple[Client, str]]:
        return [(member, message(client.name, text)) for member in self.clients if member.is_inside]

    def _send(self, client: Client, text: str, cuts: Sequence[int], what: str = "") -> None:
        data = text.encode()
        places = [cut for cut in cuts if cut < len(data)]
        how = f", cut behind byte {' and '.join(map(str, places))}" if places else ""
        self._happened.append(f"{client.name} sent {what}'{short(text)}'{how}")
        client.peer.send(data, [SplitAt(places or [len(data)])])

    def _all_hear(self, told: Sequence[tuple[Client, str]]) -> None:
        """Wait until everybody who reads has got what is due."""
        for client, text in told:
            client.due += text
        for client in self.clients:
            if client.due and not client.is_asleep:
                self._hear(client, client.due.encode())
                client.due = ""

    def _hear(self, client: Client, due: bytes) -> None:
        expected = f"{client.name} gets '{short(due)}'"
        try:
            got = client.peer.receive_like(due, did=self.did)
        except (Missing, TimedOut, Stuck) as fault:
            fault.expected = expected
            raise
        if got != due and not client.is_inside:
            raise Mismatch(
                f"{client.name}, who is not in the room, got '{short(got)}'",
                did=self.did,
                expected=expected,
                hint="Tell only those who are in the room now. Nobody is before ADD: keep who has joined, not who has connected.",
            )
        if got != due:
            raise Mismatch(
                f"{client.name} got '{short(got)}'", did=self.did, expected=expected, expected_bytes=due, actual_bytes=got
            )

    def _rest(self) -> None:
        """Give the server a moment before somebody comes or goes: see `room.Room.rests`."""
        for client in self.clients:
            if client.is_inside:
                client.peer.wait_quietly(lambda: False, within=MOMENT)
                return
