"""Each fake server declares itself once, and everything that lists servers looks there."""

from __future__ import annotations

import pytest

from grader.servers.catalogue import for_checks, for_people, servers
from grader.servers.server import Server


@pytest.mark.parametrize("kind", servers(), ids=lambda kind: kind.__name__)
def test_a_server_says_who_uses_it(kind: type[Server]) -> None:
    assert kind.fixture or kind.served_as
    assert 0 < kind.port < 65536
    assert not kind.served_as or kind.start_for_a_person is not Server.start_for_a_person


def test_no_name_is_taken_twice() -> None:
    for names in ([kind.fixture for kind in servers()], [kind.served_as for kind in servers()]):
        given = [name for name in names if name]
        assert len(given) == len(set(given))
    assert set(for_checks()) == {kind.fixture for kind in servers()} - {""}
    assert set(for_people()) == {kind.served_as for kind in servers()} - {""}
