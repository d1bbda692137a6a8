"""Checks of the web server, by real requests to it, and of the notebook, by what is written in it.

Every check starts the server in a fresh folder with pages of its own. No connection stays open while another one is used: a
server for one client at a time is right. That a reply is exactly as the handout has it is for `serves_a_text_page` to say;
elsewhere it is enough that the page is in what came.
"""

from __future__ import annotations

import re

from grader.checks import (
    Mismatch,
    Missing,
    Reset,
    check,
    expect_code_unchanged,
    expect_explained,
    try_every_split,
    visible,
)

from .browsing import (
    LEVELS,
    OUTSIDE,
    PORT,
    SERVE_ON,
    ask_kindly,
    compared,
    expect_among,
    expect_content,
    expect_head_only,
    expect_nothing_from_outside,
    expect_page,
    expect_status,
    serve,
    serving,
    some_name,
    some_text,
)

NOTEBOOK = "walkthrough.ipynb"
LINES = [f"L{number:02}" for number in range(1, 22)]


# ---- the server: right requests


@check(hint="Send the status line, the headers, an empty line and then the page; each line before the page ends in \\r\\n.")
def test_serves_a_text_page(student, connect, rng):
    """Answers 200 and sends exactly the page"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    serve(student, {page: content})
    expect_page(connect, f"/{page}", content)


@check(
    hint=SERVE_ON,
)
def test_serves_one_client_after_another(student, connect, rng):
    """Serves the next client, and the one after that"""
    pages = {some_name(rng, ".html"): some_text(rng) for _ in range(3)}
    server = serve(student, pages)
    for page, content in pages.items():
        expect_content(connect, f"/{page}", content)
    server.expect_running(did="We asked for three pages, one after the other")


@check(
    hint="open() raises OSError if there is no such file: answer HTTP/1.0 404 Not Found then.",
)
def test_answers_404_for_a_missing_page(student, connect, rng):
    """Answers 404 when there is no such page"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    with serving(student, {page: content}):
        for missing in (some_name(rng, ".html"), some_name(rng, "")):
            expect_status(connect, "GET", f"/{missing}", [404])
        expect_content(connect, f"/{page}", content)


@check(
    hint="Content-Length counts bytes: take len() of the bytes that you send. In UTF-8, é has two of them.",
)
def test_gives_the_length_in_bytes(student, connect, rng):
    """Gives the exact Content-Length in bytes, also for a page with accents"""
    page = some_name(rng, ".html")
    content = some_text(rng) + f"Crème brûlée {rng.randrange(10_000)} €\n".encode()
    serve(student, {page: content})
    reply = ask_kindly(connect, f"/{page}")
    promised = reply.headers.get("content-length")
    if promised is None or promised.strip() != str(len(content)):
        raise Mismatch(
            "there was no such header" if promised is None else f"it was Content-Length: {visible(promised)}",
            did=f"We asked for /{page}, a page of {len(content)} bytes",
            expected=f"the header Content-Length: {len(content)}",
            **compared(str(len(content)).encode(), promised.strip().encode() if promised else None),
        )


@check(
    hint='Open the file with mode "rb": as text it is changed, or raises UnicodeDecodeError. Send all its bytes with sendall().',
)
def test_serves_a_binary_file_unchanged(student, connect, rng):
    """Sends a picture of 300 kB byte for byte"""
    picture = some_name(rng, ".png")
    content = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + rng.randbytes(300_000)
    serve(student, {picture: content})
    expect_content(connect, f"/{picture}", content)


