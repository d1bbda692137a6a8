"""What a file is that was handed in as a Python program and is none: a saved web page, a document, a copied prompt.

Python calls such a file a syntax error in line 1 or 2, which tells nobody what is wrong. Bytes in, one sentence out.
"""

from __future__ import annotations

import codecs
import re

_COPY = "Copy the program itself into a file of plain text, and hand that in."
_BEGINNINGS = (
    (rb"<(?:!doctype\s+html|html|head|body)\b", f"{{name}} is a saved web page, not a Python program. {_COPY}"),
    (rb"<\?xml\b", f"{{name}} is an XML document, not a Python program. {_COPY}"),
    (rb"\{\\rtf", f"{{name}} is a document of a word processor (RTF), not a Python program. {_COPY}"),
    (rb"pk\x03\x04", f"{{name}} is a packed file (ZIP) or a document of a word processor, not a Python program. {_COPY}"),
    (rb"%pdf-", f"{{name}} is a PDF, not a Python program. {_COPY}"),
    (
        rb"```",
        "{name} begins with ```, which marks code in a chat or a web page: leave out the lines with ``` and all around them.",
    ),
    (
        rb"\{(?=[\s\S]*\"cells\"\s*:)(?=[\s\S]*\"nbformat\"\s*:)",
        "{name} is a notebook, not a Python program: export it as a Python script, and take only what the handout asks for.",
    ),
)
"""How a file begins, in small letters, and what to say of it."""
_PROMPT = re.compile(rb"^(?:>>>|In \[\d+\]:)(?: |$)", re.MULTILINE)
_MARKS = [re.compile(mark, re.MULTILINE) for mark in (rb"^<{7} ", rb"^={7}\s*?$", rb"^>{7} ")]


def no_program(name: str, data: bytes) -> str:
    """A sentence that says what the file is instead of a program, and what to do; empty for one that may be a program."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return f"{name} is saved in UTF-16, which Python does not read: save it again in UTF-8."
    text = data.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        return f"{name} is empty: was it saved before it was handed in?"
    for beginning, sentence in _BEGINNINGS:
        if re.match(beginning, text, re.IGNORECASE):
            return sentence.replace("{name}", name)
    if _PROMPT.match(text):
        return f"{name} is copied from Python's prompt: leave out every >>> and …, and the lines that Python has answered."
    if _has_marks(data):
        between = "choose between what stands above and below =======, and remove the three marks"
        return f"{name} has the marks of a merge that git could not finish: {between}."
    return ""


def _has_marks(data: bytes) -> bool:
    """Whether the three marks of an unfinished merge stand at the beginning of lines, in their order."""
    at = 0
    for mark in _MARKS:
        found = mark.search(data, at)
        if not found:
            return False
        at = found.end()
    return True
