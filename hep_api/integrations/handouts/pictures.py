"""Pictures of exercises as data: addresses: drawings from their table, all in one statement."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.integrations.handouts.sheets import Picture, in_address
from hep_api.library.models.drawings import Drawing

Media = Iterable[Mapping[str, Any]]


def drawings_of(session: Session, media: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    """Return the drawings that the media name, by their address, each as a data: address."""
    asked = {_digest_of(each["url"]): each["url"] for each in media if each["kind"] == "drawing"}
    if not asked:
        return {}
    rows = session.execute(select(Drawing.digest, Drawing.svg).where(Drawing.digest.in_(asked)))
    return {asked[row.digest]: in_address("image/svg+xml", row.svg.encode()) for row in rows}


def pictures_of(media: Media, drawings: Mapping[str, str]) -> list[Picture]:
    """Return the pictures of one exercise, in their order."""
    named = ((drawings.get(each.get("url") or ""), each["alt"]) for each in media)
    return [Picture(source, alt) for source, alt in named if source]


def _digest_of(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".svg")
