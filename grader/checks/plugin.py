"""The pytest plugin of a session: what is done at which moment of pytest's run. How it is done: the modules that it calls."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import pytest

from grader.checks.attempt import Attempt
from grader.checks.check import Marks, check_id, marks_of
from grader.checks.doubt import doubt_about
from grader.checks.fixtures import Fixtures
from grader.checks.job import JobContext, OpenJob
from grader.checks.outcome import outcome, status_of
from grader.checks.selection import EnoughSeen, NeedsFailed, chosen, heed_failures, heed_needs
from grader.codec import to_plain
from grader.errors import StudentFault
from grader.model import CheckResult, Status

METADATA = "grader"
"""Key under which a check's outcome stands in the metadata of its test in the JSON report."""


class GradingPlugin(Fixtures):
    """Registered once for many runs. It keeps nothing itself but the present job and the present check."""

    def __init__(self, context: JobContext) -> None:
        self.result: CheckResult | None = None
        """How the present check has ended; None before its end."""
        self.report: dict[str, Any] = {}
        """What pytest-json-report had to say at the end of the last run."""
        self.begin(context)

    def begin(self, context: JobContext) -> None:
        """Forget the last job; the next run is for this one."""
        self.job = OpenJob(context)

    def choose(self, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """The checks that assignment.toml promises and that are asked for, in its order."""
        found: dict[str, list[pytest.Item]] = {id: [] for id in self.job.specs}
        for item in items:
            found.get(check_id(item.name), []).append(item)
        context = self.job.context
        ids = chosen([id for id in found if found[id]], lambda id: _marks(found[id][-1]).needs, context.job.only, context.alone)
        return [item for id in ids for item in found[id]]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin a check; skip it when one that it needs did not pass, or it cannot matter any more.

        Fail it when nobody waits for the programs any more.
        """
        self.attempt, self.result = Attempt(self.job), None
        self._heed(item)

    def may_run(self, item: pytest.Item) -> bool:
        """Whether this check would be run now, and not be skipped or fail at once."""
        try:
            self._heed(item)
        except (EnoughSeen, NeedsFailed, StudentFault):
            return False
        return True

    def _heed(self, item: pytest.Item) -> None:
        context = self.job.context
        if context.job.until_one_fails:
            own = check_id(item.name)  # which may have failed with another scenario before
            heed_failures({id: status for id, status in self.job.statuses.items() if id != own})
        heed_needs([] if context.alone else _marks(item).needs, self.job.statuses)
        context.patience.heed()

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self) -> Generator[None, object, object]:
        """Look for a fault's cause while the student's programs are there."""
        try:
            result = yield
            self.attempt.heed_flood()
            return result
        except StudentFault as fault:
            told = self.attempt.fault_to_tell(fault)
            if told is fault:
                raise
            raise told from None
        finally:
            self.attempt.end()

    @pytest.hookimpl(wrapper=True, trylast=True)  # before pytest-json-report asks for the metadata
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Take in how a phase of the check has ended: setup, call or teardown."""
        report = yield
        raised, id = call.excinfo.value if call.excinfo else None, check_id(item.name)
        is_news = self.attempt.note(status_of(raised), raised)
        self.job.statuses[id] = self.attempt.status
        another_look = is_news and not self.attempt.only_polled
        if another_look and isinstance(raised, StudentFault) and (doubt := doubt_about(raised, self.attempt.programs())):
            self.job.doubts[id] = doubt
        return report

    def pytest_json_runtest_metadata(self, item: pytest.Item, call: pytest.CallInfo[None]) -> dict[str, Any]:
        """Hook of pytest-json-report: what it returns becomes the test's metadata. The last phase has the last word."""
        if call.when != "teardown":
            return {}
        marks, hints = _marks(item), self.job.hints
        id = check_id(item.name)
        spec = self.job.specs[id]
        result = outcome(self.attempt, spec, marks.title, lambda fault: hints.choose(fault, marks.hint, marks.own_hints))
        told = self.result = self.scenario.told(result) if marks.scenarios else result
        if told.status is not result.status:
            self.job.statuses[id] = told.status
            if told.status is Status.FAILED:
                self.job.doubts[id] = self.scenario.doubt
        return {METADATA: to_plain(told)}

    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Hook of pytest-json-report, called with the complete report."""
        self.report = json_report


def _marks(item: pytest.Item) -> Marks:
    return marks_of(getattr(item, "function", None), item.name)
