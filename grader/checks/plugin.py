"""The pytest plugin of a session: fixtures for checks, their order and needs, and each check's outcome in the JSON report."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from _pytest.outcomes import Skipped

from grader.checks.cause import cause_of, shows_bytes
from grader.checks.check import PREFIX, check_id
from grader.checks.doubt import Doubt
from grader.checks.hints import Hints
from grader.checks.patience import Patience
from grader.checks.polled import Polled
from grader.checks.student import Student
from grader.checks.waiting import cause_of_standstill
from grader.errors import Cause, Mismatch, Missing, Stuck, StudentFault, TimedOut
from grader.events.transcript import WAITS_PER_CHECK, Transcript
from grader.model import Assignment, CheckResult, CheckSpec, Entry, Job, Status
from grader.reports.json_report import check_to_json
from grader.sandbox.confinement import Confinement
from grader.sandbox.idle_loops import IdleLoops, find_idle_loops
from grader.sandbox.process import Overrun
from grader.sandbox.stuck import can_look
from grader.sandbox.watch import Watch
from grader.servers.catalogue import for_checks
from grader.servers.client import Peer
from grader.servers.loop import LoopThread
from grader.servers.server import Server

METADATA = "grader"
"""Key under which a check's outcome stands in the metadata of its test in the JSON report."""
HINTS = "HINTS"
"""Name under which a file of checks may keep hints of its own by kind of cause, see `hints`."""


@dataclass(frozen=True)
class JobContext:
    """What a session lends to every check of a job."""

    job: Job
    confinement: Confinement
    loop: LoopThread
    given: Mapping[str, bytes]
    alone: str = ""
    """Run only the check with this id, and do not ask whether those it needs have passed."""
    patience: Patience = field(default_factory=Patience)
    """What all checks of the job together may wait for the student's programs."""
    new_transcript: Callable[..., Transcript] = Transcript
    """Makes the transcript of each check, from the same arguments as `Transcript`."""

    @property
    def assignment(self) -> Assignment:
        return self.job.assignment


class _NeedsFailed(Skipped):
    """A check was skipped because one it needs did not pass."""


class _ServerFixtures:
    """A fixture for every fake server that says it has one: a method for each, as pytest wants them."""


def _fixture_of(kind: type[Server]) -> Any:
    def fixture(self: GradingPlugin, rng: random.Random) -> Iterator[Server]:
        yield from self.lend(kind, rng)

    return pytest.fixture(name=kind.fixture)(fixture)


for _name, _kind in for_checks().items():
    setattr(_ServerFixtures, _name, _fixture_of(_kind))


