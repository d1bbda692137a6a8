"""Gives the functions that read a student's text what is hard on regular expressions; started by `test_hostile_text.py`.

usage: python -m tests.hostile_text NAME. It prints the name of each input before it is read, and "done" at the end. Nothing in
here judges what the functions say: any answer will do, and of exceptions only those that they promise.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable

from grader.checks.plain_data import read_answer
from grader.errors import StudentFault
from grader.notebooks import cells, conversation
from grader.notebooks import explanations as notebooks
from grader.notebooks.rehearsal import NotAccepted, play_chat, play_daytime
from grader.protocols.http import is_complete
from grader.reports.difference import difference
from grader.reports.text import inert, quoted
from grader.sandbox.explain import find_crash, find_waiting_places, has_traceback

MANY = 150_000

UNITS = [
    "\n", " ", " \n", "\t", "a", "#", "(", ")", "()", "`", "``` \n", "~~~\n", "`a", "*a", "_a ", "**", "|", "|-|\n",
    "\\", "\\|", "<!--", "<!-- ", "<!-- explain: ", "<!-- explain: a --> ", "-->", "A", "Aa", "_", "-", ".", "'", '"',
    "[", "{", "0", "é", "\0", "\r", "\x0c", "🙂", "<<<<<<<", "\n<", '  File "', '  File "a.py", line 1\n',
    "Traceback (most recent call last):\n", "Thread 1\n", "A: a\n", ":", "| a | server | ADD a |\n",
    "| server | all | NEW a |\n", "a.", "-1", "not ", "x=", "lambda:",
]  # fmt: skip
TEXTS = {unit: (unit * (MANY // len(unit))) for unit in UNITS} | {
    f"{unit}, then a word": unit * (MANY // len(unit)) + "word" for unit in ("\n", " ", "(", "`", "|", "<!--")
}
TEXTS |= {"brackets": "(" * (MANY // 2) + ")" * (MANY // 2) + "a", "deep": "[" * MANY + "]" * MANY}

HEADING = "| who | to whom | message |\n|---|---|---|\n"
CODE = "import os  # L01\n"
GIVEN = cells.Notebook(
    (
        cells.Cell("code", CODE, 1),
        cells.Cell("markdown", "<!-- explain: L01 -->\n", 2),
        cells.Cell(
            "markdown", "<!-- conversation: a -->\n\n| who | to whom | message |\n|---|---|---|\n| _who_ | _whom_ | _what_ |", 3
        ),
    )
)


def handed_in(text: str) -> cells.Notebook:
    return cells.Notebook(
        (
            cells.Cell("code", text, 1),
            cells.Cell("markdown", f"<!-- explain: L01 -->\n{text}", 2),
            cells.Cell("markdown", f"<!-- conversation: a -->\n\n{text}", 3, "", (text[:100],)),
        )
    )


def read_notebook(text: str) -> None:
    for document in (text, json.dumps({"cells": [{"cell_type": "markdown", "source": text}] * 2, "nbformat": 4})):
        with contextlib.suppress(cells.BrokenNotebook):
            cells.read(document.encode("utf-8", "replace"))


def explain(text: str) -> None:
    notebooks.judge_explanations(GIVEN, handed_in(text))


def compare_code(text: str) -> None:
    notebooks.code_unchanged(GIVEN, handed_in(text))


def converse(text: str) -> None:
    for table in (text, f"{HEADING}| a | server | {text.replace(chr(10), ' ')} |"):
        all_ = conversation.conversations(GIVEN, handed_in(table))
        conversation.judge_conversation("a", all_, GIVEN, at_least=3, parties=3)
        for play in (play_chat, play_daytime):
            with contextlib.suppress(NotAccepted):
                play(all_["a"].messages)


def crash(text: str) -> None:
    sources = {"a.py": b"x = 1\n" * 10_000}
    for output in (text, "Traceback (most recent call last):\n" + text, f'  File "a.py", line {text}', f"Thread 1\n{text}"):
        has_traceback(output)
        find_crash(output, sources)
        find_waiting_places(output, sources)


def answer(text: str) -> None:
    for data in (text, json.dumps({"value": text}), f'{{"value": {text}}}', f'{{"rows": [[{text}]]}}', f'{{"raised": {text}}}'):
        read_answer(data.encode("utf-8", "replace"))


def reply(text: str) -> None:
    for head in ("", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        is_complete((head + text).encode("utf-8", "replace"))


def show(text: str) -> None:
    text = text[:50_000]
    inert(text)
    quoted(text)
    difference(text.encode("utf-8", "replace"), text.encode("utf-8", "replace") + b"x", 100)


READERS: dict[str, Callable[[str], None]] = {
    reader.__name__: reader for reader in (read_notebook, explain, compare_code, converse, crash, answer, reply, show)
}

if __name__ == "__main__":
    for name, hostile in TEXTS.items():
        print(ascii(name), flush=True)
        with contextlib.suppress(StudentFault):
            READERS[sys.argv[1]](hostile)
    print("done")
