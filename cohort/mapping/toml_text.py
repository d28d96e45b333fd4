"""TOML 1.0 text of a ``cohort.toml``: strings, numbers, lists of them, tables and lists of tables. Nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(document: Mapping[str, Any]) -> str:
    """Write a document; plain entries first, then tables, then lists of tables, each in its order.

    Raises
    ------
    TypeError
        A value that TOML's part used here does not have.
    """
    plain = {k: v for k, v in document.items() if not isinstance(v, Mapping) and not _is_tables(v)}
    parts = [_entries(plain)]
    for name, table in document.items():
        if isinstance(table, Mapping):
            parts.append(f"[{_key(name)}]\n" + _entries(table))
        elif _is_tables(table):
            parts += [f"[[{_key(name)}]]\n" + _entries(t) for t in table]
    return "\n".join(parts)


def _entries(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(k)} = {_value(v)}\n" for k, v in table.items())


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(v, Mapping) for v in value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int | float):
        return repr(value)
    if _is_tables(value):
        return "[\n" + "".join(f"  {_inline(v)},\n" for v in value) + "]"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no place in cohort.toml")


def _inline(table: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in table.items()) + " }"


def _string(text: str) -> str:
    # JSON escapes what TOML does, except DEL; lone surrogates cannot be written in UTF-8 at all
    text = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
