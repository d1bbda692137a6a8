from __future__ import annotations

import ast
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.reports.text import HIDDEN_CATEGORIES, clip, code, fence, inert, inline, visible

any_text = st.text() | st.text(alphabet="`|\\<>&@#:[]()*_~$!-\n\t a1/w.x")
markdown = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def only_shown(text: str) -> bool:
    return all(unicodedata.category(char) not in HIDDEN_CATEGORIES for char in text)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"\n56259 * \r\n", r"\n56259 * \r\n"),
        (b"a\tb\x00", r"a\tb\x00"),
        (b"\xff\xc3\xa9", r"\xffé"),
        (b"\\n", r"\\n"),
        ("\\xff", r"\\xff"),
        ("\u202eabc\u2028\x1b[0m", r"\u202eabc\u2028\x1b[0m"),
        ("\U000e0041", r"\U000e0041"),
        ("\udc80", r"\udc80"),
    ],
)
def test_visible_shows_what_is_there(data: bytes | str, shown: str) -> None:
    assert visible(data) == shown


@given(st.text())
def test_visible_text_can_be_read_back(text: str) -> None:
    shown = visible(text)
    assert only_shown(shown)
    assert ast.literal_eval('"' + shown.replace('"', '\\"') + '"') == text


@given(st.binary())
def test_visible_bytes_hide_nothing(data: bytes) -> None:
    assert only_shown(visible(data))


def test_inert_keeps_lines_and_shows_controls() -> None:
    assert inert("a\tb\n\x1b[31mred\r\n\x07") == "a\tb\n\\x1b[31mred\\r\n\\x07"


@pytest.mark.parametrize(
    "line",
    [
        "::error::boom",
        "  \t::notice title=Autograding complete::Points 10/10",
        "text\n::stop-commands::x",
        "\u3000::error::x",
        "a ##[error]x",
        "###[group]x",
        "##vso[task.complete]",
        "##teamcity[testFailed]",
        "::::error::",
    ],
)
def test_log_commands_are_taken_apart(line: str) -> None:
    for made in (inert(line), fence(line), inline(line), code(line)):
        assert not any(row.lstrip().startswith("::") for row in made.splitlines())
        for start in ("##[", "##vso[", "##teamcity["):
            assert start not in made.replace("\\[", "[")


@given(any_text)
def test_inert_text_hides_nothing(text: str) -> None:
    assert only_shown(inert(text).replace("\n", "").replace("\t", ""))


@given(any_text)
def test_inline_text_means_nothing_but_itself(text: str) -> None:
    tokens = markdown.parse(f"**What happened:** {inline(text)}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in tokens[1].children or []}
    assert kinds <= {"text", "text_special", "strong_open", "strong_close"}
    read = "".join(child.content for child in tokens[1].children or []).replace("\u200b", "")
    flat = inert(text.strip().replace("\n", " ").replace("\t", " "), keep="")
    assert read.removeprefix("What happened:").strip() == flat.strip()


@given(st.lists(any_text, min_size=1, max_size=3))
def test_inline_text_stays_in_its_table_cell(texts: list[str]) -> None:
    row = " | ".join(["x", *(inline(text) for text in texts)])
    head = " | ".join("h" * (len(texts) + 1))
    rule = " | ".join(["---"] * (len(texts) + 1))
    tokens = markdown.parse(f"| {head} |\n| {rule} |\n| {row} |")
    assert [token.type for token in tokens].count("td_open") == len(texts) + 1
    assert [token.type for token in tokens].count("tr_open") == 2


@given(any_text)
def test_a_fence_holds_all_of_its_text(text: str) -> None:
    tokens = markdown.parse(f"{fence(text)}\n\nafter")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[0].content.rstrip("\n") == inert(text).rstrip("\n")


@given(any_text.filter(lambda text: text.strip(" ")))
def test_code_holds_all_of_its_text(text: str) -> None:
    tokens = markdown.parse(f"File {code(text)}")
    children = [child for child in tokens[1].children or [] if child.type != "text"]
    assert [child.type for child in children] == ["code_inline"]
    assert children[0].content == inert(text, keep="")


@pytest.mark.parametrize("text", ["@all", "mail me@example.org", "see #12", "http://x.example", "www.x.example"])
def test_what_a_forge_links_by_itself_is_taken_apart(text: str) -> None:
    assert "&#8203;" in inline(text)


def test_clip_says_how_much_was_cut() -> None:
    assert clip("abc", 3) == "abc"
    assert clip("x" * 5_000, 10) == "x" * 10 + " … (4,990 more characters)"
