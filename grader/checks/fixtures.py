"""The fixtures that checks take: `rng`, `scenario`, `student`, `connect`, and one for every fake server.

What those can do: their classes.
All of it belongs to the check in progress, and is closed when that ends.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.checks.attempt import Attempt
from grader.checks.scenarios import NO_SCENARIO, Scenario
from grader.checks.student import Student
from grader.servers.catalogue import for_checks
from grader.servers.client import Peer
from grader.servers.server import Server


class _ServerFixtures:
    """A fixture for every fake server that says it has one: a method for each, as pytest wants them."""


def _fixture_of(kind: type[Server]) -> Any:
    def fixture(self: Fixtures, rng: random.Random) -> Iterator[Server]:
        yield from self.lend(kind, rng)

    return pytest.fixture(name=kind.fixture)(fixture)


for _name, _kind in for_checks().items():
    setattr(_ServerFixtures, _name, _fixture_of(_kind))


class Fixtures(_ServerFixtures):
    """The part of the plugin in which pytest finds the fixtures."""

    attempt: Attempt
    """The check in progress."""
    scenario: Scenario = NO_SCENARIO
    """What is drawn for it."""

    @pytest.fixture(name="scenario")
    def drawn(self) -> Any:
        """What was drawn for this run of a check with the decorator `scenarios`."""
        return self.scenario.take()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> random.Random:
        """Random data of this run: the same for the same seed and check."""
        job = self.attempt.context.job
        return random.Random(f"{job.seed}/{job.assignment.slug}/{request.node.name}")

    @pytest.fixture
    def student(self) -> Iterator[Student]:
        """The student's folder, and the programs that the check starts in it."""
        student = self.attempt.open_student()
        yield student
        student.close()

    @pytest.fixture
    def connect(self, rng: random.Random) -> Iterator[Callable[..., Peer]]:
        """`connect(port, name="client")`: a scripted client to a student's server, closed when the check ends."""
        peers: list[Peer] = []
        context, transcript = self.attempt.context, self.attempt.transcript

        def connect(port: int, name: str = "client", **options: Any) -> Peer:
            try:
                real = context.confinement.ports.connect_port(port)
            except LookupError:
                real = port
            patience = context.assignment.limits.wall_seconds
            peer = Peer(context.loop, transcript, real, name, patience, shown_port=port, rng=rng, **options)
            peers.append(peer)
            peer.open()
            return peer

        yield connect
        for peer in peers:
            peer.close()

    def lend(self, kind: type[Server], rng: random.Random) -> Iterator[Server]:
        """Lend a fake server to a check; what went wrong inside it surfaces here, as an error and not as the student's fault."""
        context, transcript = self.attempt.context, self.attempt.transcript
        server = kind(context.loop, transcript, context.confinement.ports, context.assignment.limits.wall_seconds, rng)
        yield server
        server.close()
        server.raise_errors()
