"""The CSV view as rows of values."""

from __future__ import annotations

import csv
import io
import typing

# Columns that hold text, even where it looks like a number.
_TEXT = frozenset(
    "model target precision runtime name op domain dtype inputs outputs status reason bound kernel"
    " dim other_dims mark".split()
)
_WORDS = {"": None, "true": True, "false": False}


def _text(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r|%") else cell


def _number(cell: str) -> int | float | bool | None:
    if cell in _WORDS:
        return _WORDS[cell]
    try:
        return int(cell)
    except ValueError:
        return float(cell)


def parse(text: str) -> list[dict[str, typing.Any]]:
    return [
        {column: _text(cell) if column in _TEXT else _number(cell) for column, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]
