"""Notebooks: the code cells as one text, and the way back into the JSON that touches nothing else.

A cell's text begins at ``Cell.start`` and ends before the newline that joins it to the next. Lines that are IPython's
and not Python's are replaced by text of the same length, so that offsets stay true: ``%time x`` becomes ``0#ime x``,
and ``SourceFile.magics`` keeps what stood there. Cells in other languages become comments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from keraslint.source.magics import neutral_cell
from keraslint.source.text import Cell, Magic, SourceError, SourceFile

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_ESCAPED = re.compile(r"\\u(?:00[89a-fA-F]|0[1-9a-fA-F]|[1-9a-fA-F])")


def read_notebook(raw: str, path: str, *, has_bom: bool) -> SourceFile:
    """Return the code cells of a notebook as one text; ``SourceError`` with the line where the JSON is broken."""
    text, cells = "", []
    magics: list[Magic] = []
    for number, source in enumerate(_sources(raw), 1):
        original = source.text
        neutral, found = neutral_cell(original)
        start = len(text)
        cells.append(Cell(number, start))
        magics.extend(Magic(start + item.start, item.text, item.is_harmless) for item in found)
        text += neutral + "\n"
    return SourceFile(path, text, "utf-8", has_bom, tuple(cells), raw, tuple(magics))


def cell_text(source: SourceFile, number: int) -> str:
    """Return the text of a code cell as it stands in ``source.text``."""
    index = number - 1
    end = source.cells[index + 1].start if number < len(source.cells) else len(source.text)
    return source.text[source.cells[index].start : end - 1]


def replace_cell_sources(source: SourceFile, new_text_of_cells: Mapping[int, str]) -> str:
    """Return the notebook's JSON with new texts for some code cells, by number; all else byte for byte.

    The new texts are changed ``cell_text``s: lines that stand for IPython's get their original text back.
    """
    raw = source.raw
    is_ascii = raw.isascii() and _ESCAPED.search(raw) is not None
    pieces, end = [], 0
    for number, item in enumerate(_sources(raw), 1):
        if number not in new_text_of_cells:
            continue
        text = _restored(cell_text(source, number), item.text, new_text_of_cells[number])
        if text == item.text:
            continue
        pieces += [raw[end : item.start], _written(raw, item, text, is_ascii=is_ascii)]
        end = item.end
    return "".join(pieces) + raw[end:]


@dataclass(frozen=True, slots=True)
class _Source:
    """The source of a code cell in the JSON: the span of its value, and of each of its strings."""

    text: str
    start: int
    end: int
    is_list: bool
    strings: tuple[tuple[int, int, str], ...]


def _restored(old: str, original: str, new: str) -> str:
    """Return the new text with the lines of IPython that ``old`` hides put back."""
    if old == original:
        return new
    lines, position = new.split("\n"), 0
    for hidden, line in zip(old.split("\n"), original.split("\n"), strict=True):
        if hidden != line and hidden in lines[position:]:
            position = lines.index(hidden, position)
            lines[position] = line
    return "\n".join(lines)


def _written(raw: str, source: _Source, text: str, *, is_ascii: bool) -> str:
    """Return the JSON of a cell's new text, in the form that the old one had."""
    if not source.is_list:
        return json.dumps(text, ensure_ascii=is_ascii)
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    if not lines[-1]:
        lines.pop()
    if not lines:
        return "[]"
    old = list(source.strings)
    if not old:
        return "[" + ", ".join(json.dumps(line, ensure_ascii=is_ascii) for line in lines) + "]"
    shortest = min(len(old), len(lines))
    head = next((at for at in range(shortest) if old[at][2] != lines[at]), shortest)
    most = shortest - head
    tail = next((at for at in range(most) if old[-1 - at][2] != lines[-1 - at]), most)
    separator = raw[old[0][1] : old[1][0]] if len(old) > 1 else "," + (raw[source.start + 1 : old[0][0]] or " ")
    pieces = [raw[old[0][0] : old[head - 1][1]]] if head else []
    pieces += [json.dumps(line, ensure_ascii=is_ascii) for line in lines[head : len(lines) - tail]]
    pieces += [raw[old[-tail][0] : old[-1][1]]] if tail else []
    after_head = raw[old[head - 1][1] : old[head][0]] if 0 < head < len(old) else separator
    before_tail = raw[old[-tail - 1][1] : old[-tail][0]] if 0 < tail < len(old) else separator
    text = pieces[0]
    for at, piece in enumerate(pieces[1:], 1):
        is_last = at == len(pieces) - 1
        text += (before_tail if is_last and tail else after_head if at == 1 and head else separator) + piece
    return raw[source.start : old[0][0]] + text + raw[old[-1][1] : source.end]


