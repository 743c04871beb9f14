"""Annotates every file below some folders, in memory, and says where a promise is not kept.

``python tests/annotate/soak.py FOLDER... [--root DIR] [--share 1/8]``: the program stays the same, a second time changes
nothing, and removal gives back the bytes. Prints the figures, and exits 1 where a file fails.
"""

from __future__ import annotations

import argparse
import ast
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

from keraslint.annotate.rewrite import annotated, bare
from keraslint.app.config import Configurations
from keraslint.app.disk import read
from keraslint.app.fixing import with_content
from keraslint.app.run import Analyst, quick_allocation
from keraslint.app.speaking import speaking_of_keras
from keraslint.graph.analysis import Analysis
from keraslint.source.notebook import cell_text
from keraslint.source.read import decode, encode
from keraslint.source.text import SourceError, SourceFile

LENGTHS = (None, 79)
"""Without a limit for lines, and with one that many comments do not keep to behind their lines."""


def failure(path: str, data: bytes, analyst: Analyst) -> str:
    """Return which promise a file breaks; empty for none, ``skipped`` for what Python cannot read either."""
    try:
        source = decode(data, path)
        if bare(source) != (source.raw or source.text):
            return "something of the author's is removed"
        analysis = analyst.analyse(path, options=with_content(analyst.options(path), path, data))
        if analysis.errors:
            return "skipped" if analysis.errors[0].kind == "syntax" else analysis.errors[0].message
        return next(filter(None, (_broken(source, data, analysis, analyst, length) for length in LENGTHS)), "")
    except SourceError:
        return "skipped"
    return ""


def _broken(source: SourceFile, data: bytes, analysis: Analysis, analyst: Analyst, line_length: int | None) -> str:
    path = source.path
    marked = encode(source, annotated(source, analysis, line_length=line_length))
    if marked == data:
        return "nothing to write"
    if not source.cells and tree(data) != tree(marked):
        return "another program"
    new = decode(marked, path)
    for cell in source.cells:
        before, after = cell_text(source, cell.number), cell_text(new, cell.number)
        if tree(before.encode()) != tree(after.encode()):
            return f"another program in cell {cell.number}"
    again = analyst.analyse(path, options=with_content(analyst.options(path), path, marked))
    if encode(new, annotated(new, again, line_length=line_length)) != marked:
        return f"a second time changes it (line length {line_length})"
    return "" if encode(new, bare(new)) == data else f"removal does not give it back (line length {line_length})"


def tree(data: bytes) -> str:
    """Return a program as Python reads it, without places."""
    try:
        return ast.dump(ast.parse(data))
    except (SyntaxError, ValueError, RecursionError) as problem:
        return type(problem).__name__


def main() -> int:
    """Go over the files of the command line's folders."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--root", action="append", default=[])
    parser.add_argument("--share", default="1/1", help="K/N: every Nth file, beginning with the Kth")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    first, step = map(int, arguments.share.split("/"))
    paths = sorted(str(path) for folder in arguments.folders for path in Path(folder).rglob("*.py"))
    paths += sorted(str(path) for folder in arguments.folders for path in Path(folder).rglob("*.ipynb"))
    analyst = Analyst(Configurations(is_isolated=True, overrides={"root": arguments.root}))
    paths = speaking_of_keras(paths, analyst.roots)[first - 1 :: step]
    counts: Counter[str] = Counter()
    started = time.monotonic()
    failed = 0
    with quick_allocation():
        for path in paths:
            why = failure(path, read(path) or b"", analyst)
            counts[why or "annotated and back"] += 1
            if why not in {"", "skipped", "nothing to write"}:
                failed += 1
                print(f"{path}: {why}", flush=True)
    print(f"{len(paths)} files, {dict(counts)}, {failed} failed, {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
