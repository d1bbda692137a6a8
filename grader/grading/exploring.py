"""The scenarios of one check: many are played, each as a run of its own that nobody hears of, to find the smallest that fails.

What comes of it is the one scenario with which the check is then run for its result. How scenarios are drawn is in `draws`.
"""

from __future__ import annotations

import copy
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from grader.checks.check import marks_of
from grader.checks.doubt import Doubt
from grader.checks.patience import Patience
from grader.checks.plugin import GradingPlugin
from grader.checks.scenarios import NO_SCENARIO, Scenario, Scenarios
from grader.errors import Crashed, Stuck, StudentFault, TimedOut
from grader.grading.draws import Enough, find_by_code, find_smallest
from grader.limits import SCENARIO_SHRINKS, SCENARIO_SLOW_SHRINKS
from grader.model import CheckResult, Status


def scenario_for(item: pytest.Item, again: Callable[[], pytest.Item], plugin: GradingPlugin) -> Scenario:
    """The scenario with which `item` is to be run; `again` makes the item anew. One without scenarios gets none."""
    scenarios, context = marks_of(getattr(item, "function", None), item.name).scenarios, plugin.job.context
    if scenarios is None or not plugin.may_run(item):
        return NO_SCENARIO
    try:
        if context.alone and context.scenario:
            return Scenario(find_by_code(scenarios.draw, context.scenario), context.scenario)
        if context.alone:
            return Scenario(find_smallest(scenarios.draw, lambda scenario: False, 1, "")[0])
        return _Exploration(item, again, plugin).find(scenarios)
    except Exception as error:
        return Scenario(trouble=error)


class _Exploration:
    """One check whose scenarios are being played.

    What it waits for the student's programs is bounded by itself, and takes nothing from what is left for other checks.
    """

    def __init__(self, item: pytest.Item, again: Callable[[], pytest.Item], plugin: GradingPlugin) -> None:
        self._item, self._again, self._plugin = item, again, plugin
        context = plugin.job.context
        self._limits = context.assignment.limits
        self._seed = f"{context.job.seed}/{context.assignment.slug}/{item.name}"
        self._job = plugin.job.aside(Patience(min(context.patience.left, self._limits.exploring_seconds)))
        self._until = time.monotonic() + self._limits.scenario_seconds
        self._shrinks = 0
        self._kind: tuple[object, ...] = ()
        """Of the failure that was found; empty before that."""
        self._known: dict[str, CheckResult | None] = {}
        """How scenarios have failed, by what they look like; None for one that has not failed, or in another way."""
        self._doubt = Doubt.RARE

    def find(self, scenarios: Scenarios) -> Scenario:
        """Raises what goes wrong in drawing."""
        broken: list[Scenario] = []

        def fails(scenario: Any) -> bool:
            text = repr(scenario)
            if text not in self._known and self._may_go_on():
                result = self._play(scenario)
                if result.status not in (Status.PASSED, Status.FAILED):
                    broken.append(Scenario(scenario, seen=result))
                    raise Enough
                self._known[text] = result if result.status is Status.FAILED and self._is_it(scenario) else None
            return self._known.get(text) is not None

        try:
            value, code = find_smallest(scenarios.draw, fails, scenarios.most, self._seed)
        except Enough:
            return broken[0]
        return Scenario(value, code, seen=self._known.get(repr(value)), doubt=self._doubt)

    def _may_go_on(self) -> bool:
        return time.monotonic() < self._until and self._job.context.patience.left > 0 and not (self._kind and self._shrinks <= 0)

    def _play(self, scenario: Any) -> CheckResult:
        """Run the check with this scenario, as far as the job and its report can see not at all."""
        plugin, self._shrinks = self._plugin, self._shrinks - 1
        job, plugin.job = plugin.job, self._job
        plugin.scenario = Scenario(copy.deepcopy(scenario))
        item: Any = self._again()
        item._json_report_extra = {}  # what pytest-json-report would begin with, if it were to hear of this run
        try:
            runtestprotocol(item, log=False, nextitem=None)
        finally:
            plugin.job = job
        if plugin.result is None:
            raise RuntimeError(f"{self._item.name} has not come to its end")
        return plugin.result

    def _is_it(self, scenario: Any) -> bool:
        """Whether the run that has just failed did so in the way that is looked for: like the first that did."""
        attempt = self._plugin.attempt
        if attempt.transcript.is_out_of_patience:  # it was our time that was up
            return False
        kind = self._kind_of(attempt.fault)
        if not self._kind:
            slow = isinstance(attempt.fault, TimedOut) or attempt.seconds > self._limits.wall_seconds
            self._doubt = Doubt.RARE_WAIT if isinstance(attempt.fault, (TimedOut, Stuck)) else Doubt.RARE
            self._kind, self._shrinks = kind, SCENARIO_SLOW_SHRINKS if slow else SCENARIO_SHRINKS
            self._until = time.monotonic() + self._limits.scenario_seconds
        return kind == self._kind

    def _kind_of(self, fault: BaseException | None) -> tuple[object, ...]:
        """The same for failures that are one and the same as far as anybody can tell, so that one does not become another."""
        if not isinstance(fault, StudentFault) or isinstance(fault, (TimedOut, Stuck)):
            return (type(fault),)
        if isinstance(fault, Crashed) and fault.place:
            return type(fault), fault.cause and fault.cause.kind, fault.place
        folder = str(self._item.path.parent)
        lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename.startswith(folder)]
        return type(fault), lines[-1:] and lines[-1]
