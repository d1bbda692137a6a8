"""Generated scenarios: any pages for any browsers, and any path that leads somewhere else.

The checks that ask for one thing at a time are in `test_web_server`. Here the model says it exactly: which file of the folder a
path names, and that its bytes come back behind the head that the handout asks for.
"""

from __future__ import annotations

import re
import string
from urllib.parse import quote

from grader.checks import Mismatch, Reset, SplitAt, check, scenarios, visible

from .browsing import FROM_OUTSIDE, LEVELS, OUTSIDE, PORT, expect_content, expect_head_only, serve, shortened, some_text

SIZES = [40, 0, 1, 511, 1023, 1024, 1025, 4095, 4096, 4097, 8192, 8193, 16_385, 65_535, 65_536, 65_537, 200_000]
"""Bytes of a page: around what programs read, send or keep at once."""
FIELDS = [
    "Host: localhost:8080",
    "host:localhost",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)",
    "ACCEPT: */*",
    "Accept-Language:   de, en;q=0.5  ",
    "Cookie: a=b; path=/../etc/hosts",
    "X-Empty:",
    "Referer: http://localhost:8080/GET / HTTP/1.0",
    "Connection: keep-alive",
    "X-Long: " + "GET /y " * 300,
]
LITERAL = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@"
"""What stands in a path as it is (RFC 3986, section 3.3: pchar); of all the rest the bytes in UTF-8 are written with %."""
LAST = "x+y..%41.html"
"""The name of a page that is asked for at the end of every scenario."""
MISSING = "404 Not Found, or 400, or 403, and nothing from outside the folder"


# ---- any pages, any browsers


def visits(st):
    """What browsers do, one after the other, with one server. A page has a name, a size and a spelling of its name."""
    letters = st.text(string.ascii_lowercase + string.ascii_uppercase + string.digits, min_size=1, max_size=6)
    odd = st.sampled_from(["", "-", " ", "+", "%41", "%20", "%", "..", ".", "é", "?", "#", "&=", "日", "~"])
    name = st.one_of(
        st.tuples(letters, odd, st.one_of(st.just(""), letters)).map("".join),
        st.tuples(odd, letters).map("".join),
        st.sampled_from(["index.html", ".hidden", "...", "%2e%2e", "pictures/cat.png", "pictures/a b/c+d", "n" * 200]),
    )
    spelling = st.sampled_from(["", "", "every letter", "every letter, %af", "every second letter"])
    page = st.tuples(name, st.sampled_from(SIZES), spelling)
    head = st.tuples(st.sampled_from(["HTTP/1.0", "HTTP/1.1"]), st.lists(st.sampled_from(FIELDS), max_size=5, unique=True))
    cuts = st.one_of(st.just([]), st.lists(st.integers(1, 300), min_size=1, max_size=4, unique=True))
    asks = st.tuples(st.just("GET"), page, head, cuts)
    others = st.tuples(st.sampled_from(["HEAD", "POST", "PUT", "DELETE", "PATCH", "missing"]), page, head, cuts)
    leaves = st.tuples(st.sampled_from(["left", "broke off", "broke off late", "said nonsense"]), page, head, st.just([]))
    return st.lists(st.one_of(asks, asks, others, leaves), max_size=5)


@check(
    needs=[
        "serves_a_text_page",
        "serves_one_client_after_another",
        "answers_404_for_a_missing_page",
        "gives_the_length_in_bytes",
        "serves_a_binary_file_unchanged",
        "ends_header_lines_with_crlf",
        "closes_after_the_reply",
        "reads_a_request_in_pieces",
        "finds_a_name_with_a_blank",
        "refuses_other_methods",
        "goes_on_after_a_client_that_leaves",
        "goes_on_after_a_client_that_breaks_off",
        "goes_on_after_nonsense",
    ],
    hint="Decode the name once, as UTF-8; otherwise any file of the folder may have any name, with .. in it, too. "
    "Read to the empty line or the end, whatever is in between.",
)
@scenarios(visits, says="Whatever a client does, the next one is served", most=7)
def test_serves_any_page_to_any_browser(student, connect, rng, scenario):
    """Serves any page to any browser: whatever its name and size, its request, and the browser before it"""
    pages: dict[str, bytes] = {}
    for act, (name, size, _), _, _ in scenario:
        if act != "missing":
            pages.setdefault(name, rng.randbytes(size))
    pages[LAST] = some_text(rng)
    server = serve(student, pages)
    told: list[str] = []
    for act, (name, _, spelling), (version, fields), cuts in scenario:
        browse(connect, act, name, spelling, version, fields, cuts, pages, told)
    browse_in_vain(connect, told)
    browse(connect, "GET", LAST, "", "HTTP/1.0", [], [], pages, told)
    server.expect_running(did=sentence(told))


