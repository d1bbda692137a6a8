"""The fake servers there are, found by looking into this folder: each says about itself what checks and people call it.

So a new server is one new module. What a server does is not in here.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

import grader.servers
from grader.servers.server import Server


@cache
def servers() -> tuple[type[Server], ...]:
    """Every class in this folder that extends `Server`, sorted by its name."""
    for module in pkgutil.iter_modules(grader.servers.__path__):
        importlib.import_module(f"grader.servers.{module.name}")
    ours = {kind for kind in _below(Server) if kind.__module__.startswith("grader.servers.")}
    return tuple(sorted(ours, key=lambda kind: kind.__name__))


def for_checks() -> dict[str, type[Server]]:
    """The servers that checks use, by the name of their fixture."""
    return {kind.fixture: kind for kind in servers() if kind.fixture}


def for_people() -> dict[str, type[Server]]:
    """The servers that a person can play with, by the name that `grader serve` takes."""
    return {kind.served_as: kind for kind in servers() if kind.served_as}


def addresses() -> list[str]:
    """The addresses in the world at which students' programs look for what our servers stand for."""
    return sorted({kind.real_address for kind in servers() if kind.real_address})


def _below(kind: type[Any]) -> set[type[Any]]:
    found = set(kind.__subclasses__())
    return found.union(*(_below(other) for other in found))
