"""Which hint a student reads: the check's, or that of the cause."""

from __future__ import annotations

import pytest

from grader.checks.hints import ABOUT, BY_TEXT, SAME_HINT, TABLE, Hints, choose
from grader.errors import Cause, Crashed, StudentFault, TimedOut

USUAL = "After split(), the time is the third field."


def fault(kind: str, text: str = "", hint: str = "", where: str = "p.py:3") -> StudentFault:
    return Crashed("it crashed", hint=hint, cause=Cause(kind, where, text))


def test_a_fault_without_a_known_cause_gets_the_checks_hint() -> None:
    assert choose(TimedOut("it was slow"), USUAL, {}) == USUAL
    assert choose(fault("IndexError"), USUAL, {}) == USUAL


def test_a_faults_own_hint_stays() -> None:
    assert choose(fault("NameError", hint="own"), USUAL, {"NameError": "the assignment's"}) == "own"


@pytest.mark.parametrize("kind", sorted(TABLE))
def test_a_known_cause_replaces_the_checks_hint(kind: str) -> None:
    assert choose(fault(kind), USUAL, {}) == TABLE[kind].replace("{where}", "line 3 of p.py")


def test_the_hint_on_a_syntax_error_names_the_line_if_there_is_one() -> None:
    assert "correct line 3 of p.py first" in choose(fault("IndentationError"), USUAL, {})
    assert "correct this line first" in choose(fault("SyntaxError", where=""), USUAL, {})


@pytest.mark.parametrize(("kind", "text", "hint"), BY_TEXT)
def test_what_the_exception_says_chooses_a_closer_hint(kind: str, text: str, hint: str) -> None:
    assert choose(fault(kind, f"so {text} it is"), USUAL, {}) == hint


def test_an_assignment_may_have_a_hint_for_a_cause() -> None:
    own = {"ConnectionRefusedError": "Hand in your own address."}
    assert choose(fault("ConnectionRefusedError"), USUAL, own) == "Hand in your own address."
    assert choose(fault("ConnectionRefusedError"), "Catch OSError.", own) == "Catch OSError."


@pytest.mark.parametrize(
    ("usual", "kind", "is_about"),
    [
        ("Catch ConnectionRefusedError.", "ConnectionRefusedError", True),
        ("Catch OSError around connecting.", "ConnectionRefusedError", True),
        ("Catch OSError around connecting.", "gaierror", True),
        ("recv() raises ConnectionResetError, an OSError: catch OSError.", "ConnectionResetError", True),
        ("recv() raises ConnectionResetError, an OSError: catch OSError.", "ConnectionRefusedError", False),
        ("It raises ConnectionResetError or BrokenPipeError. Both are ConnectionError.", "BrokenPipeError", True),
        ("Catch ValueError.", "UnicodeDecodeError", True),
        ("Catch ValueError.", "NameError", False),
        ("sendall() waits when nobody reads.", "stuck in sendall", True),
        ("Join every one: join() waits.", "stuck in join", True),
        ("Joining threads takes time.", "stuck in join", False),
        ("recv() returns b'' when the client has left.", "endless loop at recv", True),
        ('b"" from recv() means that it has closed.', "endless loop at recv", True),
    ],
)
def test_a_checks_hint_stays_where_it_is_about_the_cause(usual: str, kind: str, is_about: bool) -> None:
    assert (choose(fault(kind), usual, {}) == usual) is is_about


def test_what_happens_in_pieces_only_is_the_checks_matter_but_an_endless_loop_is_not() -> None:
    crashed, endless = fault("UnicodeDecodeError"), fault("endless loop at recv")
    crashed.condition = endless.condition = "it works when the data arrive whole; when they are cut, "
    assert choose(crashed, USUAL, {}) == USUAL
    assert choose(endless, USUAL, {}) == TABLE["endless loop at recv"]


def test_every_other_name_in_the_tables_is_a_kind_with_a_hint() -> None:
    assert {*(kind for kind in ABOUT if not kind.endswith("Error")), *SAME_HINT.values()} <= TABLE.keys()


def test_a_hint_about_the_cause_serves_later_checks_that_fail_of_the_same() -> None:
    hints = Hints()
    assert hints.choose(fault("ValueError"), USUAL, {}) == USUAL
    assert hints.choose(fault("ValueError"), "Catch ValueError.", {}) == "Catch ValueError."
    assert hints.choose(fault("ValueError"), USUAL, {}) == "Catch ValueError."
    assert hints.choose(fault("ValueError", where="p.py:9"), USUAL, {}) == USUAL
    assert hints.choose(fault("ValueError", hint="own"), USUAL, {}) == "own"
    assert hints.choose(fault("EOFError"), "Catch EOFError.", {}) == "Catch EOFError."
    assert hints.choose(fault("EOFError"), USUAL, {}) == "Catch EOFError."
    assert hints.choose(fault("EOFError"), USUAL, {"EOFError": "the assignment's"}) == "the assignment's"
