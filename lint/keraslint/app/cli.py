"""The command line: its parser, and the way into each command, whose modules are imported when they are called."""

from __future__ import annotations

import argparse
import functools
import importlib
import sys
import time
from collections.abc import Callable, Sequence

from keraslint import __version__
from keraslint.app import disk, terminal
from keraslint.app.failure import FAILED, INTERRUPTED, UsageError
from keraslint.app.parser import Parser
from keraslint.app.replay import keep
from keraslint.app.start import run  # noqa: F401  where scripts of earlier installations look for it

COMMANDS = {
    "check": "keraslint.app.check:run",
    "summary": "keraslint.app.summary:run",
    "explain": "keraslint.app.explain:run",
    "annotate": "keraslint.app.annotate:run",
    "diff": "keraslint.app.diff:run",
    "lock": "keraslint.app.lock:run",
    "verify": "keraslint.app.verify:run",
    "rule": "keraslint.app.rules:run_rule",
    "rules": "keraslint.app.rules:run_rules",
    "test-rules": "keraslint.app.rule_tests:run",
    "config": "keraslint.app.show_config:run",
    "completion": "keraslint.app.completion:run",
    "clean": "keraslint.app.clean:run",
}
"""Command -> the function that runs it."""
Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    started = time.time()
    given = sys.argv[1:] if argv is None else argv
    arguments = make_parser().parse_args(_with_equals(given))
    if arguments.command is None:
        make_parser().print_help()
        return FAILED
    disk.looked_at.clear()
    terminal.printed.clear()
    try:
        status = _run(arguments)
    except KeyboardInterrupt:
        if "keraslint.app.work" in sys.modules:
            sys.modules["keraslint.app.work"].stop()
        return INTERRUPTED
    except BrokenPipeError:
        terminal.close_quietly()
        return INTERRUPTED if sys.platform == "win32" else 141
    if status != FAILED and _only_prints(arguments):
        keep(given, terminal.printed, status, started)
    return status


_PRINTING = {
    "check": {
        "paths", "select", "ignore", "extend_select", "per_file_ignores", "statistics", "exit_zero", "error_on_warning",
        "force_exclude", "exit_non_zero_on_fix", "show_fixes",
    },
    "summary": {"targets", "percent", "weights", "expand_nested", "show_trainable", "layer_range", "sort"},
}  # fmt: skip
"""Command whose answer is kept -> its options that only choose what is printed."""
_COMMON = {
    "command", "config", "isolated", "target_keras", "assume", "env", "root", "color", "quiet", "cache_dir", "jobs",
    "output_format",
}  # fmt: skip


def _only_prints(arguments: argparse.Namespace) -> bool:
    """Return whether a run reads files and prints, and does nothing else: what is not known to be so is not."""
    harmless = _COMMON | _PRINTING.get(arguments.command, set())
    given = {name for name, value in vars(arguments).items() if value not in (None, False, [])}
    is_file_written = "=" in str(arguments.output_format) if "output_format" in given else False
    is_stdin_read = "-" in getattr(arguments, "paths", [])
    return arguments.command in _PRINTING and given <= harmless and not is_file_written and not is_stdin_read


def _with_equals(argv: Sequence[str]) -> list[str]:
    """Return the arguments; ``--add-ignore`` alone has an empty reason, not the path that follows it."""
    return ["--add-ignore=" if argument == "--add-ignore" else argument for argument in argv]


def _run(arguments: argparse.Namespace) -> int:
    terminal.prepare()
    module, _, function = COMMANDS[arguments.command].partition(":")
    command: Command = getattr(importlib.import_module(module), function)
    if getattr(arguments, "watch", False):
        from keraslint.app.watching import run_watched

        return _told(functools.partial(run_watched, functools.partial(_told, command)), arguments)
    return _told(command, arguments)


