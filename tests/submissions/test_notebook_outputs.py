"""A notebook that is large only because of its pictures is handed in like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.limits import NOTEBOOK_BYTES, SUBMISSION_FILE_BYTES
from grader.submissions.notebook_outputs import without_outputs
from grader.submissions.reading import read_submission


def notebook(picture: str = "") -> Any:
    code = nbformat.v4.new_code_cell("print('é')", execution_count=3)
    code.outputs = [nbformat.v4.new_output("display_data", {"image/png": picture})]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Why: “because”"), code])


def test_only_the_outputs_are_gone() -> None:
    before = notebook("iVBORw0KGgo=")
    data = without_outputs(nbformat.writes(before).encode())
    assert data is not None
    after = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(after)
    assert after.cells[1].outputs == []
    before.cells[1].outputs = []
    assert after == before


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"cells": 1}', b'{"cells": [1]}', b"{" * 100_000, b'{"cells": [{"outputs": ' + b"[" * 100_000, b"\xff"],
)
def test_what_is_no_notebook_is_left_as_it_is(data: bytes) -> None:
    assert without_outputs(data) is None


def test_a_large_one_is_read_without_them(tmp_path: Path) -> None:
    (tmp_path / "w.ipynb").write_text(nbformat.writes(notebook("A" * (SUBMISSION_FILE_BYTES + 1))), encoding="utf-8")
    submission = read_submission("s01", "api", ("w.ipynb",), tmp_path, ())
    assert submission.problems == ()
    assert json.loads(submission.files["w.ipynb"])["cells"][1]["outputs"] == []


def test_a_small_one_is_read_byte_by_byte(tmp_path: Path) -> None:
    (tmp_path / "w.ipynb").write_text(nbformat.writes(notebook("A")), encoding="utf-8")
    submission = read_submission("s01", "api", ("w.ipynb",), tmp_path, ())
    assert submission.files["w.ipynb"] == (tmp_path / "w.ipynb").read_bytes()


@pytest.mark.parametrize("text", ["x" * (SUBMISSION_FILE_BYTES + 1), json.dumps({"cells": [], "x": "A" * SUBMISSION_FILE_BYTES})])
def test_one_that_is_large_for_another_reason_is_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "w.ipynb").write_text(text, encoding="utf-8")
    submission = read_submission("s01", "api", ("w.ipynb",), tmp_path, ())
    assert not submission.files
    assert "larger than" in submission.problems[0]


def test_none_is_read_without_a_bound(tmp_path: Path) -> None:
    (tmp_path / "w.ipynb").write_text(nbformat.writes(notebook("A" * NOTEBOOK_BYTES)), encoding="utf-8")
    assert not read_submission("s01", "api", ("w.ipynb",), tmp_path, ()).files
