"""What all checks of the web server need: the server in a folder with pages, and requests to it. No check in here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import contextmanager

from grader.checks import HttpReply, Mismatch, Missing, StudentFault, http_request, visible

PROGRAM = "web_server.py"
PORT = 8080
SERVE_ON = "After the reply the server must wait for the next client: serve_forever(), or a loop around accept()."

OUTSIDE = "etc/hosts"
"""A file that every system has, outside of every student's folder."""
FROM_OUTSIDE = re.compile(rb"^127\.0\.0\.1[ \t]+.*localhost", re.MULTILINE)
"""A line of that file."""
SHORT_ENOUGH_TO_COMPARE = 2000
"""Bytes of a page or a head that a report shows beside what should have come."""
LEVELS = 16
"""More than the folder is deep: one cannot climb higher than the root, so this reaches it from anywhere."""


def serve(student, pages: dict[str, bytes]):
    """Start the server in a folder that holds these pages, and wait until it listens."""
    for name, content in pages.items():
        student.add_file(name, content)
    server = student.start(PROGRAM)
    server.wait_until_listening(PORT)
    return server


@contextmanager
def serving(student, pages: dict[str, bytes]):
    """The same, for a check that asks more than once: a server that is just over by then gets the hint that fits."""
    server = serve(student, pages)
    try:
        yield server
    except StudentFault as fault:
        server.wait_until_asleep()
        if not server.is_running and "Traceback" not in server.output:
            fault.hint = SERVE_ON
        raise


def some_name(rng, ending: str) -> str:
    return "".join(rng.choices("abcdefghijkmnopqrstuvwxyz", k=7)) + ending


def some_text(rng) -> bytes:
    numbers = [str(rng.randrange(1_000_000)) for _ in range(rng.randint(3, 8))]
    return "".join(f"<p>Lucky number {number}</p>\n" for number in numbers).encode()


def ask(connect, target: str, method: str = "GET", did: str = "", **options):
    """Send a request and return the reply; raise what `http_request` does, in the words of this assignment."""
    try:
        return http_request(connect, PORT, method=method, target=target, **options)
    except StudentFault as fault:
        fault.did = did or (f"We asked for {target}" if method == "GET" else f"We sent {method} {target}")
        fault.expected = "an HTTP reply"
        raise


def ask_kindly(connect, target: str, method: str = "GET", did: str = "", **options) -> HttpReply:
    """The same, also for a reply that is not quite HTTP: its head is then read as a person would."""
    try:
        return ask(connect, target, method, did, **options)
    except Mismatch as fault:
        raw = what_comes(connect, target, method, **options)
        if not raw:
            raise fault from None
    end = re.search(rb"\r?\n\r?\n", raw)
    head = raw[: end.end()] if end else raw
    code = re.match(rb"\S+ +(\d{3})\b", head)
    headers = {name.lower(): value for name, value in re.findall(r"(?m)^([\w-]+): *(.*?)\r?$", head.decode("latin-1"))}
    return HttpReply(int(code[1]) if code else 0, "", headers, head, raw[len(head) :], raw, closed=True)


def what_comes(connect, target: str, method: str = "GET", headers=(), faults=(), body: bytes = b"") -> bytes:
    """All that the server sends for a request until it closes, or for a second."""
    browser = connect(PORT, name="browser")
    lines = [f"{method} {target} HTTP/1.0", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body)}"] if body else []
    browser.send("\r\n".join([*lines, "", ""]).encode() + body, faults)
    browser.wait_quietly(lambda: browser.closed_by_server, within=1)
    browser.close()
    return browser.received


def expect_content(connect, target: str, content: bytes, did: str = "") -> None:
    """The page is in the reply, whatever stands before it."""
    expect_among(ask_kindly(connect, target, did=did), content, did or f"We asked for {target}")


def expect_among(reply: HttpReply, content: bytes, did: str, expected: str = "the page") -> None:
    if content not in reply.raw:
        got = reply.body if reply.status == 200 else None
        happened = f"the answer was {first_line(reply)}" if got is None else difference(got, content)
        raise Mismatch(happened, did=did, expected=expected, **compared(content, got))