def _told(command: Command, arguments: argparse.Namespace) -> int:
    """Run a command and return its status; what ends it is told in a line."""
    from keraslint.app.run import describe, quick_allocation
    from keraslint.diagnose.configuration import ConfigurationError
    from keraslint.report.text import clean, place

    complain = terminal.complain
    try:
        with quick_allocation():
            status = command(arguments)
        terminal.flush()
    except UsageError as problem:
        complain(f"keraslint: {clean(str(problem))}")
    except ConfigurationError as problem:
        where = f"{place(problem.where)}: " if problem.where is not None else ""
        complain(f"keraslint: {where}{clean(problem.message)}")
    except BrokenPipeError:
        raise
    except Exception as problem:  # the last line of defence: a message and a status, no trace
        if arguments.verbose:
            raise
        complain(f"keraslint: internal error, please report it: {clean(describe(problem))}")
    else:
        return status
    return FAILED


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="keraslint", description="Counts and checks Keras models from their source, without running it."
    )
    parser.add_argument("--version", action="version", version=f"keraslint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    common = _common_options()
    _add_check(commands.add_parser("check", parents=[common], help="report what is wrong, and fix it"))
    _add_summary(commands.add_parser("summary", parents=[common], help="print Keras' own summary, from source"))
    _add_explain(commands.add_parser("explain", parents=[common], help="say where a count comes from"))
    _add_annotate(commands.add_parser("annotate", parents=[common], help="write counts into the source as comments"))
    _add_diff(commands.add_parser("diff", parents=[common], help="compare counts with those of a revision or folder"))
    _add_lock(commands.add_parser("lock", parents=[common], help="write the counts of every model to keraslint.lock"))
    _add_verify(commands.add_parser("verify", parents=[common], help="run the code under real Keras, and compare"))
    rule = commands.add_parser("rule", parents=[common], help="print a rule's manual")
    rule.add_argument("rules", metavar="CODE", nargs="+", help="a code or a name")
    commands.add_parser("rules", parents=[common], help="list the rules")
    test = commands.add_parser("test-rules", parents=[common], help="run the programs in the manuals of a rule pack")
    test.add_argument("packages", metavar="PACKAGE", nargs="+", help="a package of rules that can be imported")
    config = commands.add_parser("config", parents=[common], help="print the settings and where they come from")
    completion = commands.add_parser(
        "completion", parents=[common], help="print what a shell needs to complete commands"
    )
    completion.add_argument("shell", metavar="SHELL", choices=["bash", "zsh", "fish"], help="bash, zsh or fish")
    commands.add_parser("clean", parents=[common], help="remove the cache")
    config.add_argument("path", metavar="PATH", nargs="?", default=".", help="whose settings: a file or folder")
    return parser


def _common_options() -> Parser:
    common = Parser(add_help=False)
    group = common.add_argument_group("global options")
    setting = 'FILE|"KEY = VALUE"'
    group.add_argument("--config", metavar=setting, action="append", default=[], help="a file, or one setting")
    group.add_argument("--isolated", action="store_true", help="read no configuration file")
    group.add_argument("--target-keras", metavar="2|3|3.15", help="the version of Keras to answer for")
    for option, metavar, text in (
        ("--assume", "NAME=EXPRESSION", "a value that the source does not give"),
        ("--env", "NAME=VALUE", "an environment variable of the program"),
        ("--root", "DIR", "a folder in which imports are looked up"),
    ):
        group.add_argument(option, metavar=metavar, action="append", default=[], help=text)
    group.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    group.add_argument("-q", "--quiet", action="store_true", help="print results only")
    group.add_argument(
        "-v", "--verbose", action="store_true", help="print what was looked at, and the traces of errors"
    )
    group.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    group.add_argument("--cache-dir", metavar="DIR", help="where the cache lies")
    return common


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Exit status: 0 nothing found, or all fixed, or hints (info) of rules that you did not select;"
        " 1 findings; 2 the run itself failed."
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files and folders; `-` reads standard input")
    for option, text in (
        ("--select", "the rules to run: codes, beginnings of codes, names, ALL"),
        ("--ignore", "rules not to run"),
        ("--extend-select", "rules to run as well"),
    ):
        parser.add_argument(option, metavar="RULES", action="append", default=[], help=text)
    _add_jobs(parser)
    pairs = "PATTERN:RULE"
    parser.add_argument("--per-file-ignores", metavar=pairs, action="append", default=[], help="rules not to run there")
    parser.add_argument("--fix", action="store_true", help="make the safe fixes")
    parser.add_argument("--unsafe-fixes", action="store_true", help="with --fix or --diff: make the unsafe ones too")
    parser.add_argument("--diff", action="store_true", help="show what --fix would write")
    parser.add_argument("--show-fixes", action="store_true", help="list what was fixed, by file and rule")
    note = "write comments that suppress what is found, with a reason"
    parser.add_argument("--add-ignore", metavar="[=REASON]", help=note)
    note = "write what is found into a file, and do not report it from now on"
    parser.add_argument("--write-baseline", action="store_true", help=note)
    formats = "concise, full, grouped, json, json-lines, sarif, github, gitlab, junit or rdjson; FORMAT=FILE, which may be repeated, writes it there"
    parser.add_argument("--output-format", metavar="FORMAT[=FILE]", action="append", default=[], help=formats)
    parser.add_argument("-o", "--output-file", metavar="FILE", help="write the report there")
    parser.add_argument("--statistics", action="store_true", help="count findings and resolved models instead")
    parser.add_argument("-e", "--exit-zero", action="store_true", help="exit 0 even with findings")
    parser.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit 1 where anything was fixed")
    parser.add_argument("--error-on-warning", action="store_true", help="make an error of every warning")
    _add_watch(parser)
    parser.add_argument("--stdin-filename", metavar="FILE", help="the name of what standard input holds")
    parser.add_argument("--force-exclude", action="store_true", help="honour excludes for files passed by name too")


def _add_watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-w", "--watch", action="store_true", help="run again each time that a file changes")


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    note = "processes at most; by default as many as the work is worth"
    parser.add_argument("-j", "--jobs", metavar="N", type=_count, help=note)
    parser.add_argument("--executor", metavar="dask=ADDRESS", help="spread the files over a Dask cluster")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _add_summary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="path, path::name or path::EXPRESSION")
    _add_jobs(parser)
    _add_watch(parser)
    parser.add_argument("--weights", action="store_true", help="a row a weight")
    parser.add_argument("--percent", action="store_true", help="each layer's part of the total")
    parser.add_argument("--expand-nested", action="store_true", help="rows for the layers of nested models")
    parser.add_argument("--show-trainable", action="store_true", help="whether each layer is trainable")
    parser.add_argument("--layer-range", metavar=("A", "B"), nargs=2, help="names of the first and the last layer")
    parser.add_argument("--sort", choices=["params"], default="", help="heaviest layers first")
    parser.add_argument("--statistics", action="store_true", help="how much is known of the models, and why not all")
    parser.add_argument("--output-format", metavar="FORMAT", default="table", help="table, json, markdown or csv")


