"""``keraslint completion SHELL``: what a shell needs to complete commands, options and paths."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from typing import Protocol, cast

from keraslint.app.failure import OK, UsageError
from keraslint.app.terminal import write

PATHS = {"PATH": "FILE", "TARGET": "FILE", "FILE": "FILE", "BASE": "FILE", "HEAD": "FILE", "DIR": "DIRECTORY"}
"""What an argument is called in the help -> what completes it."""


class Shtab(Protocol):
    """What is used of the package ``shtab``."""

    FILE: dict[str, str]
    DIRECTORY: dict[str, str]

    def complete(self, parser: argparse.ArgumentParser, shell: str) -> str:
        """Return the script for a shell."""
        ...


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    from keraslint.app.cli import make_parser

    try:
        shtab = cast("Shtab", importlib.import_module("shtab"))
    except ImportError as problem:
        message = "completion needs a package more: `pip install keraslint[completion]`"
        raise UsageError(message) from problem
    parser = make_parser()
    for action in _actions(parser):
        kind = PATHS.get(str(action.metavar))
        if kind is not None:
            setattr(action, "complete", getattr(shtab, kind))  # noqa: B010  argparse knows no such attribute
    write(shtab.complete(parser, arguments.shell))
    return OK


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001  argparse has no other way to its arguments
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  as above
            for command in dict.fromkeys(action.choices.values()):
                yield from _actions(command)
