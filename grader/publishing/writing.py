"""Writing a file in one step, into a folder that somebody else may have filled. What is written: not in here."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from grader.errors import GraderError


def write_file(file: Path, text: str) -> None:
    """Write `file` so that nobody ever reads half of it. A link or a folder of that name is replaced, never followed.

    Raises GraderError when it cannot be written.
    """
    new = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(new, "x", encoding="utf-8", newline="") as stream:
                stream.write(text)
            if file.is_dir() and not file.is_symlink():
                shutil.rmtree(file)
            os.replace(new, file)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise GraderError(f"{file} cannot be written: {error.strerror}. Name another place.") from error
