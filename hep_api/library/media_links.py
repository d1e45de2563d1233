"""Links to media, made in one go for whatever an answer shows. Who may have them was decided by whoever loaded it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hep_api.foundation.files.links import links
from hep_api.foundation.media.keeping import ORIGINAL
from hep_api.foundation.media.sniffing import JPEG
from hep_api.library.media_files import path_of
from hep_api.library.models.assets import AssetKind

ASSETS = tuple(kind.value for kind in AssetKind)
Linked = dict[str, dict[str, Any]]


def links_to(entries: Iterable[Mapping[str, Any]], now: datetime) -> dict[str, Linked]:
    """Return `{asset_id: {rendition: {url, expires_at}}}` for entries of media, as exercises and snapshots have them.

    Drawings among them are passed over: their address is theirs for good.
    """
    wanted = {
        (entry["asset_id"], name): (path_of(entry["clinic_id"], entry["asset_id"], name), _type(entry, name))
        for entry in entries
        if entry["kind"] in ASSETS
        for name in entry["renditions"]
    }
    found: dict[str, Linked] = {}
    for (asset_id, rendition), link in zip(wanted, links().show(list(wanted.values()), now), strict=True):
        found.setdefault(asset_id, {})[rendition] = {"url": link.url, "expires_at": link.expires_at}
    return found


def _type(entry: Mapping[str, Any], rendition: str) -> str:
    """A video's poster and thumbnail are JPEG; a picture's thumbnail is of the picture's type."""
    if rendition == ORIGINAL or entry["kind"] == AssetKind.PICTURE.value:
        return str(entry["content_type"])
    return JPEG.content_type
