"""Runs every rule over packages of others and brings the findings into `fixtures/evidence/findings.jsonl`, to be judged.

    python -m tests.evidence.collect name==version=folder …

A finding that is there already, by its package, file, code and line's text, keeps its judgement; a new one has the
verdict null until somebody reads the code and writes true or false, and for a false one why.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FINDINGS = Path(__file__).parents[2] / "fixtures" / "evidence" / "findings.jsonl"
PACKAGES = FINDINGS.with_name("packages.json")
SECONDS = 240
LEFT_OUT = ("KL001", "KL003", "KL004", "KL101", "KL102", "KL105")
"""Rules about what a user of keraslint writes; others' code has none of it."""


def main(arguments: list[str]) -> None:
    """Collect the packages that are named, and leave the others as they were."""
    places = {name: Path(folder) for name, _, folder in (text.rpartition("=") for text in arguments)}
    known = read_findings()
    judged = {_key(item): item for item in known}
    kept = [item for item in known if item["package"] not in places]
    counts = json.loads(PACKAGES.read_text()) if PACKAGES.exists() else {}
    with ThreadPoolExecutor(2) as pool:
        for name, (found, files, late) in zip(places, pool.map(_of_package, places.items()), strict=True):
            counts[name] = {"files": files, "left out": late}
            for item in found:
                old = judged.get(_key(item), {})
                kept.append({**item, "verdict": old.get("verdict"), "why": old.get("why", "")})
            print(name, len(found), *late)
    PACKAGES.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n")
    kept.sort(key=lambda item: (item["code"], item["package"], item["path"], item["line"]))
    FINDINGS.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in kept))


def read_findings() -> list[dict[str, object]]:
    """Return all findings with their judgements."""
    return [json.loads(line) for line in FINDINGS.read_text().splitlines()] if FINDINGS.exists() else []


def _key(item: dict[str, object]) -> tuple[object, ...]:
    return item["package"], item["path"], item["code"], item["text"]


def _of_package(place: tuple[str, Path]) -> tuple[list[dict[str, object]], int, list[str]]:
    name, folder = place
    home = folder.parent
    while (home / "__init__.py").exists():  # a part of a package is read as what it is
        home = home.parent
    late: list[str] = []
    found = [
        {
            "code": item["code"],
            "package": name,
            "path": item["filename"],
            "line": item["location"]["row"],
            "severity": item["severity"],
            "message": item["message"],
            "text": _line(home, item),
        }
        for item in _found(folder, home, late)
    ]
    files = [path for path in folder.rglob("*") if path.suffix in {".py", ".ipynb"}]
    return found, len(files), late


def _found(path: Path, home: Path, late: list[str]) -> Iterator[dict]:
    """Yield the findings below a path; what takes too long is taken in parts, and a file that does is left out."""
    command = [sys.executable, "-m", "keraslint", "check", "--isolated", "--no-cache", "--select", "ALL"]
    command += ["--ignore", ",".join(LEFT_OUT), "--output-format", "json", str(path.relative_to(home))]
    try:
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        if path.is_file():
            late.append(str(path.relative_to(home)))
        else:
            parts = [part for part in sorted(path.iterdir()) if part.is_dir() or part.suffix in {".py", ".ipynb"}]
            for part in parts:
                if part.name != "__pycache__":
                    yield from _found(part, home, late)
        return
    yield from json.loads(done.stdout or "[]")


def _line(home: Path, item: dict) -> str:
    if item["filename"].endswith(".ipynb"):
        return f"cell {item['cell']}, line {item['location']['row']}"
    lines = (home / item["filename"]).read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[item["location"]["row"] - 1].strip()


if __name__ == "__main__":
    main(sys.argv[1:])
