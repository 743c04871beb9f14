"""Where the report of ``check`` goes and in which format: to standard output, and to as many files as are named."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from keraslint.app.config import Configuration
from keraslint.app.failure import UsageError
from keraslint.app.write import write_file
from keraslint.diagnose.configuration import ConfigurationError
from keraslint.report.report import CheckReport, UnknownFormatError, reporter


@dataclass(frozen=True, slots=True)
class Output:
    """A format and the file that it goes to; no file: standard output."""

    name: str
    render: Callable[[CheckReport], str]
    path: str = ""

    @property
    def is_for_readers(self) -> bool:
        """Whether lines for a reader may stand below the findings."""
        return self.name in {"concise", "full", "grouped"}


def outputs_of(arguments: argparse.Namespace, home: Configuration) -> tuple[Output, list[Output]]:
    """Return the main output, for standard output or ``-o FILE``, and those of ``--output-format FORMAT=FILE``."""
    pairs = [text.partition("=") for text in arguments.output_format]
    plain = [name for name, _, path in pairs if not path]
    if len(plain) > 1:
        message = f"`{plain[0]}` and `{plain[1]}` cannot both be printed; write one into a file: `{plain[1]}=FILE`"
        raise UsageError(message)
    files = [Output(name, _find(name), path) for name, _, path in pairs if path]
    if plain:
        return Output(plain[0], _find(plain[0]), arguments.output_file or ""), files
    setting = home.settings.get("output-format")
    name = str(setting.value) if setting is not None else "concise"
    try:
        render = reporter.find(name)
    except UnknownFormatError as problem:
        raise ConfigurationError(str(problem), None if setting is None else setting.where) from problem
    return Output(name, render, arguments.output_file or ""), files


def deliver(text: str, path: str) -> None:
    """Write a report into a file."""
    try:
        write_file(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise UsageError(message) from error


def prefix_of(environment: Mapping[str, str]) -> str:
    """Return the working folder from the top of the repository, in jobs of GitHub and GitLab; else nothing."""
    for top in _tops(environment):
        relative = os.path.relpath(os.path.realpath("."), os.path.realpath(top)).replace(os.sep, "/")
        if relative != "." and not relative.startswith("../"):
            return f"{relative}/"
    return ""


def _tops(environment: Mapping[str, str]) -> Iterator[str]:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        if environment.get(name):
            yield environment[name]


def _find(name: str) -> Callable[[CheckReport], str]:
    try:
        return reporter.find(name)
    except UnknownFormatError as problem:
        raise UsageError(str(problem)) from problem
