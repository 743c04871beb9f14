"""``keraslint config``: the settings in force, and where each comes from."""

from __future__ import annotations

import argparse
import json

from keraslint.app.analysed import configurations_of
from keraslint.app.disk import exists
from keraslint.app.failure import OK, UsageError
from keraslint.app.terminal import write
from keraslint.report.text import clean, place


def run(arguments: argparse.Namespace) -> int:
    """Print a line a setting for the working folder, or for the path that is given."""
    if not exists(arguments.path):
        message = f"{arguments.path}: no such file or folder"
        raise UsageError(message)
    configuration = configurations_of(arguments).of(arguments.path)
    configuration.rules()
    configuration.rule_settings()
    write(f"# {clean(configuration.path) or 'no configuration file'}\n")
    for key, setting in sorted(configuration.settings.items()):
        where = place(setting.where) if setting.where is not None else "command line"
        write(f"{key} = {clean(json.dumps(setting.value, default=str, ensure_ascii=False))}  # {where}\n")
    return OK
