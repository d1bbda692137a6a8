"""Generated scenarios: any life of the echo server, and any line that is typed to the client, with its echo cut anywhere.

The checks that ask for one thing at a time are in `test_echo`.
"""

from __future__ import annotations

from random import Random

from grader.checks import Delay, Mismatch, SplitAt, StudentFault, check, scenarios, visible

from .running import CLIENT, PORT, Connect, expect_printed, start_server, what_arrived

SIZES = [500, 512, 513, 1000, 1023, 1024, 1025, 2048, 2049, 4096, 4097, 8192, 8193, 16_384, 16_385, 65_536, 65_537, 100_000]
"""Bytes: around what programs pass to recv(), and beyond what one recv() brings."""
SHORT = 40
"""Bytes that can be shown, and cut byte by byte."""
PAUSE = 0.1
"""Seconds. Long enough for a server that has read all to wait for more."""
IN_TURN = 0.2
"""Seconds that a server gets to serve the second client at once, which it need not do."""
MOST_BEFORE_ITS_TURN = 4096
"""Bytes of a client that nobody reads yet: the kernel keeps far more."""


# the server


def lives(st):
    """What happens on two seats: who sits there sends, in one piece or cut, pauses or leaves; then the seat is for a new client.

    A message is its bytes, or how many random ones it has.
    """
    word = st.sampled_from([b"a", b"\n", b"bye", b"quit\n", b"\xff\xfe\0", "grüße".encode()])
    size = st.one_of(st.sampled_from(SIZES), st.integers(1, 20_000))
    message = st.one_of(word, word, st.lists(word, min_size=1, max_size=4).map(b"".join), size)
    cut = st.sampled_from(["", "", "", "", "in two pieces", "byte by byte", "after a pause"])
    sends = st.tuples(st.just("sent"), message, cut)
    leaves = st.tuples(st.sampled_from(["left", "said that it was done", "broke off"]), st.none(), st.just(""))
    acts = st.lists(st.tuples(st.integers(0, 1), st.one_of(sends, sends, leaves)), max_size=8)
    return st.tuples(acts, acts).map(lambda halves: halves[0] + halves[1])  # a single list would mostly be short


@check(
    needs=[
        "server_sends_a_line_back",
        "server_does_not_wait_for_a_newline",
        "server_goes_on_while_the_client_stays",
        "server_sends_back_messages_in_pieces",
        "server_serves_the_next_client",
        "server_sends_back_bytes_that_are_not_text",
        "server_sends_back_100_kilobytes",
        "server_survives_a_client_that_leaves_at_once",
        "server_survives_a_client_that_breaks_off",
        "server_closes_when_the_client_is_done",
    ],
    hint="What a client sends goes back to that client, as it is: no word ends anything, nothing is kept for another client.",
)
@scenarios(lives, says="It goes on for as long as the client stays. When the client has left, it serves the next one.", most=10)
def test_server_serves_any_clients(student, connect, rng: Random, scenario):
    """The server serves any clients, in turns or at the same time, whatever they send and however they leave"""
    start_server(student)
    visitors = Visitors(connect, rng)
    for seat, (act, message, cut) in scenario:
        visitors.act(seat, act, message, cut)
    visitors.end()


class Visitor:
    """A client of the server, and what it has sent that has not come back yet."""

    def __init__(self, connect: Connect, number: int) -> None:
        self.name = f"client {number}"
        self.peer = connect(PORT, name=self.name)
        self.owed = b""
        self.sent = 0
        self.is_known = self.is_done = self.is_gone = False


