"""A parser of arguments whose complaints name the nearest of what there is."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import NoReturn

from keraslint.app.failure import FAILED


class Parser(argparse.ArgumentParser):
    """The parser of the command line, and of each command."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, in a line, and end the run."""
        from keraslint.report.text import clean

        self.exit(FAILED, f"{self.prog}: {clean(self._in_words(message))}; see `{self.prog} --help`\n")

    def _in_words(self, message: str) -> str:
        from keraslint.diagnose.configuration import did_you_mean

        choice = re.match(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", message, re.DOTALL)
        if choice is not None:
            what = "command" if choice[1] == "COMMAND" else f"value of `{choice[1]}`"
            choices = re.findall(r"[\w-]+", choice[3])
            hint = did_you_mean(choice[2], choices) or f"; there are {', '.join(choices)}"
            return f"`{choice[2]}` is no {what}{hint}"
        unknown = re.match(r"unrecognized arguments: (-\S+)", message)
        if unknown is not None:
            name = unknown[1].partition("=")[0]
            owners = [command for command, options in self._commands() if name in options]
            if owners:
                return f"this command has no option `{name}`, as {', '.join(f'`{owner}`' for owner in owners)} has"
            options = [*self._option_string_actions, *(option for _, given in self._commands() for option in given)]
            return f"there is no option `{name}`{did_you_mean(name, dict.fromkeys(options))}"
        return message

    def _commands(self) -> Iterator[tuple[str, list[str]]]:
        """Yield every command with its options: what a command does not take is told by the parser above it."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  argparse has no other way to commands
                for name, command in action.choices.items():
                    yield name, list(command._option_string_actions)  # noqa: SLF001  as above