class GradingPlugin(_ServerFixtures):
    """Registered once per pytest run, that is once per submission and assignment."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._points = {spec.id: spec for spec in context.assignment.checks}
        self._status: dict[str, Status] = {}
        self._hints = Hints()
        self._transcript = Transcript()
        self._entries: tuple[Entry, ...] = ()
        """The transcript as it was at the end of the check, before anything was cleared away."""
        self._at_standstill: tuple[Entry, ...] = ()
        """The transcript up to where nothing could happen any more: then the grader ends the programs."""
        self._student: Student | None = None
        self._watch = Watch(list, context.loop.thread_id)
        self._polled = Polled(self._watch)
        self._can_watch = context.confinement.is_closed_world and can_look()
        self._loops = find_idle_loops(context.job.submission.files) if self._can_watch else IdleLoops()
        self._began = 0.0
        self.doubts: dict[str, Doubt] = {}
        """Failed checks that deserve a second look."""
        self.report: dict[str, Any] = {}
        """What pytest-json-report had to say when pytest had ended."""

    # which checks run, and in which order

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks that assignment.toml promises, and with `-k` the chosen ones and all they need."""
        chosen = [item for item in items if check_id(item.name) in self._points]
        only = self._context.job.only
        if self._context.alone:
            chosen = [item for item in chosen if check_id(item.name) == self._context.alone]
        elif only:
            wanted = {check_id(item.name) for item in chosen if only in check_id(item.name)}
            for item in reversed(chosen):  # a check needs earlier ones only
                if check_id(item.name) in wanted:
                    wanted.update(_function(item).grader_needs)
            chosen = [item for item in chosen if check_id(item.name) in wanted]
        items[:] = chosen

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check when one it needs did not pass."""
        self._student = None
        self._watch = Watch(lambda: self._student.running() if self._student else [], self._context.loop.thread_id)
        make = self._context.new_transcript
        patience = min(WAITS_PER_CHECK * self._context.assignment.limits.wall_seconds, self._context.patience.left)
        self._entries = self._at_standstill = ()
        self._transcript = make(self._watch.is_over, self._stuck, patience) if self._can_watch else make(patience=patience)
        transcript = self._transcript
        self._watch.loop_is_held_up = lambda: transcript.held_up > 0 and transcript.delays == 0
        self._watch.loops = self._loops
        self._polled = Polled(self._watch)
        transcript.after_wait = self._polled.note
        self._began = time.monotonic()
        for needed in _function(item).grader_needs if not self._context.alone else ():
            if self._status.get(needed) is not Status.PASSED:
                raise _NeedsFailed(f"Not run, because the check {needed} did not pass.")
        if self._context.patience.left == 0:
            raise self._context.patience.fault()

    # fixtures

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> random.Random:
        """Random data of this run: the same for the same seed and check."""
        return random.Random(f"{self._context.job.seed}/{self._context.assignment.slug}/{request.node.name}")

    @pytest.fixture
    def student(self) -> Iterator[Student]:
        context = self._context
        student = Student(
            context.confinement, context.job.submission.files, context.given, context.assignment.limits, self._transcript
        )
        self._student = student
        yield student
        student.close()

    @pytest.fixture
    def connect(self, rng: random.Random) -> Iterator[Callable[..., Peer]]:
        """`connect(port, name="client")`: a scripted client to a student's server, closed when the check ends."""
        peers: list[Peer] = []
        context = self._context

        def connect(port: int, name: str = "client", **options: Any) -> Peer:
            try:
                real = context.confinement.ports.connect_port(port)
            except LookupError:
                real = port
            patience = context.assignment.limits.wall_seconds
            peer = Peer(context.loop, self._transcript, real, name, patience, shown_port=port, rng=rng, **options)
            peers.append(peer)
            peer.open()
            return peer

        yield connect
        for peer in peers:
            peer.close()

    def lend(self, kind: type[Server], rng: random.Random) -> Iterator[Server]:
        """Lend a fake server to a check; what went wrong inside it surfaces here, as an error and not as the student's fault."""
        context = self._context
        server = kind(context.loop, self._transcript, context.confinement.ports, context.assignment.limits.wall_seconds, rng)
        yield server
        server.close()
        server.raise_errors()

    # outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self) -> Generator[None, object, object]:
        """Look for a fault's cause while the student's programs are there; what comes after is not in the transcript."""
        try:
            result = yield
            self._raise_if_flooded("", "")
            return result
        except StudentFault as fault:
            self._raise_if_flooded(fault.did, fault.expected)
            if isinstance(fault, Stuck):
                self._entries = self._at_standstill
            student = self._student
            if student is None:
                raise
            cause = cause_of(fault, student.programs(), self._context.job.submission.files, self._transcript)
            if cause is fault and isinstance(fault, (Missing, TimedOut)) and self._transcript.is_out_of_patience:
                raise self._out_of_patience(fault) from None
            if cause is fault:
                self._polled.tell(fault, student)
            if cause.cause is None and shows_bytes(cause, self._transcript.entries()):
                cause.cause = Cause("bytes for text")
            if cause is fault:
                raise
            raise cause from None
        finally:
            self._entries = self._entries or self._transcript.entries()
            self._context.patience.spend(self._transcript.waited)

    def _raise_if_flooded(self, did: str, expected: str) -> None:
        """Whatever a check saw, it saw it because we stopped listening to a program that sends or connects without end."""
        if flood := self._transcript.ration.fault:
            usual = "your program sends and connects only as much as the assignment needs"
            raise Mismatch(flood, did=did, expected=expected or usual)

    @pytest.hookimpl(wrapper=True, trylast=True)  # before pytest-json-report asks for the metadata
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        report = yield
        worst = self._status.get(check_id(item.name), Status.PASSED)
        now = _status_of(call)
        if now is not Status.PASSED and (worst is Status.PASSED or now is Status.ERROR):
            self._status[check_id(item.name)] = now
            fault = call.excinfo.value if call.excinfo else None
            item.stash[_FAULT] = fault
            if isinstance(fault, StudentFault) and (doubt := self._doubt(fault)):
                self.doubts[check_id(item.name)] = doubt
        else:
            self._status.setdefault(check_id(item.name), worst)
        return report

    def _doubt(self, fault: StudentFault) -> Doubt | None:
        """Whether a second look could tell something else than this fault."""
        programs = self._student.programs() if self._student else []
        if not programs:
            return None  # nothing was run
        if any(program.overrun in (Overrun.CPU, Overrun.MEMORY, Overrun.OUTPUT) for program in programs):
            return None  # counted, not timed
        if self._polled.is_told:
            return None  # most of the time nobody had anything to do
        if isinstance(fault, TimedOut):
            return Doubt.TIME
        return Doubt.ORDER if any(program.terminal for program in programs) else None

    def _stuck(self, fault: StudentFault) -> StudentFault:
        """Nothing can happen any more: say what every program waits for. It costs them their lives, so the check must end now."""
        self._at_standstill = self._transcript.entries()
        waiting = self._student.explain_standstill(self._watch.sleeps) if self._student else []
        if not waiting:
            return fault
        sentences = dict.fromkeys(program.sentence for program in waiting)  # two clients that wait in the same way are one news
        happened = ". ".join([fault.happened, *sentences, "Nobody will send anything more"])
        told = next((program for program in waiting if program.place), waiting[0])
        cause = cause_of_standstill(fault, told, self._at_standstill)
        place = fault.place or told.place
        return Stuck(happened, did=fault.did, expected=fault.expected, hint=fault.hint, place=place, cause=cause)

    def _out_of_patience(self, fault: StudentFault) -> TimedOut:
        """The last wait was cut short, so its own words would name a limit that it did not have."""
        limit = WAITS_PER_CHECK * self._context.assignment.limits.wall_seconds
        happened = f"your program was so slow that this check had waited {limit:g} seconds in all, and it waits no longer"
        if self._context.patience.left < limit:
            seconds = self._context.patience.seconds
            happened = f"all checks together had waited {seconds:g} seconds for your programs, and the grader waits no longer"
        return TimedOut(happened, did=fault.did, expected=fault.expected, hint=fault.hint, place=fault.place)

    def pytest_json_runtest_metadata(self, item: pytest.Item, call: pytest.CallInfo[None]) -> dict[str, Any]:
        """Hook of pytest-json-report: what it returns becomes the test's metadata. The last phase has the last word."""
        if call.when != "teardown":
            return {}
        spec = self._points[check_id(item.name)]
        return {METADATA: check_to_json(self._outcome(item, spec))}

    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Hook of pytest-json-report, called with the complete report."""
        self.report = json_report

    def _outcome(self, item: pytest.Item, spec: CheckSpec) -> CheckResult:
        function = _function(item)
        status = self._status[spec.id]
        result = CheckResult(
            id=spec.id,
            title=(function.__doc__ or "").strip().splitlines()[0].rstrip("."),
            status=status,
            score=float(spec.points) if status is Status.PASSED else 0.0,
            max_score=float(spec.points),
            hidden=spec.hidden,
            seconds=round(time.monotonic() - self._began, 4),
        )
        fault = item.stash.get(_FAULT, None)
        if status is Status.FAILED and isinstance(fault, StudentFault):
            return replace(
                result,
                message=_sentence(fault),
                did=fault.did,
                expected=fault.expected,
                happened=fault.happened,
                hint=self._hints.choose(fault, function.grader_hint, function.__globals__.get(HINTS, {})),
                cause=fault.cause.key if fault.cause else "",
                place=fault.place,
                traceback=fault.traceback,
                expected_bytes=fault.expected_bytes,
                actual_bytes=fault.actual_bytes,
                transcript=self._entries or self._transcript.entries(),
            )
        if status is Status.SKIPPED:
            return replace(result, message=str(fault))
        if status is Status.ERROR:
            text = f"{type(fault).__name__}: {fault}"
            return replace(
                result,
                message=f"The grader could not run this check ({text}). This is not your fault; tell your instructor.",
                transcript=self._entries or self._transcript.entries(),
            )
        return result


_FAULT: pytest.StashKey[BaseException | None] = pytest.StashKey()


def _function(item: pytest.Item) -> Any:
    function = getattr(item, "function", None)
    if not hasattr(function, "grader_needs"):
        raise RuntimeError(f"{PREFIX}{item.name} has no @check decorator")
    return function


def _status_of(call: pytest.CallInfo[None]) -> Status:
    if call.excinfo is None:
        return Status.PASSED
    fault = call.excinfo.value
    if isinstance(fault, StudentFault):
        return Status.FAILED
    return Status.SKIPPED if isinstance(fault, _NeedsFailed) else Status.ERROR


def _sentence(fault: StudentFault) -> str:
    """did · expected · happened, as one text."""
    parts = [fault.did, fault.expected and f"Expected: {fault.expected}", fault.happened and f"What happened: {fault.happened}"]
    return " ".join(part[0].upper() + part[1:] + "." for part in parts if part)
