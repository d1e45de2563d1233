"""Cursors are believed to be those that were given out."""

import base64
import json
from typing import Any

from hep_api.foundation.web import pages
from torture.broken.taking import replacing


def do() -> None:
    replacing(pages, "decode", _believe)


def _believe(_: Any, cursor: str | None, *kinds: type) -> Any:
    if cursor is None:
        return None
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