def _add_explain(parser: argparse.ArgumentParser) -> None:
    forms = "path::name, path:LINE, path::name:LINE or path::name:LAYER"
    parser.add_argument("targets", metavar="TARGET", nargs="+", help=forms)
    parser.add_argument("--layer", metavar="NAME", default="", help="the layer to explain, by name or class")


def _add_annotate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files and folders")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a comment is stale")
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    parser.add_argument("--remove", action="store_true", help="take the counts out again")
    note = "put a comment above its line where that would get longer"
    parser.add_argument("--line-length", metavar="COLUMNS", type=int, help=note)
    parser.add_argument("--force-exclude", action="store_true", help="honour excludes for files passed by name too")


def _add_diff(parser: argparse.ArgumentParser) -> None:
    what = "a git revision, or a folder, file or lock file where there is one of that name"
    parser.add_argument("base", metavar="BASE", help=what)
    parser.add_argument("head", metavar="HEAD", nargs="?", default=".", help="the same; default: the working folder")
    note = "exit 1 where a model grew by more: 5%%, or 10_000 parameters"
    parser.add_argument("--fail-on-increase", metavar="LIMIT", help=note)
    parser.add_argument("--all", action="store_true", help="show the models that did not change too")
    parser.add_argument("--output-format", metavar="FORMAT", default="table", help="table, markdown or json")


def _add_lock(parser: argparse.ArgumentParser) -> None:
    parser.description = "Writes the counts of every model to keraslint.lock, which `keraslint check` compares (KL102)."
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files and folders")


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Builds the models with the real Keras of an environment and prints its counts beside keraslint's."
        " This command runs the code that it is given, in a process of its own; no other does."
    )
    parser.add_argument("targets", metavar="TARGET", nargs="+", help="path, path::name or path::EXPRESSION")
    parser.add_argument("--python", metavar="PROGRAM", default=sys.executable, help="the interpreter that has Keras")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=600.0, help="for each target; default 600")
    parser.add_argument("--output-format", metavar="FORMAT", default="table", help="table or json")
