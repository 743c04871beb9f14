"""Prints how programs are analysed otherwise than real Keras made them: ``python -m tests.programs.compare [name ...]``."""

from __future__ import annotations

import sys

from tests.programs.comparing import differences, recorded
from tests.programs.listing import names, record_of
from tests.programs.recording import VERSIONS


def main(programs: list[str]) -> None:
    """Compare, and print what differs."""
    for name in programs or names():
        for version in VERSIONS if record_of(name).exists() else ():
            found = list(differences(name, version, recorded(name, version)))
            if found:
                print(f"{name} [{version}]")
                for difference in found:
                    print(f"    {difference}")


if __name__ == "__main__":
    main(sys.argv[1:])
