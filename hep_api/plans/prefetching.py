"""What a phone fetches ahead, so that a plan shows its pictures without a network: each file once, with its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hep_api.library.media_links import links_to

DRAWING, PICTURE, ORIGINAL = "drawing", "picture", "original"
# Of a video's poster and thumbnail.
JPEG = "image/jpeg"


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


def to_prefetch(entries: Iterable[dict[str, Any]], now: datetime) -> list[Prefetch]:
    """Return the files of these entries of exercises, each once, in the order in which they are first named."""
    found: dict[tuple[str, str], Prefetch] = {}
    assets: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry["kind"] == DRAWING:
            drawing = Prefetch(None, ORIGINAL, entry["content_type"], None, None, entry["url"], None)
            found.setdefault((entry["url"], ORIGINAL), drawing)
        else:
            assets.setdefault(entry["asset_id"], entry)
    linked = links_to(assets.values(), now)
    for asset_id, entry in assets.items():
        for rendition, link in linked[asset_id].items():
            found[(asset_id, rendition)] = _of_asset(entry, rendition, link)
    return list(found.values())


def _of_asset(entry: dict[str, Any], rendition: str, link: dict[str, Any]) -> Prefetch:
    """Return one rendition of an asset; of the original, size and digest are known."""
    is_original = rendition == ORIGINAL
    is_of_its_type = is_original or entry["kind"] == PICTURE
    return Prefetch(
        asset_id=UUID(entry["asset_id"]),
        rendition=rendition,
        content_type=entry["content_type"] if is_of_its_type else JPEG,
        bytes=entry["bytes"] if is_original else None,
        sha256=entry["sha256"] if is_original else None,
        url=link["url"],
        expires_at=link["expires_at"],
    )
