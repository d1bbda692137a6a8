"""One assignment's checks, collected by pytest once and run for job after job; each run has its JSON report.

Nothing of a run reaches the next: every run has test items, fixtures and a report of its own, and a runner whose run did not
end as runs do, or has changed what the modules of checks hold (`module_state`), is not used again: the next one imports them
anew. What a job is, and what becomes of a report, is not in here.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import pytest_jsonreport.plugin
from _pytest.assertion.rewrite import AssertionRewritingHook
from _pytest.config import _prepareconfig
from _pytest.main import Session

from grader.checks.job import JobContext, OpenJob
from grader.checks.plugin import GradingPlugin
from grader.grading.exploring import scenario_for
from grader.grading.module_state import State, Unknown, forget_modules, modules_in

_NOT_NEEDED = (
    "cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "pastebin", "setuponly", "setupplan", "stepwise",
    "threadexception", "unittest",
    "unraisableexception",  # only warns, and nobody reads that; but it collects garbage twice for every job
)  # fmt: skip
"""Plugins of pytest's own that a session does without: each costs time with every check, and checks have no use for them."""
_REPORTER = "terminalreporter"
_MOST_KEPT = 16
"""Runners that a session keeps; one takes about a megabyte."""


class Runner:
    """pytest, configured for the checks in one folder, deaf to every configuration file and plugin that is not ours.

    The folder is `assignments/<slug>/checks` of a course. pytest calls a file by its path in the course, so that those of two
    assignments may have the same name, and one may import a helper beside it: `from .helper import …`.
    """

    def __init__(self, folder: Path, plugin: GradingPlugin) -> None:
        """Collect. A file that cannot be imported is told by every report."""
        self.is_fresh = False
        """Whether another run would be as the first: nothing was left behind."""
        self._folder, self._plugin = folder, plugin
        forget_modules(folder)
        options = ["--json-report", "--json-report-file=", "--json-report-omit", "log", "streams", "keywords", "warnings"]
        options += [word for name in _NOT_NEEDED for word in ("-p", f"no:{name}")]
        options += [
            "--tb=no",
            "-c",
            os.devnull,
            f"--rootdir={folder.parents[2]}",
            f"--confcutdir={folder}",
            "--import-mode=importlib",
        ]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # a person's own, where checks run in the person's own process
            os.environ.pop(name, None)
        sys.dont_write_bytecode = True
        with _silent():
            # Nothing is captured: that would hold the session's own streams from its first job to its last.
            self._config = _prepareconfig([*options, "--capture=no", str(folder)], [pytest_jsonreport.plugin, plugin])
            self._session = Session.from_config(self._config)
            self._session.exitstatus = pytest.ExitCode.OK
            self._config._do_configure()
            self._replace_reporter()
            self._json = next(one for one in self._manager.get_plugins() if isinstance(one, pytest_jsonreport.plugin.JSONReport))
            self._config.hook.pytest_sessionstart(session=self._session)
            with self._breaking_off():
                self._config.hook.pytest_collection(session=self._session)
                self.is_fresh = not self._session.testsfailed
        self._items = list(self._session.items)
        self._collected = list(self._json._json_collectors)
        self._state = self._look()

    @property
    def _manager(self) -> pytest.PytestPluginManager:
        return self._config.pluginmanager

    def _replace_reporter(self) -> None:
        """pytest's own reporter keeps every result for a summary that nobody reads; others only want its writer."""
        self._manager.register(_Writer(self._manager.unregister(name=_REPORTER)), _REPORTER)

    def run(self) -> dict[str, Any]:
        """Run the checks that the plugin chooses for its present job; return the JSON report."""
        session, self.is_fresh = self._session, False
        self._json.__init__(self._config)  # its only way to begin anew
        self._json._json_collectors = self._collected
        self._json.pytest_sessionstart(session)
        self._plugin.report = {}
        failed_before, session.testsfailed = session.testsfailed, 0
        with _silent(), self._breaking_off():
            if failed_before:
                raise Session.Interrupted(f"{failed_before} errors during collection")
            self._run_all(self._plugin.choose([self._again(item) for item in self._items]))
            self.is_fresh = not session._setupstate.stack
        with _silent():
            with contextlib.suppress(BaseException):
                session._setupstate.teardown_exact(None)
            self._json.pytest_sessionfinish(session)
        session.items = []
        session.testsfailed = failed_before
        self.is_fresh = self.is_fresh and self._is_unchanged()
        return self._plugin.report

    def _run_all(self, items: list[pytest.Item]) -> None:
        for item, next_item in zip(items, [*items[1:], None], strict=True):
            self._plugin.scenario = scenario_for(item, functools.partial(self._again, item), self._plugin)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
            if stop := self._session.shouldfail or self._session.shouldstop:
                raise Session.Interrupted(stop)

    @staticmethod
    def _again(item: pytest.Item) -> pytest.Item:
        """The same item, as it was when it was collected. Raises TypeError for one that is no function."""
        if type(item) is not pytest.Function:
            raise TypeError(f"{item.nodeid} is no function")
        return pytest.Function.from_parent(
            item.parent,
            name=item.name,
            originalname=item.originalname,
            callspec=getattr(item, "callspec", None),
            fixtureinfo=item._fixtureinfo,
        )

    @contextlib.contextmanager
    def _breaking_off(self) -> Iterator[None]:
        """Whatever breaks a run off is no matter of the session's: a check that was not run is missing in the report."""
        try:
            yield
        except (KeyboardInterrupt, pytest.exit.Exception):
            self._config.hook.pytest_keyboard_interrupt(excinfo=pytest.ExceptionInfo.from_current())
        except BaseException as error:
            self._json._json_collectors = [*self._json._json_collectors, _failed(error)]
        finally:
            os.chdir(self._session.startpath)

    def _look(self) -> State | None:
        try:
            return State(modules_in(self._folder))
        except Unknown:
            return None

    def _is_unchanged(self) -> bool:
        now = self._look()
        return now is not None and self._state is not None and now.is_as(self._state)

    def close(self) -> None:
        """Let the modules go, and what pytest has put into Python's import.

        No more: what pytest undoes at its own end, such as attributes of its classes, the other runners still need.
        """
        for hook in [one for one in sys.meta_path if isinstance(one, AssertionRewritingHook) and one.config is self._config]:
            sys.meta_path.remove(hook)
        forget_modules(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Runners:
    """The runners of a session, one for each assignment whose checks it has run lately."""

    def __init__(self) -> None:
        self._by_folder: dict[Path, tuple[Runner, GradingPlugin]] = {}

    def run(self, context: JobContext) -> tuple[dict[str, Any], OpenJob]:
        """Run the checks of a job; return the JSON report, and what is known of the job besides."""
        folder = context.assignment.folder / "checks"
        runner, plugin = self._by_folder.pop(folder, (None, None))
        if runner is None or plugin is None:
            plugin = GradingPlugin(context)
            runner = Runner(folder, plugin)
        else:
            plugin.begin(context)
        try:
            return runner.run(), plugin.job
        finally:
            if runner.is_fresh:
                self._by_folder[folder] = runner, plugin
            else:
                runner.close()
            while len(self._by_folder) > _MOST_KEPT:
                self._by_folder.pop(next(iter(self._by_folder)))[0].close()


class _Writer:
    """What is left of pytest's reporter."""

    def __init__(self, reporter: Any) -> None:
        self._tw = reporter._tw
        self.verbosity = reporter.verbosity


def _failed(error: BaseException) -> dict[str, Any]:
    """An error of the run itself, as the report tells one of a file."""
    return {"nodeid": "", "outcome": "failed", "result": [], "longrepr": f"{type(error).__name__}: {error}"}


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """What pytest or a check prints goes nowhere, and nobody reads what is not for them."""
    stdin = sys.stdin
    with open(os.devnull, "w") as nowhere, open(os.devnull) as nothing:
        sys.stdin = nothing
        try:
            with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                yield
        finally:
            sys.stdin = stdin