class Visitors:
    """The clients of one server, in the order in which they come. The first of them gets its echo at once.

    "One client after another is enough": the second may have to wait until the first has left. So there is never a third, and
    who breaks off while it waits keeps its place in the kernel's queue.
    """

    def __init__(self, connect: Connect, rng: Random) -> None:
        self._connect = connect
        self._rng = rng
        self._seats: dict[int, Visitor] = {}
        self._queue: list[Visitor] = []
        self._came = 0
        self._events: list[str] = []

    def act(self, seat: int, act: str, message: bytes | int | None, cut: str) -> None:
        visitor = self._seats.get(seat)
        if visitor is None and len(self._queue) < 2:
            visitor = self._enter(seat)
        if visitor is None or visitor.is_done:  # there is no room yet, or it has said that nothing more comes
            return
        if message is None:
            self._leave(seat, visitor, act)
        else:
            self._send(visitor, message, cut)
        self._settle()

    def end(self) -> None:
        """Everybody who is still there sends once more and says that it is done; then one more client does that."""
        for seat, visitor in list(self._seats.items()):
            self._finish(seat, visitor)
        self._finish(0, self._enter(0))

    def _finish(self, seat: int, visitor: Visitor) -> None:
        if not visitor.is_done:
            self._send(visitor, b"z", "")
            self._settle()
            self._leave(seat, visitor, "said that it was done")
        self._settle()

    def _enter(self, seat: int) -> Visitor:
        self._came += 1
        try:
            visitor = Visitor(self._connect, self._came)
        except StudentFault as fault:
            fault.did = f"{self._told()}; then client {self._came} connected"
            raise
        self._seats[seat] = visitor
        self._queue.append(visitor)
        return visitor

    def _send(self, visitor: Visitor, message: bytes | int, cut: str) -> None:
        data = self._rng.randbytes(message) if isinstance(message, int) else message
        if visitor is not self._queue[0]:
            data, cut = data[:MOST_BEFORE_ITS_TURN], ""
        shown = f"'{visible(data)}'" if len(data) <= SHORT else f"{len(data):,} bytes"
        faults: list[SplitAt | Delay] = []
        if cut == "after a pause":
            faults = [Delay(PAUSE)]
        elif cut and len(data) > 1:
            faults = [SplitAt(range(1, len(data)) if cut == "byte by byte" and len(data) <= SHORT else [len(data) // 2])]
            cut = "byte by byte" if len(data) == len(faults[0].positions) + 1 > 2 else "in two pieces"
        else:
            cut = ""
        self._note(visitor, f"sent {shown}" + (f" {cut}" if cut else ""))
        visitor.owed += data
        visitor.sent += len(data)
        visitor.peer.send(data, faults)
        if visitor is not self._queue[0]:  # a server of many clients is given the time to serve it now
            visitor.peer.wait_quietly(lambda: visitor.peer.received_size >= visitor.sent, within=IN_TURN)

    def _leave(self, seat: int, visitor: Visitor, act: str) -> None:
        self._note(visitor, act)
        if act == "said that it was done":
            visitor.peer.half_close()
            visitor.is_done = True
            return
        visitor.is_gone = True
        if act == "left":
            visitor.peer.close()
        else:
            visitor.peer.reset()
        del self._seats[seat]

    def _settle(self) -> None:
        """Whoever is first gets its echo, and the end if it is done; then it is the next one's turn."""
        while self._queue:
            first = self._queue[0]
            if not first.is_gone:
                self._expect_echo(first)
                if not first.is_done:
                    return
                self._expect_end(first)
                self._seats = {seat: visitor for seat, visitor in self._seats.items() if visitor is not first}
            self._queue.pop(0)

    def _expect_echo(self, visitor: Visitor) -> None:
        owed, visitor.owed = visitor.owed, b""
        try:
            came = visitor.peer.receive_like(owed, did=self._told())
        except StudentFault as fault:
            fault.expected = f"{visitor.name} gets back what it has sent, {visitor.sent:,} bytes in all"
            raise
        if came != owed:
            at = next(place for place, byte in enumerate(came) if owed[place] != byte)
            raise Mismatch(
                f"{visitor.name} got '{visible(came[at : at + 40])}' in place of '{visible(owed[at : at + 40])}'",
                did=self._told(),
                expected=f"{visitor.name} gets back what it has sent",
            )

    def _expect_end(self, visitor: Visitor) -> None:
        more = visitor.peer.receive_all(did=self._told())
        visitor.peer.close()
        if more:
            raise Mismatch(
                f"then more came: '{visible(more[:40])}'",
                did=self._told(),
                expected=f"{visitor.name} gets back the {visitor.sent:,} bytes that it has sent, and the end of the connection",
            )

    def _note(self, visitor: Visitor, what: str) -> None:
        self._events.append(f"{visitor.name} {'' if visitor.is_known else 'connected and '}{what}")
        visitor.is_known = True

    def _told(self) -> str:
        text = "; ".join(self._events) or "No client had come"
        return text[0].upper() + text[1:]


# the client


def lines(st):
    """A line, and behind which of its bytes its echo is cut; -1 for a cut behind every byte."""
    word = st.sampled_from(["a", "hello", "bye", "grüße", "né", "日本語", "🙂", "100%", "{x}", "\\n", "b'x'", '"'])
    words = st.lists(word, min_size=1, max_size=6).map(" ".join)
    long = st.tuples(st.sampled_from("aé日🙂"), st.sampled_from([1024, 1025, 2048, 4096, 4097, 9000])).map(
        lambda pair: pair[0] * (pair[1] // len(pair[0].encode())) + "!"
    )
    cuts = st.one_of(
        st.lists(st.integers(1, 40), max_size=1), st.lists(st.integers(1, 4200), max_size=4, unique=True), st.just([-1])
    )
    return st.tuples(st.one_of(words, long), cuts)


@check(
    needs=["client_prints_the_echo", "client_reads_an_echo_in_pieces"],
    hint="Go on with recv() until as many bytes have come back as you sent, however many that are; then decode() all of them.",
)
@scenarios(lines, says="The echo may come back in pieces. Know when it is complete", most=10)
def test_client_prints_any_echo(student, echo_server, scenario):
    """The client sends any line, short or long, and prints its echo however that is cut"""
    text, cuts = scenario
    size = len(text.encode())
    places = [*range(1, size)] if cuts == [-1] and size <= SHORT else sorted(cut for cut in cuts if 0 < cut < size)
    echo_server.start(faults=[SplitAt(places)])
    shown = f"'{visible(text)}'" if size <= SHORT else f"{len(text):,} letters, '{visible(text[:10])}…{visible(text[-1])}'"
    run = student.run(CLIENT, stdin=text + "\n", did=f"We started {CLIENT} and typed {shown}{how_cut(places)}")
    if what_arrived(echo_server, run, text) != text.encode():
        raise Mismatch("the server got other bytes", did=run.did, expected="the program sends the line as UTF-8")
    if text not in run.output and size > SHORT:
        run.expect_no_traceback()
        raise Mismatch(
            f"it printed {len(run.output):,} characters, among them '{visible(run.output[-40:])}'",
            did=run.did,
            expected=f"all {len(text):,} letters in the output",
        )
    expect_printed(run, text)


def how_cut(places: list[int]) -> str:
    if len(places) > 4:
        return ", and the server sent the echo byte by byte"
    return f", and the server sent the echo in pieces, cut behind byte {' and '.join(map(str, places))}" if places else ""