def browse(connect, act, name, spelling, version, fields, cuts, pages, told):
    """One browser: it does what `act` says, and gets what the model says it should. What it does is noted in `told`."""
    target = "/" + spelled(name, spelling)
    method = act if act.isupper() else "GET"
    body = b"name=value&" * 300 if act in ("POST", "PUT") else b""
    length = [f"Content-Length: {len(body)}"] if body else []
    request = "\r\n".join([f"{method} {target} {version}", *fields, *length, "", ""]).encode() + body
    half = request[: len(request) // 2]
    if act == "left":
        told.append(f"a browser sent half of GET {shortened(target)} and left")
        browser = connect(PORT, name="browser")
        browser.send(half)
        browser.close()
    elif act in ("broke off", "broke off late"):
        sent = half if act == "broke off" else request
        told.append(f"a browser sent {'half of ' if sent is half else ''}GET {shortened(target)} and broke off")
        connect(PORT, name="browser").send(sent, [Reset(len(sent))])
    elif act == "said nonsense":
        nonsense = bytes(sum(target.encode()) % 256 for _ in range(9)) + b"\xff\r\n\r\n"
        told.append("a browser sent bytes that are no HTTP")
        browser = connect(PORT, name="browser")
        browser.send(nonsense)
        browser.half_close()
        browser.wait_quietly(lambda: browser.closed_by_server, within=0.3)  # an answer is not asked for
        browser.close()
    else:
        places = sorted({cut % len(request) for cut in cuts} - {0})
        told.append(f"a browser sent {method} {shortened(target)} {version}{with_fields(fields)}{in_pieces(places)}")
        raw = whole_reply(connect, request, places, told)
        if act == "HEAD":
            expect_head_only(raw, len(pages[name]), sentence(told))
        elif act == "GET" or (name in pages and act == "missing"):
            expect_file(raw, pages[name], told)
        else:
            expect_code(raw, [404] if act == "missing" else [501, 405], told)


def browse_in_vain(connect, told):
    """A browser that ends its sending in the middle of its request gets the end of the connection."""
    told.append("a browser sent 'GET /x' and the end of its data")
    browser = connect(PORT, name="browser")
    browser.send(b"GET /x")
    browser.half_close()
    browser.wait_until_closed(did=sentence(told))
    browser.close()


def whole_reply(connect, request: bytes, places, told) -> bytes:
    """All that comes until the server closes the connection."""
    browser = connect(PORT, name="browser")
    browser.send(request, [SplitAt(places)] if places else [])
    try:
        return browser.receive_all(did=sentence(told))
    finally:
        browser.close()


def expect_code(raw: bytes, codes, told, expected: str = "") -> None:
    line = raw.partition(b"\r\n")[0]
    match = re.match(rb"HTTP/1\.[01] (\d{3})(?: |$)", line)
    if not match or int(match[1]) not in codes:
        raise Mismatch(
            f"the answer was '{visible(line[:80])}'",
            did=sentence(told),
            expected=expected or f"an answer with the code {' or '.join(map(str, codes))}",
        )


def expect_file(raw: bytes, content: bytes, told) -> None:
    """The code 200, the length of the file, and its bytes."""
    expect_code(raw, [200], told, f"HTTP/1.0 200 OK, and the {len(content):,} bytes of the file")
    head, _, body = raw.partition(b"\r\n\r\n")
    lengths = re.findall(rb"(?im)^content-length[ \t]*:[ \t]*(.*?)[ \t]*\r?$", head)
    if lengths != [b"%d" % len(content)]:
        happened = f"it said {visible(b' and '.join(lengths))}" if lengths else "there was no Content-Length"
        raise Mismatch(happened, did=sentence(told), expected=f"Content-Length: {len(content)}")
    if body != content:
        at = next((place for place, (one, other) in enumerate(zip(body, content, strict=False)) if one != other), None)
        where = "" if at is None else f"; they differ from byte {at + 1} on"
        raise Mismatch(
            f"{len(body):,} bytes came behind the head{where}",
            did=sentence(told),
            expected=f"the {len(content):,} bytes of the file",
        )


def spelled(name: str, how: str) -> str:
    """The name as it stands in a path: with % what must be, or more of it. The slashes between folders stay."""
    if not how:
        return quote(name, safe=LITERAL + "/")
    step = 2 if "second" in how else 1
    hexadecimal = "%%%02x" if "%af" in how else "%%%02X"
    parts = []
    for place, letter in enumerate(name):
        literal = letter == "/" or (place % step and letter in LITERAL)
        parts.append(letter if literal else "".join(hexadecimal % byte for byte in letter.encode()))
    return "".join(parts)


def with_fields(fields) -> str:
    names = [field.partition(":")[0] for field in fields]
    return f" with {', '.join(names)}" if names else ""


def in_pieces(places) -> str:
    return f", cut behind byte {' and '.join(map(str, places))}" if places else ""


def sentence(told) -> str:
    text = "; then ".join(told)
    return text[:1].upper() + text[1:]


# ---- any path


def paths(st):
    """Paths that lead out of the folder, or seem to: by dots, by links, as absolute paths, and spelled in all ways."""
    up = st.sampled_from(
        ["..", "%2e%2e", ".%2e", "%2E.", "%252e%252e", ".", "", "pictures", "nowhere", "...", "%2e%2e%2", "..;", "%c0%ae."]
    )
    slash = st.sampled_from(["/", "%2f", "%2F", "//", "\\", "%5c", "%252f"])
    climb = st.tuples(st.lists(up, min_size=1, max_size=3), slash).map(lambda pair: (pair[1].join(pair[0]) + pair[1]) * LEVELS)
    plain = st.sampled_from(["../", "%2e%2e/", "..%2f"]).map(lambda text: text * LEVELS)
    start = st.sampled_from(["/", "/pictures/", "/nowhere/", "/page.html/", "//", "/./", "/%2f", "", "/pictures/../"])
    end = st.sampled_from([OUTSIDE, "etc//hosts", "./etc/./hosts", "etc%2fhosts", "%65tc/hosts", "page.html"])
    climbs = st.tuples(start, st.one_of(plain, climb), end).map("".join)
    absolute = st.tuples(st.sampled_from(["//", "///", "/%2f", "/%2F%2f", "", "http://localhost/", "file:///"]), end).map("".join)
    links = st.sampled_from(
        ["/link.html", "/outside/hosts", "/pictures/link.html", "/%6cink.html", "/./link.html", "/outside/../etc/hosts"]
    )
    long = st.tuples(st.sampled_from(["a", "../", "/", "%2e"]), st.sampled_from([100, 1000, 3000])).map(
        lambda pair: "/" + pair[0] * pair[1] + OUTSIDE
    )
    return st.lists(st.one_of(links, links, climbs, climbs, absolute, long), min_size=1, max_size=5)


@check(
    needs=[
        "serves_a_text_page",
        "answers_404_for_a_missing_page",
        "serves_one_client_after_another",
        "goes_on_after_nonsense",
        "never_climbs_out_of_the_folder",
        "never_climbs_out_with_percent_signs",
        "never_serves_an_absolute_path",
    ],
    hint="resolve() follows .. and links: serve only what is_relative_to(folder) afterwards, however it was written.",
)
@scenarios(paths, says="find out where it really leads, and see whether that is in the folder", most=6)
def test_lets_nothing_out(student, connect, rng, scenario):
    """Serves nothing from outside its folder, whatever the path: dots, slashes and percent signs at any place, and links"""
    page = some_text(rng)
    for name, target in (("link.html", f"/{OUTSIDE}"), ("pictures/link.html", f"/{OUTSIDE}"), ("outside", "/etc")):
        student.add_link(name, target)
    serve(student, {"page.html": page, "pictures/cat.png": page})
    told: list[str] = []
    for target in scenario:
        told.append(f"a browser sent GET {shortened(target)}{where_it_leads(target)}")
        raw = whole_answer(connect, target, None if is_plain(target) else 1)
        if FROM_OUTSIDE.search(raw):
            raise Mismatch(f"it sent the file /{OUTSIDE} of this computer", did=sentence(told), expected=MISSING)
        if is_plain(target):
            expect_code(raw, [404, 400, 403], told, MISSING)
    expect_content(connect, "/page.html", page, did=sentence([*told, "we asked for /page.html"]))


def whole_answer(connect, target: str, within: float | None) -> bytes:
    """All that comes within so many seconds; None for as long as an answer may take."""
    browser = connect(PORT, name="browser")
    browser.send(f"GET {target} HTTP/1.0\r\n\r\n".encode())
    browser.wait_quietly(lambda: browser.closed_by_server, within)
    browser.close()
    return browser.received


def where_it_leads(target: str) -> str:
    link = re.fullmatch(r"/(?:\./|pictures/)?(?:link|%6cink)\.html", target)
    if link:
        return f", a link to /{OUTSIDE}"
    return ", where outside is a link to /etc" if target.startswith("/outside/") else ""


def is_plain(target: str) -> bool:
    """Whether the handout says what is answered: it begins with /, ends at the file outside and makes sense everywhere."""
    odd = ("\\", "%5c", "%252f", "%c0", "..;")
    return (
        target.startswith("/")
        and not target.endswith("page.html")
        and len(target) < 250
        and not re.search("%(?![0-9a-fA-F]{2})", target)
        and not any(part in target for part in odd)
    )
