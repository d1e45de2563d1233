"""Which operations of the contract answer a list, and what the cells of its CSV are to hold, read off its JSON."""

import json
from typing import Any

Json = dict[str, Any]


def lists_of(contract: Json) -> dict[str, list[str]]:
    """Return each path whose answer has `items`, with the names that its query takes; all offer CSV."""
    found = {}
    for path, item in contract["paths"].items():
        content = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        shape = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        if "items" in contract["components"]["schemas"].get(shape, {}).get("properties", {}):
            assert "text/csv" in content, path
            found[path] = [each["name"] for each in item["get"].get("parameters", []) if each.get("in") == "query"]
    return found


def row_of(entry: Json, columns: list[str]) -> tuple[str, ...]:
    """Return what the entry's row is to hold, without the apostrophes that guard it."""
    return tuple(_cell(entry, column).replace("'", "") for column in columns)


def left_out(entry: Json, columns: list[str]) -> set[str]:
    """Return what of the entry stands in no column; of what is null, any part may stand in one."""
    parts = {".".join(column.split(".")[:depth]) for column in columns for depth in range(1, 5)}
    return {name for name in _leaves(entry) if not name.startswith(tuple(columns)) and name not in parts}


def _leaves(entry: Json, above: str = "") -> set[str]:
    named: set[str] = set()
    for key, value in entry.items():
        named |= _leaves(value, f"{above}{key}.") if isinstance(value, dict) else {above + key}
    return named


def _cell(entry: Json, column: str) -> str:
    value: Any = entry
    for key in column.split("."):
        value = None if value is None else value.get(key)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "" if value is None else str(value)
