"""Which checks of an assignment run, and whether one may: those of `-k`, a single one, and the checks that another one needs.

Ids and statuses only: what a check does, and how it ends, is not in here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from _pytest.outcomes import Skipped

from grader.model import Status


class NeedsFailed(Skipped):
    """A check was skipped because one it needs did not pass."""


def chosen(ids: Sequence[str], needs: Callable[[str], Sequence[str]], only: str = "", alone: str = "") -> list[str]:
    """Those of `ids`, the checks there are in the order of assignment.toml, that are to be run, in the same order.

    `needs` returns the ids of earlier checks that a check needs. `alone`: run the check of this id, and nothing else. `only`: run
    each check whose id has this text in it, and all that those need.
    """
    if alone:
        return [id for id in ids if id == alone]
    if not only:
        return list(ids)
    wanted = {id for id in ids if only in id}
    for id in reversed(ids):  # a check needs earlier ones only
        if id in wanted:
            wanted.update(needs(id))
    return [id for id in ids if id in wanted]


class EnoughSeen(Skipped):
    """A check was skipped because one before it had failed, and the job is to stop there."""


def heed_failures(statuses: Mapping[str, Status]) -> None:
    """Raise EnoughSeen when a check has failed."""
    for id, status in statuses.items():
        if status is Status.FAILED:
            raise EnoughSeen(f"Not run, because the check {id} failed, and nothing more was asked.")


def heed_needs(needs: Sequence[str], statuses: Mapping[str, Status]) -> None:
    """Raise NeedsFailed unless every check in `needs` has passed."""
    for needed in needs:
        if statuses.get(needed) is not Status.PASSED:
            raise NeedsFailed(f"Not run, because the check {needed} did not pass.")