def _sources(raw: str) -> list[_Source]:  # one branch an error
    """Find the sources of the code cells, in order; none when the notebook is in another language than Python."""
    try:
        document = json.loads(raw)
    except json.JSONDecodeError as error:
        message = f"the notebook is not JSON: {error.msg}"
        raise SourceError(message, error.lineno, error.colno) from error
    except RecursionError as error:
        message = "the notebook is too deeply nested"
        raise SourceError(message) from error
    except ValueError as error:
        message = "the notebook holds a number that is too long to read"
        raise SourceError(message) from error
    if not isinstance(document, dict):
        message = "the notebook is not an object with cells"
        raise SourceError(message)
    if _language(document) not in {"", "python", "ipython"}:
        return []
    root = _located(raw)
    lists = [root.get("cells")]
    sheets = root.get("worksheets")  # format 3
    if isinstance(sheets, _Array):
        lists += [sheet.get("cells") for sheet in sheets.items if isinstance(sheet, _Object)]
    result = []
    for array in lists:
        for cell in array.items if isinstance(array, _Array) else ():
            if isinstance(cell, _Object) and _string(cell.get("cell_type")) == "code":
                source = _source(cell.get("source") or cell.get("input"))
                if source is not None:
                    result.append(source)
    return result


def _language(document: dict[str, object]) -> str:
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        entry = metadata.get(key)
        if isinstance(entry, dict) and isinstance(entry.get(name), str):
            return str(entry[name]).lower()
    return ""


def _source(value: _Value | None) -> _Source | None:
    if isinstance(value, _Text):
        return _Source(value.text, value.start, value.end, is_list=False, strings=())
    if isinstance(value, _Array):
        strings = tuple((item.start, item.end, item.text) for item in value.items if isinstance(item, _Text))
        if len(strings) == len(value.items):
            return _Source(
                "".join(text for _, _, text in strings), value.start, value.end, is_list=True, strings=strings
            )
    return None


# JSON with places


@dataclass(slots=True)
class _Text:
    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Other:
    pass


@dataclass(slots=True)
class _Array:
    items: list[_Value]
    start: int
    end: int = 0


@dataclass(slots=True)
class _Object:
    items: dict[str, _Value]

    def get(self, key: str) -> _Value | None:
        return self.items.get(key)


_Value = _Text | _Other | _Array | _Object


def _string(value: _Value | None) -> str:
    return value.text if isinstance(value, _Text) else ""


def _located(raw: str) -> _Object:  # one branch a token
    """Parse JSON that is known to be sound into values that know their places."""
    root = _Array([], 0)
    stack: list[_Array | _Object] = [root]
    key = ""
    keys: list[str] = []
    expects_key = False
    for match in _TOKEN.finditer(raw):
        token = match[0]
        top = stack[-1]
        value: _Value
        match token[0]:
            case '"' if expects_key:
                key, expects_key = json.loads(token), False
                continue
            case '"':
                value = _Text(json.loads(token), match.start(), match.end())
            case ":":
                continue
            case ",":
                expects_key = isinstance(top, _Object)
                continue
            case "{":
                value = _Object({})
            case "[":
                value = _Array([], match.start())
            case "}" | "]":
                stack.pop()
                if isinstance(top, _Array):
                    top.end = match.end()
                key = keys.pop()
                continue
            case _:
                value = _Other()
        if isinstance(top, _Object):
            top.items[key] = value
        else:
            top.items.append(value)
        if isinstance(value, _Array | _Object):
            stack.append(value)
            keys.append(key)
            expects_key = isinstance(value, _Object)
    document = root.items[0]
    return document if isinstance(document, _Object) else _Object({})
