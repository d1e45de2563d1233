"""How a value is written into a file that leaves the product: in JSON as itself, in CSV as text that stays text.

A spreadsheet runs a cell that begins like a formula. What somebody wrote gets an apostrophe before it then; numbers
and dates of ours are left as they are.
"""

import json
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from hep_api.foundation.web.csv_text import guarded

AS_THEY_ARE = str | int | float | None


def for_json(value: Any) -> Any:
    """Return the value as JSON has it; exact numbers, instants and ids as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [for_json(entry) for entry in value]
    if isinstance(value, dict):
        return {str(name): for_json(entry) for name, entry in value.items()}
    if isinstance(value, AS_THEY_ARE):
        return value
    raise TypeError(f"An export has no form for {type(value).__name__}.")


def for_csv(value: Any, in_json: Any) -> str:
    """Return a value, which `for_json` gave the other form of, as one cell; lists as JSON, nothing as nothing."""
    if in_json is None:
        return ""
    if not isinstance(in_json, str):
        return json.dumps(in_json, ensure_ascii=False)
    return guarded(in_json) if isinstance(value, str) else in_json
