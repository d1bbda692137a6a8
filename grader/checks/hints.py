"""Hints that follow the cause of a failure and not the check that found it. How a cause is found is not in here.

A check's own hint says what a right program does. It stays where it is about the cause: when it names the exception, or one
that it is made from, or the call in which the program is stuck. For every other cause in the tables it would point elsewhere.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from types import MappingProxyType

from grader.checks.no_program import no_program
from grader.errors import Cause, StudentFault

TABLE = {
    # Limits, and waits that never end.
    "endless loop": "Nothing in this loop ever makes its condition false, or reaches its break: what should end it?",
    "endless loop at recv": "recv() returns b'' at once, again and again, when the other side has closed: end the loop then.",
    "endless loop at readline": "readline() returns '' or b'' at once, again and again, when the other side has closed: end "
    "the loop then.",
    "endless loop at input": "input() raises EOFError, again and again, when nothing more will be typed: a loop that catches it "
    "inside, perhaps with a bare except:, goes on for ever. Catch it outside the loop.",
    "flood": "Something is printed in a loop that never ends: what should end it? A loop that catches everything inside, with a "
    "bare except:, also catches what should have ended it, such as EOFError.",
    "memory": "Something grows without an end: which list, text or buffer does this loop make longer, and what should end it?",
    "stuck in sendall": "sendall() waits until the other side reads. If that one waits in sendall(), too, neither goes on: read "
    "between two sends, or send in a thread of its own.",
    "stuck in join": "join() waits for the end of that thread: what is the last thing that it does, and what does it wait for?",
    "stuck at a lock": "Somebody has taken this Lock and not given it back: take it by `with lock:`, never twice in a thread.",
    "stuck in input": "input() waits for a line that nobody types: ask only for what the handout says.",
    "only sleeps": "Again and again this line only sleeps: what does the program wait for, and where does it look at that? "
    "recv(), accept() and input() return as soon as something comes, and need no sleep().",
    "hears the keyboard only": "While input() waits for the keyboard, nobody reads what the other side sends: let a second "
    "thread do that.",
    "hears the other side only": "The program waits for the other side, and does nothing with what was typed until that sends "
    "something: send first, or let a second thread receive.",
    "output by another name": "Give the file just the name that the handout has.",
    "does not listen": "A server listens on its port for as long as it runs, and it does not end: bind() and listen(), "
    "then a loop around accept().",
    "does not connect": "A client connects to the server first, at the host and port of the handout: socket.create_connection().",
    "bytes for text": "recv() returns bytes, and text made from them shows that as b'…': turn them into text with decode().",
    # Exceptions.
    "SyntaxError": "Python cannot read the program: correct {where} first, or the line before it. Until then every check "
    "fails here.",
    "ModuleNotFoundError": "Python finds no module of that name. Is it spelt right? Use only Python's own modules and "
    "your own files.",
    "ImportError": "The module is there, but has nothing of that name. Is it spelt right? Is a file of yours called as one of "
    "Python's modules?",
    "NameError": "Python knows no such name there. Is it spelt as where it was made, and made before, in the same function?",
    "UnboundLocalError": "A name that a function gives a value to is the function's own: give it one before this line, on every "
    "way that leads here.",
    "AttributeError": "What stands before the dot has nothing of that name: is it spelt right? print(type(…)) tells its type.",
    "TypeError": "A value there is of another type than this line needs: print(type(…)) shows which.",
    "RecursionError": "The function calls itself again and again: which case should end that? To do something again, use a loop.",
    "UnicodeDecodeError": "These bytes are no complete UTF-8 text: recv() may cut a letter in two, and others may send anything. "
    "Collect a whole line before you decode() it.",
    "UnicodeEncodeError": 'encode("ascii") knows no letters such as é: leave "ascii" out, and it is UTF-8.',
    "ConnectionRefusedError": "Nobody listens where this line connects to: compare host and port with the handout's.",
    "gaierror": "There is no machine of that name: compare the host's name with the handout's.",
    "BrokenPipeError": "The other side had closed the connection before this line sent something: catch ConnectionError there.",
    "ConnectionResetError": "The other side broke the connection off: catch ConnectionError around recv() and sendall().",
    "TimeoutError": "A socket with a timeout raises TimeoutError when nothing comes in time. A person may take longer: leave the "
    "timeout out, or catch that and go on.",
    "EOFError": "input() found the end of what is typed: ask only for what the handout says, and catch EOFError, which is "
    "Ctrl-D.",
    "FileNotFoundError": "There is no file of that name where the program runs: print the name that you open. A slash in "
    "front leads to the top of the disk.",
    "missing file": "Hand in a file of just this name, small letters and ending included.",
}
"""Hint by the kind of the cause."""

BY_TEXT = (
    ("AttributeError", "'NoneType'", "There is None in front of the dot: a function that ends without return gives None."),
    ("TypeError", "NoneType", "There is None where a value should be: a function that ends without return gives None."),
    ("AttributeError", "'bytes' object has no attribute 'encode'", "These are bytes already: encode() is for text."),
    ("AttributeError", "'str' object has no attribute 'decode'", "This is text already: decode() is for bytes."),
    ("TypeError", "bytes", "Text and bytes meet here: decode() what came from a socket, encode() what goes into one."),
    ("TypeError", "argument", "The call and the def do not agree on the arguments: compare their number, order and names."),
    (
        "OSError",
        "Address already in use",
        "Something listens on this port already: bind() it once, before the loop around accept().",
    ),
    (
        "OSError",
        "Bad file descriptor",
        "This socket was closed before: close() it after its last use, which is the end of a with.",
    ),
    ("OSError", "not connected", "recv() and sendall() are for the socket that accept() returns, not for the one that listens."),
    ("OperationalError", "syntax error", "SQLite cannot read this statement: is every word, comma and parenthesis in its place?"),
    ("OperationalError", "no such table", "The table is not in this database: make it first, and open the same file each time."),
    (
        "OperationalError",
        "no such column",
        "No column has that name: compare it with CREATE TABLE. A text goes in with ? and a value.",
    ),
    ("ProgrammingError", "number of bindings", "There must be one value for each ?, all of them in one tuple: (value,) for one."),
    ("ValueError", "does not match format", "strptime() wants each character as its format has it: print(repr(…)) the text."),
)
"""Kind, what the exception says, and the hint; the first that fits goes before the table's."""