def expect_page(connect, target: str, content: bytes, did: str = "") -> None:
    reply = ask(connect, target, did=did)
    did = did or f"We asked for {target}"
    if reply.status != 200:
        raise Mismatch(f"the answer was {first_line(reply)}", did=did, expected="HTTP/1.0 200 OK")
    if reply.body != content:
        expected = f"exactly the {len(content)} bytes of the file behind the head"
        raise Mismatch(difference(reply.body, content), did=did, expected=expected, **compared(content, reply.body))


def compared(wanted: bytes, got: bytes | None) -> dict[str, bytes]:
    """What lets a report put a caret under the first byte that differs: for what a person can look at, no picture."""
    if got is None or max(len(wanted), len(got)) > SHORT_ENOUGH_TO_COMPARE:
        return {}
    return {"expected_bytes": wanted, "actual_bytes": got}


def difference(got: bytes, wanted: bytes) -> str:
    at = next((i for i, (one, other) in enumerate(zip(got, wanted, strict=False)) if one != other), min(len(got), len(wanted)))
    if at == len(got):
        return f"only the first {at} bytes came"
    if at == len(wanted):
        return f"after the file came {len(got) - at} more bytes: '{visible(got[at : at + 40])}'"
    here, there = visible(got[at : at + 20]), visible(wanted[at : at + 20])
    return f"{len(got)} bytes came, and from byte {at} on they differ: '{here}', not '{there}'"


def expect_status(connect, method: str, target: str, codes: Sequence[int], body: bytes = b"") -> None:
    reply = ask_kindly(connect, target, method, body=body)
    if reply.status not in codes:
        raise Mismatch(
            f"the answer was {first_line(reply)}",
            did=f"We sent {method} {target}",
            expected=f"an answer with the code {' or '.join(map(str, codes))}",
        )


def first_line(reply) -> str:
    return visible(reply.raw.split(b"\n")[0].rstrip(b"\r"))


def expect_nothing_from_outside(student, connect, rng, targets: Sequence[str]) -> None:
    """Whatever the server answers to these targets, or if it does not answer at all: it is nothing from outside."""
    page = some_name(rng, ".html")
    content = some_text(rng)
    with serving(student, {page: content}):
        for target in targets:
            try:
                received = ask_kindly(connect, target).raw
            except (Mismatch, Missing):  # no reply: rude, but nothing got out
                continue
            if FROM_OUTSIDE.search(received):
                raise Mismatch(
                    f"it sent the file /{OUTSIDE} of this computer",
                    did=f"We asked for {shortened(target)}",
                    expected="404 (or 400, or 403), and nothing from outside the folder",
                )
        expect_content(connect, f"/{page}", content, did=f"After requests for files outside the folder, we asked for /{page}")


def shortened(target: str) -> str:
    return target if len(target) < 40 else f"{target[:24]}…{target[-12:]}"


def expect_head_only(raw: bytes, size: int, did: str) -> None:
    """The reply to HEAD: like another method, or the head of GET's reply for a page of `size` bytes, and no page."""
    head, end, body = raw.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    if status and int(status[1]) in (501, 405):
        return
    expected = "501 or 405, or else the head of the reply to GET, and no page"
    if not status or int(status[1]) != 200 or not end:
        raise Mismatch(f"the answer was '{visible(raw[:80])}'", did=did, expected=expected)
    if body:
        raise Mismatch(f"{len(body):,} bytes came behind the head: '{visible(body[:40])}'", did=did, expected=expected)
    lengths = re.findall(rb"(?im)^content-length[ \t]*:[ \t]*(.*?)[ \t]*\r?$", head)
    if lengths not in ([], [b"%d" % size]):
        raise Mismatch(f"it said Content-Length: {visible(b' and '.join(lengths))}", did=did, expected=f"Content-Length: {size}")