@check(hint='Every line of the head ends with "\\r\\n", the empty line, too.')
def test_ends_header_lines_with_crlf(student, connect, rng):
    """Ends every line of the head with CR and LF"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    serve(student, {page: content})
    reply = ask_kindly(connect, f"/{page}")
    expect_among(reply, content, f"We asked for /{page}")
    if not reply.crlf or not reply.head.endswith(b"\r\n\r\n"):
        raise Mismatch(
            f"the head was {visible(reply.head)}",
            did=f"We asked for /{page}",
            expected="a head in which each line ends in \\r\\n",
            **compared(re.sub(rb"\r?\n", b"\r\n", reply.head.strip()) + b"\r\n\r\n", reply.head),
        )


@check(hint="In HTTP/1.0 the end of the connection is the end of the reply: close it when all is sent.")
def test_closes_after_the_reply(student, connect, rng):
    """Closes the connection after the reply"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    serve(student, {page: content})
    browser = connect(PORT, name="browser")
    browser.send(f"GET /{page} HTTP/1.0\r\n\r\n".encode())
    did = f"We asked for /{page} and waited for the end"
    browser.wait_until_closed(did=did)
    if content not in browser.received:
        came = f"'{visible(browser.received[:200])}' came" if browser.received else "it closed without sending the page"
        raise Missing(came, did=did, expected="the page, and then the end of the connection")


@check(
    hint='recv() may return a part of the request only: collect what it returns until b"\\r\\n\\r\\n" is there.',
)
def test_reads_a_request_in_pieces(student, connect, rng):
    """Understands a request that arrives in pieces"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    line = f"GET /{page} HTTP/1.0"
    headers = [("Host", "localhost"), ("Cookie", "".join(rng.choices("abcdefghijkmnopqrstuvwxyz", k=2100)))]
    head = "\r\n".join([line, *(f"{name}: {value}" for name, value in headers)])
    did = f"We sent the request {line} in pieces, with a header line of 2 kB"

    def attempt(faults):
        reply = ask_kindly(connect, f"/{page}", did=did, headers=headers, faults=faults)
        expect_among(reply, content, did, "the page, as if it had come in one piece")

    with serving(student, {page: content}):
        try_every_split(head.encode(), attempt)


@check(hint="A blank is %20 in a request: urllib.parse.unquote() turns it back. Do that once.")
def test_finds_a_name_with_a_blank(student, connect, rng):
    """Finds a page with a blank in its name, asked for with %20"""
    first, second = some_name(rng, ""), some_name(rng, ".html")
    content = some_text(rng)
    serve(student, {f"{first} {second}": content})
    expect_content(connect, f"/{first}%20{second}", content)


@check(
    hint="Look at the first word of the request: for a method that you do not support, answer 501 (or 405). HEAD is one of "
    "these, or it gets the head of GET's reply and no page.",
)
def test_refuses_other_methods(student, connect, rng):
    """Answers 501 or 405 to POST and DELETE; to HEAD as well, or with the head alone"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    with serving(student, {page: content}):
        expect_status(connect, "POST", f"/{page}", [501, 405], body=b"hello")
        expect_status(connect, "DELETE", f"/{page}", [501, 405])
        expect_head_only(ask_kindly(connect, f"/{page}", "HEAD").raw, len(content), f"We sent HEAD /{page}")
        expect_content(connect, f"/{page}", content)


@check(
    needs=["serves_one_client_after_another"],
    hint='recv() returns b"" when the client has left: stop reading then, and wait for the next client.',
)
def test_goes_on_after_a_client_that_leaves(student, connect, rng):
    """Goes on serving after clients that left without a request, or in the middle of one"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    serve(student, {page: content})
    for sent, what in ((b"", "sent nothing"), (f"GET /{page}".encode(), "sent half a request")):
        leaver = connect(PORT, name="browser that leaves")
        leaver.send(sent)
        leaver.close()
        expect_content(connect, f"/{page}", content, did=f"After a client that {what} and left, we asked for /{page}")


@check(
    needs=["serves_one_client_after_another"],
    hint="recv() and sendall() raise ConnectionResetError or BrokenPipeError when a client breaks off. Both are ConnectionError: "
    "catch that, and wait for the next client.",
)
def test_goes_on_after_a_client_that_breaks_off(student, connect, rng):
    """Goes on serving after a client that broke the connection off in the middle of its request"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    serve(student, {page: content})
    half = f"GET /{page}".encode()
    connect(PORT, name="browser that breaks off").send(half, [Reset(len(half))])
    did = f"After a client that sent half a request and broke the connection off, we asked for /{page}"
    expect_content(connect, f"/{page}", content, did=did)


