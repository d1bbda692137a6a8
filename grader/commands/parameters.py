"""Kinds of values that are given on the command line and that `click` does not know: each from a text, or a sentence why not."""

from __future__ import annotations

from typing import Any

import click


class Shard(click.ParamType[tuple[int, int]]):
    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        part, slash, parts = str(value).partition("/")
        if not (slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
            self.fail(f"{value!r} is not a part such as 2/8 (from 1/8 to 8/8).", param, ctx)
        return int(part), int(parts)


ALL = 0
"""As a sample: no sample, but all there are."""


class Sample(click.ParamType[int]):
    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or ALL."""
        if str(value) == "all":
            return ALL
        if not str(value).isdecimal() or not int(value):
            self.fail(f"{value!r} is not a number from 1. Name assignments before it: grader verify echo --mutants", param, ctx)
        return int(value)


class ServerName(click.ParamType[str]):
    """The servers are looked up when they are needed: to import them takes longer than all else that the help does."""

    name = "server"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        from grader.servers.catalogue import for_people

        return "|".join(for_people())

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from grader.servers.catalogue import for_people

        if value not in for_people():
            self.fail(f"{value!r} is not one of {', '.join(map(repr, for_people()))}.", param, ctx)
        return str(value)
