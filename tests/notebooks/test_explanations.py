"""Notebooks, read and judged: what editors do to them without harm, and what is not an explanation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from grader.checks.notebook import expect_code_unchanged, expect_explained
from grader.errors import CourseError, Mismatch
from grader.notebooks import explanations as notebooks
from grader.notebooks.explanations import BrokenNotebook, Notebook

CODE = """\
def total(prices):                      # L01
    result = 0.5                        # L02
    for price in prices:                # L03
        result = result + price         # L04
    return result                       # L05
"""
PLACEHOLDER = "_Write here._"
GOOD = {
    "L01": "The function total gets the prices, a list of numbers.",
    "L02": "We begin with 0.5, which is the fee for everybody.",
    "L03": "The loop takes one price after the other.",
    "L04": "Each price is added to what we have so far.",
    "L05": "At the end the caller gets the result back.",
}
ALL = list(GOOD)


def marker(name: str) -> str:
    return f"<!-- explain: {name} -->"


def prompt(name: str, text: str) -> dict[str, Any]:
    cell = v4.new_markdown_cell(f"{marker(name)}\n**{name}** in `total`\n\n{text}", id=f"explain-{name}")
    cell.metadata["tags"] = [f"explain-{name}"]
    return cell


def notebook(answers: dict[str, str] | None = None) -> Any:
    """The given notebook, with answers in place of the placeholders."""
    texts = dict.fromkeys(ALL, PLACEHOLDER) | (answers or {})
    intro = v4.new_markdown_cell("# Prices\n\nKeep the line `<!-- explain: L01 -->` and the like.", id="intro")
    return v4.new_notebook(cells=[intro, v4.new_code_cell(CODE, id="code"), *(prompt(*item) for item in texts.items())])


def to_bytes(content: Any) -> bytes:
    return json.dumps(content).encode()


def read(content: Any) -> Notebook:
    return notebooks.read(to_bytes(content))


GIVEN = to_bytes(notebook())


def judge(content: Any) -> notebooks.Completeness:
    return notebooks.judge_explanations(notebooks.read(GIVEN), read(content))


# reading


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"print('hello')", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no list of cells"),
        (b"{}", "no list of cells"),
        (b'{"cells": {}, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no list of cells"),
        (b'{"cells": [3], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "cell 1 is neither"),
        (b'{"cells": [], "nbformat": 99, "nbformat_minor": 0, "metadata": {}}', "Jupyter"),
        (b'{"cells": [], "nbformat": "x", "metadata": {}}', "Jupyter"),
        (b'{"cells": [{"cell_type": "markdown"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "cell 1 has no text"),
        (b'{"cells": [{"cell_type": "raw", "source": 5}], "nbformat": 4, "nbformat_minor": 5}', "cell 1 has no text"),
        (b'{"cells": [{"cell_type": "x", "source": ""}], "nbformat": 4, "nbformat_minor": 5}', "cell 1 is neither"),
    ],
)
def test_what_is_not_a_notebook_is_said_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BrokenNotebook, match=says) as caught:
        notebooks.read(data)
    assert "\n" not in str(caught.value)


def test_the_marks_of_a_git_conflict_are_named() -> None:
    text = json.dumps(notebook(GOOD), indent=1).splitlines()
    text[3:3] = ["<<<<<<< HEAD", ' "x": 1,', "=======", ">>>>>>> theirs"]
    with pytest.raises(BrokenNotebook, match="git conflict"):
        notebooks.read("\n".join(text).encode())


def drop_ids(content: Any) -> None:
    for cell in content["cells"]:
        del cell["id"]


def same_id_everywhere(content: Any) -> None:
    for cell in content["cells"]:
        cell["id"] = "abc"


def format_4_0(content: Any) -> None:
    drop_ids(content)
    content["nbformat_minor"] = 0


def ids_in_an_old_format(content: Any) -> None:
    content["nbformat_minor"] = 4


def broken_ids(content: Any) -> None:
    for number, cell in enumerate(content["cells"]):
        cell["id"] = ["", "with blanks", "x" * 100, None, 7][number % 5]


def no_metadata(content: Any) -> None:
    del content["metadata"]
    for cell in content["cells"]:
        cell.pop("metadata")


def broken_outputs(content: Any) -> None:
    content["cells"][1]["outputs"] = [{"output_type": "stream"}, {"output_type": "execute_result", "data": 3}]
    content["cells"][1]["execution_count"] = "many"


def sources_as_lists(content: Any) -> None:
    for cell in content["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)


def windows_lines(content: Any) -> None:
    for cell in content["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")


def colab_metadata(content: Any) -> None:
    content["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for cell in content["cells"]:
        cell["metadata"] = {"id": "Ab-1_2c"}


HARMLESS = [
    drop_ids, same_id_everywhere, format_4_0, ids_in_an_old_format, broken_ids, no_metadata, broken_outputs, sources_as_lists,
    windows_lines, colab_metadata,
]  # fmt: skip


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_what_editors_do_is_repaired_in_silence(change: Callable[[Any], None], capfd: pytest.CaptureFixture[str]) -> None:
    content = json.loads(to_bytes(notebook(GOOD)))
    change(content)
    assert judge(content).explained == tuple(ALL)
    assert notebooks.code_unchanged(notebooks.read(GIVEN), read(content)) == ()
    assert capfd.readouterr() == ("", "")


def test_a_byte_order_mark_is_harmless() -> None:
    assert notebooks.read(b"\xef\xbb\xbf" + GIVEN) == notebooks.read(GIVEN)


def test_format_3_is_read() -> None:
    old = nbformat.convert(notebook(GOOD), 3)
    assert judge(json.loads(json.dumps(old))).explained == tuple(ALL)


# which text belongs to which line


def test_the_given_notebook_asks_for_its_lines_and_not_for_the_one_it_talks_about() -> None:
    found = notebooks.explanations(notebooks.read(GIVEN))
    assert list(found) == ALL
    assert found["L01"].cell == 3


def test_a_text_stands_over_or_under_its_marker() -> None:
    content = notebook(GOOD)
    content.cells[2].source = f"{GOOD['L01']}\n{marker('L01')}"
    assert notebooks.explanations(read(content))["L01"].text == GOOD["L01"]


@pytest.mark.parametrize("written", ["<!--explain:L01-->", "<!-- EXPLAIN : L01 -->", "<!--  explain: L01\n-->"])
def test_a_marker_may_have_other_blanks(written: str) -> None:
    content = notebook(GOOD)
    content.cells[2] = v4.new_markdown_cell(f"{written} {GOOD['L01']}")
    assert judge(content).missing == {}


def test_merged_cells_are_split_at_their_markers() -> None:
    content = notebook(GOOD)
    heading = v4.new_markdown_cell("## My part")
    merged = "\n\n".join(cell.source for cell in content.cells[2:])
    content.cells[2:] = [heading, v4.new_markdown_cell(merged)]
    found = judge(content)
    assert found.explained == tuple(ALL)
    assert set(found.cells.values()) == {4}


def test_the_words_of_other_given_cells_explain_nothing_when_cells_are_merged() -> None:
    content = notebook({**GOOD, "L01": PLACEHOLDER})
    content.cells[2].source = content.cells[0].source + "\n\n" + content.cells[2].source
    del content.cells[0]
    assert judge(content).missing == {"L01": notebooks.PLACEHOLDER}


@pytest.mark.parametrize("order", [1, -1])
def test_of_copied_cells_the_last_with_an_explanation_counts(order: int) -> None:
    content = notebook(GOOD)
    copies = [prompt("L01", "The prices are added up in here, later."), prompt("L01", PLACEHOLDER)][::order]
    content.cells[2:3] = [content.cells[2], *copies]
    assert notebooks.explanations(read(content), notebooks.read(GIVEN))["L01"].text == "The prices are added up in here, later."


def test_a_cell_without_marker_is_found_by_its_tag_or_its_id() -> None:
    content = notebook(GOOD)
    content.cells[2].source = GOOD["L01"]
    content.cells[2].id = "other"
    content.cells[3].source = GOOD["L02"]
    content.cells[3].metadata.clear()
    assert judge(content).missing == {}


def test_a_marker_counts_more_than_the_tag_of_a_copied_cell() -> None:
    content = notebook(GOOD)
    copied = prompt("L01", "")
    copied.source = f"{marker('L02')}\nHere 0.5 is the fee that all of us pay."
    content.cells.append(copied)
    found = notebooks.explanations(read(content), notebooks.read(GIVEN))
    assert (found["L01"].text, found["L02"].cell) == (GOOD["L01"], len(content.cells))


def test_an_explanation_in_a_cell_turned_to_code_or_raw_counts() -> None:
    content = notebook(GOOD)
    content.cells[2] = v4.new_code_cell(content.cells[2].source)
    content.cells[3] = v4.new_raw_cell(content.cells[3].source)
    assert judge(content).missing == {}
    assert notebooks.code_unchanged(notebooks.read(GIVEN), read(content)) == ()


# what explains nothing


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PLACEHOLDER, notebooks.PLACEHOLDER),
        ("Write here.", notebooks.PLACEHOLDER),
        ("", notebooks.EMPTY),
        ("  \n <!-- later --> \n", notebooks.EMPTY),
        ("-----", notebooks.EMPTY),
        ("`result = result + price`", notebooks.ONLY_CODE),
        ("result = result + price  # L04", notebooks.ONLY_CODE),
        ("```python\nresult = result + price\nprint(result)\n```", notebooks.ONLY_CODE),
        ("`result` `+` `price` `=` `more`", notebooks.ONLY_CODE),
        ("adds the price", notebooks.TOO_SHORT),
        ("TODO", notebooks.TOO_SHORT),
        ("価格、price", notebooks.TOO_SHORT),
        ("This one is very easy to understand.", notebooks.NAMES_NOTHING),
        (GOOD["L01"], "the same text as L01"),
        (f"*{GOOD['L03'].upper()}*", "the same text as L03"),
    ],
)
def test_a_text_that_explains_nothing_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert judge(notebook({**GOOD, "L04": text})).missing == {"L04": reason}


@pytest.mark.parametrize(
    "sentence",
    [
        "This line of the program is {code} and Python does it.",
        "Line {number}: Python does {code} here, as the line says.",
        "ここではPythonが{code}を実行する。",
        "Diese Zeile führt `{code}` aus, wie sie es sagt.",
    ],
)
def test_one_sentence_around_the_code_of_each_line_counts_once(sentence: str) -> None:
    lines = [line.partition("#")[0].strip() for line in CODE.splitlines()]
    texts = {name: sentence.format(code=code, number=number) for number, (name, code) in enumerate(zip(ALL, lines, strict=True))}
    found = judge(notebook(texts))
    assert found.explained == ("L01",)
    assert set(found.missing.values()) == {"the same sentence as L01, around other code"}


def test_two_lines_that_do_nearly_the_same_may_be_explained_nearly_alike() -> None:
    alike = {
        "L02": "Here the value of result is set for the first time.",
        "L04": "Here the value of price is set for the first time.",
    }
    assert judge(notebook({**GOOD, **alike})).missing == {}


def test_the_label_alone_is_empty() -> None:
    content = notebook(GOOD)
    content.cells[5].source = f"{marker('L04')}\n**L04** in `total`"
    assert judge(content).missing == {"L04": notebooks.EMPTY}


@pytest.mark.parametrize(
    "text",
    [
        f"{PLACEHOLDER} Here one price is added to the others.",
        f"{PLACEHOLDER}\n\nHere one price is added to the others.",
        "Here `price` goes on top of `result`.",
        "- result grows\n- by each price",
        "Results are summed up by this.",
        "Здесь цена `price` прибавляется к сумме.",
        "ここで価格をresultに足していく。",
        "**result**\n\n```python\nresult = result + price\n```\nThis is the sum of all.",
        "An unclosed `span with the price in it, a slip.",
    ],
)
def test_a_text_that_explains_counts_however_it_is_written(text: str) -> None:
    assert judge(notebook({**GOOD, "L04": text})).missing == {}


def test_a_line_whose_cell_is_gone_is_missing() -> None:
    content = notebook(GOOD)
    del content.cells[4]
    found = judge(content)
    assert found.missing == {"L03": notebooks.MISSING}
    assert found.explained == ("L01", "L02", "L04", "L05")
    assert found.total == 5


@pytest.mark.parametrize(
    ("text", "times", "says"), [("", 501, "more than 500 cells"), ("a" * 1_000_001, 2, "more than 2,000,000 characters")]
)
@pytest.mark.parametrize("version", [3, 4])
def test_a_notebook_without_end_is_no_notebook(text: str, times: int, says: str, version: int) -> None:
    cells = [{"cell_type": "raw", "source": text}] * times
    content = {"nbformat": version} | ({"cells": cells} if version == 4 else {"worksheets": [{"cells": cells}]})
    with pytest.raises(BrokenNotebook, match=says):
        notebooks.read(json.dumps(content).encode())


def test_a_long_text_full_of_marks_is_judged_at_once() -> None:
    content = notebook({**GOOD, "L04": "<!-- " * 50_000, "L05": " ".join("`" * n for n in range(1, 400)) * 5})
    assert "L04" in judge(content).missing


# the given code


@pytest.mark.parametrize(
    "code",
    [
        CODE,
        CODE.replace("  # L", "# L").replace(" + ", "+"),
        "import os\n\n" + CODE + "\nprint(total([1]))",
        "%matplotlib inline\n!ls\n" + CODE,
    ],
)
def test_layout_and_more_code_are_no_change(code: str) -> None:
    content = notebook()
    content.cells[1].source = code
    content.cells.insert(1, v4.new_code_cell("this is not Python"))
    content.cells.insert(1, v4.new_code_cell("-" * 100_000 + "1"))
    content.cells.append(content.cells.pop(3))
    assert notebooks.code_unchanged(notebooks.read(GIVEN), read(content)) == ()


def test_changed_code_is_named_by_its_first_line() -> None:
    content = notebook()
    content.cells[1].source = CODE.replace("0.5", "0.6")
    assert notebooks.code_unchanged(notebooks.read(GIVEN), read(content)) == ("def total(prices):",)
    del content.cells[1]
    assert notebooks.code_unchanged(notebooks.read(GIVEN), read(content)) == ("def total(prices):",)


# what a check says


def test_the_sentence_names_the_lines_that_are_missing_with_reason_and_cell() -> None:
    data = to_bytes(notebook({**GOOD, "L02": PLACEHOLDER, "L04": PLACEHOLDER, "L05": GOOD["L03"]}))
    with pytest.raises(Mismatch) as caught:
        expect_explained(GIVEN, data, ids=ALL)
    assert caught.value.happened == (
        "2 of 5 lines explained, missing L02, L04 (still the placeholder; cells 4, 6), "
        "L05 (names nothing that stands on that line; cell 7)"
    )


def test_only_the_asked_lines_count() -> None:
    data = to_bytes(notebook({**GOOD, "L05": PLACEHOLDER}))
    expect_explained(GIVEN, data, ids=ALL[:4])
    expect_explained(GIVEN, data, ids=ALL, at_least=4)
    with pytest.raises(Mismatch, match="4 of 5 lines explained, missing L05"):
        expect_explained(GIVEN, data, ids=ALL)
    with pytest.raises(Mismatch, match=r"^0 of 5 lines explained$"):
        expect_explained(GIVEN, GIVEN, ids=ALL, at_least=1)


def test_a_broken_notebook_is_the_students_fault_and_a_broken_given_one_is_not() -> None:
    for expect in (expect_code_unchanged, lambda given, data: expect_explained(given, data, ids=ALL)):
        with pytest.raises(Mismatch, match="the file is empty"):
            expect(GIVEN, b"")
        with pytest.raises(CourseError, match="the file is empty"):
            expect(b"", GIVEN)
    with pytest.raises(CourseError, match="L99"):
        expect_explained(GIVEN, GIVEN, ids=["L99"])


def test_changed_code_is_a_mismatch() -> None:
    content = notebook(GOOD)
    content.cells[1].source = "pass"
    with pytest.raises(Mismatch, match="def total"):
        expect_code_unchanged(GIVEN, to_bytes(content))
    expect_code_unchanged(GIVEN, to_bytes(notebook(GOOD)))


# the walkthrough of the course

COURSE = Path(__file__).parents[2]
WALKTHROUGHS = sorted((COURSE / "starter").glob("*/*.ipynb"))


@pytest.mark.parametrize("given", WALKTHROUGHS, ids=lambda path: path.parent.name)
def test_every_given_notebook_is_answered_in_full_by_its_solution(given: Path) -> None:
    asked = notebooks.read(given.read_bytes())
    solved = notebooks.read((COURSE / "solutions" / given.parent.name / given.name).read_bytes())
    assert notebooks.judge_explanations(asked, asked).explained == ()
    assert notebooks.judge_explanations(asked, solved).missing == {}
    assert notebooks.code_unchanged(asked, solved) == ()
