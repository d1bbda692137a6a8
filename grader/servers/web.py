"""A small web server to try a browser or a client with (`grader serve`). How a reply looks stands in `grader.protocols.http`."""

from __future__ import annotations

import mimetypes
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from grader.protocols.http import reply_bytes
from grader.servers.connection import Connection
from grader.servers.faults import Script, send_under
from grader.servers.server import Server

_LARGEST_REQUEST = 64 * 1024


class WebServer(Server):
    """Serves the files below `root` to GET and HEAD, one request for each connection, and nothing outside `root`."""

    port: ClassVar[int] = 8080
    served_as: ClassVar[str] = "web"
    root = Path()

    def start(self, root: Path) -> None:
        """Listen, and serve what is below `root`."""
        self.root = root
        self._listen()

    def start_for_a_person(self, line: str | None) -> None:
        self.start(Path.cwd())

    async def serve(self, connection: Connection) -> None:
        import h11  # not above: most sessions speak no HTTP

        reader = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_REQUEST)
        seen = 0
        try:
            while (event := reader.next_event()) is h11.NEED_DATA:
                if not await connection.wait_for_more(seen):
                    await connection.finish()
                    return
                data = connection.received_from(seen)
                seen += len(data)
                reader.receive_data(data)
            assert isinstance(event, h11.Request)
            reply = answer(self.root, event.method.decode("ascii"), event.target.decode("latin-1"))
        except h11.RemoteProtocolError:
            reply = _short(HTTPStatus.BAD_REQUEST)
        await send_under(connection, Script(), reply, patience=self._patience)
        await connection.finish()


def answer(root: Path, method: str, target: str) -> bytes:
    """The whole reply to one request: a file below `root`, or why there is none."""
    if method not in ("GET", "HEAD"):
        return _short(HTTPStatus.NOT_IMPLEMENTED)
    file = find_file(root, target)
    if file is None:
        return _short(HTTPStatus.NOT_FOUND)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    reply = _reply(HTTPStatus.OK, kind, content := file.read_bytes())
    return reply.removesuffix(content) if method == "HEAD" else reply


def find_file(root: Path, target: str) -> Path | None:
    """The file that `target` names, None unless it is a file below `root`, wherever `..` and links may lead."""
    path = unquote(urlsplit(target, allow_fragments=False).path if target.startswith("http") else target.partition("?")[0])
    try:
        file = (root / path.lstrip("/")).resolve()
        return file if file.is_relative_to(root.resolve()) and file.is_file() else None
    except (OSError, ValueError):  # a name too long, or with a zero byte in it
        return None


def _short(status: HTTPStatus) -> bytes:
    return _reply(status, "text/plain", f"{status.value} {status.phrase}\n".encode())


def _reply(status: HTTPStatus, kind: str, body: bytes) -> bytes:
    return reply_bytes(status.value, status.phrase, [("Content-Type", kind)], body)