SAME_HINT = {"IndentationError": "SyntaxError", "TabError": "SyntaxError"}
ABOUT = {
    "endless loop at recv": r"""b(''|"")""",
    "stuck in sendall": "sendall",
    "stuck in join": "join",
    "stuck at a lock": "Lock",
    "stuck in input": "input",
    "only sleeps": "sleep",
    "hears the keyboard only": "thread",
    "hears the other side only": "thread",
    "does not listen": "listen",
    "does not connect": "connect",
    "bytes for text": "decode",
    "OperationalError": "SQL",
    "ProgrammingError": "SQL",
}
"""What a check's hint has in it, as a pattern, when it is about this cause."""


def choose(fault: StudentFault, usual: str, own: Mapping[str, str]) -> str:
    """The hint for a fault: its own, else that of its cause, else `usual`, the check's.

    `own` are hints of this assignment by kind of cause, which go before those in here.
    """
    if fault.hint or fault.cause is None:
        return fault.hint or usual
    cause = fault.cause
    if _is_about(usual, cause) or (fault.condition and not cause.kind.startswith("endless")):
        return usual  # whatever happens only when the data come in pieces is the check's matter
    return own.get(cause.kind) or _in_tables(cause) or usual


class Hints:
    """The hints on one submission, check by check.

    Where a check's own hint is about the cause, it serves the checks that come later and fail of the same, too.
    """

    def __init__(self, files: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """`files` are those of the submission, by name."""
        self._told: dict[str, str] = {}
        programs = {name: data for name, data in files.items() if name.endswith(".py")}
        self._no_programs = {name: said for name, data in programs.items() if (said := no_program(name, data))}
        self._all_of_them = "" if self._no_programs.keys() != programs.keys() else " ".join(self._no_programs.values())

    def choose(self, fault: StudentFault, usual: str, own: Mapping[str, str]) -> str:
        """The hint for the next fault, see the function of that name. A file that is no program is what explains most."""
        if no_program_said := self._about_no_program(fault):
            return no_program_said
        hint, cause = choose(fault, usual, own), fault.cause
        if fault.hint or fault.condition or cause is None or not cause.key:
            return hint
        if _is_about(usual, cause):
            self._told.setdefault(cause.key, usual)
            return usual
        return hint if cause.kind in own else self._told.get(cause.key, hint)

    def _about_no_program(self, fault: StudentFault) -> str:
        if fault.cause is None:
            return "" if fault.hint else self._all_of_them
        return self._no_programs.get(fault.cause.where.rpartition(":")[0], "")


def _in_tables(cause: Cause) -> str:
    for kind, text, hint in BY_TEXT:
        if cause.kind == kind and text in cause.text:
            return hint
    file, _, line = cause.where.rpartition(":")
    where = f"line {line} of {file}" if file else "this line"
    return TABLE.get(SAME_HINT.get(cause.kind, cause.kind), "").replace("{where}", where)


def _is_about(hint: str, cause: Cause) -> bool:
    """Whether a hint names the cause. "ConnectionResetError, an OSError" means the first only, which is made from the other."""
    if cause.kind in ABOUT:
        return re.search(rf"(?<!\w){ABOUT[cause.kind]}(?!\w)", hint) is not None
    raised = _exception(cause.kind) or (OSError if cause.kind == "gaierror" else None)
    if raised is None:
        return cause.kind in hint
    classes = [found for word in set(re.findall(r"\w+", hint)) if (found := _exception(word))]
    meant = [one for one in classes if not any(other is not one and issubclass(other, one) for other in classes)]
    return any(issubclass(raised, one) for one in meant)


def _exception(name: str) -> type[BaseException] | None:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
