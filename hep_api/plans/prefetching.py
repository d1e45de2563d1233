"""What a phone fetches ahead, so that a plan shows its pictures without a network: each file once, with its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

DRAWING, ORIGINAL = "drawing", "original"


@dataclass(frozen=True, slots=True)
class Prefetch:
    """A file of an exercise. A drawing has no `asset_id`, and an address that does not expire.

    `asset_id` and `rendition`, or the address of a drawing, are what a phone knows the file by: links change.
    """

    asset_id: UUID | None
    rendition: str
    content_type: str
    bytes: int | None
    sha256: str | None
    url: str
    expires_at: datetime | None


def to_prefetch(entries: Iterable[dict[str, Any]]) -> list[Prefetch]:
    """Return the files of these entries of exercises, each once, in the order in which they are first named."""
    found: dict[str, Prefetch] = {}
    for entry in entries:
        if entry["kind"] == DRAWING:
            drawing = Prefetch(None, ORIGINAL, entry["content_type"], None, None, entry["url"], None)
            found.setdefault(drawing.url, drawing)
    return list(found.values())
