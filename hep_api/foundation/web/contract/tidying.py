"""Puts right what apispec says about schemas and OpenAPI 3.1 reads otherwise."""

from typing import Any


def tidy(part: Any) -> Any:
    """Return the part with null among the values of a nullable enum, and without defaults that mean "nothing"."""
    if isinstance(part, list):
        return [tidy(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    kept = {key: tidy(value) for key, value in part.items() if not (key == "default" and value in (None, ""))}
    if _takes_null(kept) and "enum" in kept and None not in kept["enum"]:
        kept["enum"] = [*kept["enum"], None]
    return kept


def _takes_null(schema: dict[str, Any]) -> bool:
    return isinstance(schema.get("type"), list) and "null" in schema["type"]
