"""What Jupyter, VS Code, Colab, formatters and git do to a notebook, and what people do in them: the verdict stays the same.

Every notebook of the course is put through every habit, and its real checks are run on the result, without a sandbox: they only
read. What is a good answer is not in here.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import random
import re
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from grader.errors import StudentFault

COURSE = Path(__file__).resolve().parents[2]
SOLUTIONS = sorted((COURSE / "solutions").glob("*/*.ipynb"))
MARKER = re.compile(r"(?<!`)<!--\s*(?:explain|conversation)\s*:\s*([\w-]+)\s*-->")

Content = dict[str, Any]
Habit = Callable[[Content, random.Random], Content | bytes | None]


class Student:
    """As much of a student as a check of a notebook asks for."""

    def __init__(self, name: str, given: bytes, data: bytes) -> None:
        self._name, self._given, self._data = name, given, data

    def given(self, name: str) -> bytes:
        assert name == self._name
        return self._given

    def read_file(self, name: str) -> bytes:
        assert name == self._name
        return self._data


class Graded:
    """A notebook of the course, with its solution, what was given, and the checks that only read it."""

    def __init__(self, solution: Path) -> None:
        slug, self.name = solution.parent.name, solution.name
        self.given = (COURSE / "starter" / slug / self.name).read_bytes()
        self.solution = solution.read_bytes()
        package = types.ModuleType(f"checks_of_{slug}")  # a check may import a helper that lies beside it
        package.__path__ = [str(COURSE / "assignments" / slug / "checks")]
        sys.modules[package.__name__] = package
        module = importlib.import_module(f"{package.__name__}.test_{slug}")
        functions = {name: one for name, one in vars(module).items() if name.startswith("test_")}
        self.checks = {name: one for name, one in functions.items() if [*inspect.signature(one).parameters] == ["student"]}
        assert len(self.checks) >= 3

    def content(self) -> Content:
        return dict(json.loads(self.solution))

    def verdict(self, data: bytes) -> dict[str, str]:
        """The status of each check, with the sentence of a failed one."""
        found: dict[str, str] = {}
        for name, function in self.checks.items():
            if any(found[f"test_{needed}"] != "passed" for needed in function.grader_needs):
                found[name] = "skipped"
                continue
            try:
                function(Student(self.name, self.given, data))
                found[name] = "passed"
            except StudentFault as fault:
                found[name] = f"failed: {fault.happened}"
        return found

    def lost(self, data: bytes) -> list[str]:
        return [f"{name} {status}" for name, status in self.verdict(data).items() if status != "passed"]


@pytest.fixture(params=SOLUTIONS, ids=lambda path: path.name, scope="module")
def graded(request: pytest.FixtureRequest) -> Graded:
    return Graded(request.param)


def source_of(cell: Content) -> str:
    return "".join(cell["source"])


def is_prompt(cell: Content) -> bool:
    return bool(MARKER.search(source_of(cell)))


def prompts(content: Content) -> list[int]:
    """Where the cells with a marker are."""
    return [place for place, cell in enumerate(content["cells"]) if is_prompt(cell)]


def text_cell(source: str) -> Content:
    return {"cell_type": "markdown", "id": f"new-{len(source)}", "metadata": {}, "source": source.splitlines(keepends=True)}


def code_cells(content: Content) -> list[Content]:
    return [cell for cell in content["cells"] if cell["cell_type"] == "code"]


# ---- what editors write


def jupyter_runs_everything(content: Content, rng: random.Random) -> None:
    for number, cell in enumerate(code_cells(content), start=1):
        cell["execution_count"] = number
        cell["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": ["56259\n"]},
            {
                "output_type": "error",
                "ename": "KeyboardInterrupt",
                "evalue": "",
                "traceback": ["\x1b[31mKeyboardInterrupt\x1b[0m"],
            },
            {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "<!-- explain: L01 -->\n| a | b | c |"}},
        ]
    for cell in content["cells"]:
        cell["metadata"] |= {"trusted": True, "collapsed": False, "editable": True, "slideshow": {"slide_type": ""}}


def jupyter_gives_new_ids(content: Content, rng: random.Random) -> None:
    for cell in content["cells"]:
        cell["id"] = f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}"
    content["metadata"]["language_info"] |= {"version": "3.13.1", "file_extension": ".py"}


def old_jupyter_knows_no_ids(content: Content, rng: random.Random) -> None:
    content["nbformat_minor"] = 4
    for cell in content["cells"]:
        del cell["id"]


def vscode_drops_ids_and_tags(content: Content, rng: random.Random) -> None:
    content["metadata"] = {"language_info": {"name": "python"}, "vscode": {"interpreter": {"hash": "31f2ae"}}, "orig_nbformat": 4}
    content["nbformat_minor"] = 2
    for cell in content["cells"]:
        del cell["id"]
        cell["metadata"] = {"vscode": {"languageId": cell["cell_type"]}} if cell["cell_type"] != "code" else {}
        cell["attachments"] = {}


def colab_writes_format_4_0(content: Content, rng: random.Random) -> None:
    content["nbformat_minor"] = 0
    content["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "x"},
    }
    for cell in content["cells"]:
        del cell["id"]
        cell["metadata"] = {"id": "qL3_xY-9aB0c"}
    for cell in code_cells(content):
        cell["metadata"] |= {"colab": {"base_uri": "https://colab.research.google.com/"}, "outputId": "5c2f-11"}
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["56259\n"]}]
        cell["execution_count"] = 7


def colab_keeps_ids_twice(content: Content, rng: random.Random) -> None:
    for cell in content["cells"]:
        cell["id"] = "same"
        cell["metadata"] = {"id": cell["id"]}


def sources_become_strings(content: Content, rng: random.Random) -> None:
    for cell in content["cells"]:
        cell["source"] = source_of(cell)


def sources_become_single_letters(content: Content, rng: random.Random) -> None:
    for cell in content["cells"]:
        cell["source"] = list(source_of(cell))


def lines_end_as_in_windows(content: Content, rng: random.Random) -> None:
    for cell in content["cells"]:
        cell["source"] = source_of(cell).replace("\n", "\r\n")


def git_checks_out_with_windows_lines(content: Content, rng: random.Random) -> bytes:
    return json.dumps(content, indent=1).replace("\n", "\r\n").encode()


def another_program_writes_the_file(content: Content, rng: random.Random) -> bytes:
    shuffled = dict(sorted(content.items(), key=lambda item: item[0], reverse=True))
    return b"\xef\xbb\xbf" + json.dumps(shuffled, ensure_ascii=False, separators=(",", ":")).encode()


def the_format_is_3(content: Content, rng: random.Random) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return json.dumps(nbformat.convert(nbformat.reads(json.dumps(content), 4), 3)).encode()


def metadata_are_stripped(content: Content, rng: random.Random) -> None:
    content["metadata"] = {}
    for cell in content["cells"]:
        cell["metadata"] = {}
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def a_formatter_aligns_the_tables(content: Content, rng: random.Random) -> None:
    def align(match: re.Match[str]) -> str:
        cells = [cell.strip() for cell in match[1].split("|")]
        return "| " + " | ".join("-" * 24 if re.fullmatch("-+", cell) else cell.ljust(24) for cell in cells) + " |"

    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            text = re.sub(r"^\|(.*)\|$", align, source_of(cell), flags=re.MULTILINE)
            cell["source"] = re.sub(r"(-->)\n", r"\1\n\n", text) + "\n"


def a_formatter_rewrites_the_code(content: Content, rng: random.Random) -> None:
    for cell in code_cells(content):
        cell["source"] = re.sub(r" +# ", "  # ", source_of(cell)).replace('"', "'") + "\n\n"


# ---- what people do


def cells_are_copied(content: Content, rng: random.Random) -> None:
    for place in reversed(prompts(content)):
        if rng.random() < 0.5:
            content["cells"].insert(place + 1, copy.deepcopy(content["cells"][place]))


def the_given_cells_are_pasted_again(content: Content, rng: random.Random, given: Content | None = None) -> None:
    """Somebody fetched the given notebook once more, to look something up, and pasted some of it."""
    assert given is not None
    asked = [given["cells"][place] for place in prompts(given)]
    for cell in rng.sample(asked, 3):
        content["cells"].insert(rng.randrange(len(content["cells"])), copy.deepcopy(cell))


def all_texts_are_merged(content: Content, rng: random.Random) -> None:
    text = "\n\n".join(source_of(cell) for cell in content["cells"] if cell["cell_type"] == "markdown")
    content["cells"] = [text_cell(text), *code_cells(content)]


def neighbours_are_merged(content: Content, rng: random.Random) -> None:
    for place in range(len(content["cells"]) - 1, 0, -1):
        upper, lower = content["cells"][place - 1], content["cells"][place]
        if upper["cell_type"] == lower["cell_type"] == "markdown" and rng.random() < 0.5:
            upper["source"] = source_of(upper) + "\n\n" + source_of(lower)
            del content["cells"][place]


def answers_are_split_off(content: Content, rng: random.Random) -> None:
    """The cursor stood behind the prompt: what was written there is now in a cell of its own."""
    for place in reversed(prompts(content)):
        above, gap, below = source_of(content["cells"][place]).rpartition("\n\n")
        assert gap
        content["cells"][place]["source"] = above
        content["cells"].insert(place + 1, text_cell(below))


def cells_without_a_prompt_are_deleted(content: Content, rng: random.Random) -> None:
    content["cells"] = [cell for cell in content["cells"] if cell["cell_type"] == "code" or is_prompt(cell)]


def cells_change_places(content: Content, rng: random.Random) -> None:
    rng.shuffle(content["cells"])


def cells_change_their_kind(content: Content, rng: random.Random) -> None:
    for place in prompts(content):
        cell = content["cells"][place]
        cell["cell_type"] = rng.choice(["markdown", "raw", "code"])
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}


def code_is_run_together(content: Content, rng: random.Random) -> None:
    whole = "\n\n".join(map(source_of, code_cells(content)))
    content["cells"] = [cell for cell in content["cells"] if cell["cell_type"] != "code"]
    content["cells"].append(json.loads(json.dumps(v4.new_code_cell("%matplotlib inline\n!pip list\n" + whole))))


def own_cells_are_added(content: Content, rng: random.Random) -> None:
    own = ["## My notes", "To do: ask about the *second* one.", "| my | own | table |\n|---|---|---|\n| a | b | c |"]
    for text in own:
        content["cells"].insert(rng.randrange(len(content["cells"])), text_cell(text))
    content["cells"].insert(0, json.loads(json.dumps(v4.new_code_cell("print('not given')\nthis is not Python"))))


def markers_get_other_blanks(content: Content, rng: random.Random) -> None:
    for cell in content["cells"]:
        cell["source"] = re.sub(r"<!-- (\w+): ([\w-]+) -->", r"<!--\1:\2-->", source_of(cell))


def markers_are_lost_and_tags_are_kept(content: Content, rng: random.Random) -> None:
    for cell in content["cells"]:
        cell["source"] = MARKER.sub("", source_of(cell))


HARMLESS: list[Habit] = [
    jupyter_runs_everything,
    jupyter_gives_new_ids,
    old_jupyter_knows_no_ids,
    vscode_drops_ids_and_tags,
    colab_writes_format_4_0,
    colab_keeps_ids_twice,
    sources_become_strings,
    sources_become_single_letters,
    lines_end_as_in_windows,
    git_checks_out_with_windows_lines,
    another_program_writes_the_file,
    the_format_is_3,
    metadata_are_stripped,
    a_formatter_aligns_the_tables,
    a_formatter_rewrites_the_code,
    cells_are_copied,
    the_given_cells_are_pasted_again,
    all_texts_are_merged,
    neighbours_are_merged,
    answers_are_split_off,
    cells_without_a_prompt_are_deleted,
    cells_change_places,
    cells_change_their_kind,
    code_is_run_together,
    own_cells_are_added,
    markers_get_other_blanks,
    markers_are_lost_and_tags_are_kept,
]
IN_A_ROW: list[Habit] = [
    cells_are_copied,
    the_given_cells_are_pasted_again,
    neighbours_are_merged,
    own_cells_are_added,
    jupyter_runs_everything,
    lines_end_as_in_windows,
    cells_without_a_prompt_are_deleted,
    markers_get_other_blanks,
    a_formatter_aligns_the_tables,
]
"""Those that leave a notebook in the newest format, and every answer in the cell of its prompt."""


def changed(graded: Graded, habit: Habit, content: Content, rng: random.Random) -> bytes:
    if habit is the_given_cells_are_pasted_again:
        the_given_cells_are_pasted_again(content, rng, json.loads(graded.given))
        return json.dumps(content).encode()
    result = habit(content, rng)
    return result if isinstance(result, bytes) else json.dumps(content).encode()


def test_the_solution_has_everything_and_the_given_notebook_nothing(graded: Graded) -> None:
    assert graded.lost(graded.solution) == []
    assert len(graded.lost(graded.given)) >= len(graded.checks) - 1
    assert not [name for name, status in graded.verdict(graded.given).items() if status == "passed" and "given_code" not in name]


@pytest.mark.parametrize("habit", HARMLESS, ids=lambda habit: habit.__name__)
def test_a_habit_costs_nothing(graded: Graded, habit: Habit) -> None:
    for seed in range(2):
        assert graded.lost(changed(graded, habit, graded.content(), random.Random(seed))) == []


@pytest.mark.parametrize("habit", HARMLESS, ids=lambda habit: habit.__name__)
def test_a_habit_earns_nothing(graded: Graded, habit: Habit) -> None:
    """The given notebook, and one answer taken out of the solution, are worth as much as before."""
    emptied = graded.content()
    place = prompts(emptied)[0]
    given = json.loads(graded.given)
    emptied["cells"][place]["source"] = given["cells"][prompts(given)[0]]["source"]
    for content in (given, emptied):
        before = [line.partition(" ")[0] for line in graded.lost(json.dumps(content).encode())]
        after = graded.lost(changed(graded, habit, copy.deepcopy(content), random.Random(1)))
        assert before and [line.partition(" ")[0] for line in after] == before


@pytest.mark.parametrize("seed", range(12))
def test_many_habits_in_a_row_cost_nothing(graded: Graded, seed: int) -> None:
    rng = random.Random(seed)
    content = graded.content()
    for habit in rng.sample(IN_A_ROW, 5):
        content = json.loads(changed(graded, habit, content, rng))
    last = rng.choice([habit for habit in HARMLESS if habit not in (answers_are_split_off, markers_are_lost_and_tags_are_kept)])
    assert graded.lost(changed(graded, last, content, rng)) == []


def test_a_deleted_prompt_costs_its_own_checks_and_says_which(graded: Graded) -> None:
    for place in prompts(graded.content()):
        content = graded.content()
        name = MARKER.search(source_of(content["cells"].pop(place)))
        assert name
        lost = [line for line in graded.lost(json.dumps(content).encode()) if "failed" in line]
        assert lost and all("its cell or its marker is gone" in line for line in lost)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: b"", "the file is empty"),
        (lambda data: data[: len(data) // 2], "its text is not JSON"),
        (lambda data: b"<<<<<<< HEAD\n" + data + b"=======\n>>>>>>> theirs\n", "marks of a git conflict"),
        (lambda data: b"[]", "no list of cells"),
        (lambda data: data.decode().encode("utf-16"), "not UTF-8"),
        (lambda data: data.replace(b'"cells"', b'"cellz"'), "no list of cells"),
        (lambda data: data.replace(b'"markdown"', b'"heading 1"', 1), "cell 1 is neither code nor text"),
        (lambda data: b"PK\x03\x04 a zip", "its text is not JSON"),
    ],
    ids=["empty", "cut off", "conflict", "list", "utf-16", "no cells", "kind", "zip"],
)
def test_a_broken_file_gets_one_sentence(graded: Graded, damage: Callable[[bytes], bytes], says: str) -> None:
    statuses = set(graded.verdict(damage(graded.solution)).values()) - {"skipped"}
    (sentence,) = statuses
    assert sentence.startswith("failed: ") and says in sentence and "\n" not in sentence