@check(
    needs=["serves_one_client_after_another"],
    hint="Expect anything: bytes that are no UTF-8, a first line of one word, a name too long for a file. Catch ValueError, "
    "IndexError and OSError around the answer to one client, and wait for the next.",
)
def test_goes_on_after_nonsense(student, connect, rng):
    """Goes on serving after requests that make no sense: no UTF-8, no HTTP, a name that is too long"""
    page = some_name(rng, ".html")
    content = some_text(rng)
    serve(student, {page: content})
    word = some_name(rng, "").upper().encode()
    for what, request in (
        ("bytes that are no UTF-8", b"\xff\xfe\xe4 \xf6 \xfc"),
        ("GET for a name in bytes that are no UTF-8", b"GET /\xff\xfe HTTP/1.0"),
        (f"the word {word.decode()} and no more", word),
        ("an empty line in place of a request", b""),
        ("GET for a name of 5,000 letters", b"GET /" + word.ljust(5000, b"x") + b" HTTP/1.0"),
    ):
        odd = connect(PORT, name="odd browser")
        odd.send(request + b"\r\n\r\n")
        odd.half_close()
        odd.wait_quietly(lambda odd=odd: odd.closed_by_server, within=1)  # an answer is not asked for
        odd.close()
        expect_content(connect, f"/{page}", content, did=f"After a client that sent {what}, we asked for /{page}")


# ---- the server: requests for what is none of the client's business


@check(
    hint="Take (folder / name).resolve() and serve it only if is_relative_to(folder) says that it is still in the folder.",
)
def test_never_climbs_out_of_the_folder(student, connect, rng):
    """Serves nothing from outside its folder for a path with /../"""
    up = "../" * LEVELS
    expect_nothing_from_outside(student, connect, rng, [f"/{up}{OUTSIDE}", f"/./{up}{OUTSIDE}", f"/nowhere/../{up}{OUTSIDE}"])


@check(
    hint="Decode the name first (once), and look at where it leads afterwards: %2e%2e is .. in other letters.",
)
def test_never_climbs_out_with_percent_signs(student, connect, rng):
    """Serves nothing from outside its folder when the dots or slashes are written as %2e and %2f"""
    spellings = ["%2e%2e/", "..%2f", "%2E%2E%2F", "%252e%252e%252f"]
    expect_nothing_from_outside(student, connect, rng, [f"/{up * LEVELS}{OUTSIDE}" for up in spellings])


@check(
    hint="Strip all slashes from the front of the name: folder / '/etc/hosts' is /etc/hosts, whatever the folder.",
)
def test_never_serves_an_absolute_path(student, connect, rng):
    """Serves nothing from outside its folder for an absolute path"""
    expect_nothing_from_outside(student, connect, rng, [f"//{OUTSIDE}", f"/%2f{OUTSIDE}", f"/%2F/{OUTSIDE}"])


# ---- the notebook


@check(hint="Explain at least one line, and leave the code cells as they were given; try things out in cells of your own.")
def test_keeps_the_given_code(student):
    """The notebook has all the given code, and at least one explanation"""
    data = student.read_file(NOTEBOOK)
    expect_code_unchanged(student.given(NOTEBOOK), data)
    # The untouched notebook has earned nothing.
    expect_explained(student.given(NOTEBOOK), data, ids=LINES, at_least=1)


EXPLAIN = (
    "Write at least five words of your own on each line, name something that stands there, and keep the <!-- explain: … -->."
)


@check(hint=EXPLAIN)
def test_explains_reading_the_request(student):
    """Each line of part 1, L01 to L07, is explained"""
    expect_explained(student.given(NOTEBOOK), student.read_file(NOTEBOOK), ids=LINES[:7])


@check(hint=EXPLAIN)
def test_explains_making_the_reply(student):
    """Each line of part 2, L08 to L14, is explained"""
    expect_explained(student.given(NOTEBOOK), student.read_file(NOTEBOOK), ids=LINES[7:14])


@check(hint=EXPLAIN)
def test_explains_the_server(student):
    """Each line of part 3, L15 to L21, is explained"""
    expect_explained(student.given(NOTEBOOK), student.read_file(NOTEBOOK), ids=LINES[14:])
