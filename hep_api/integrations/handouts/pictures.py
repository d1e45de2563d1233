"""Pictures of exercises as data: addresses: drawings from their table, all in one statement, others from the store.

Of a video its poster is shown. What would make the page too heavy is shown small, or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.files.store import Files, NoSuchFile
from hep_api.foundation.media.keeping import ORIGINAL, POSTER, THUMBNAIL
from hep_api.foundation.media.sniffing import JPEG, MediaKind
from hep_api.integrations.handouts.sheets import Handout, Picture, in_address
from hep_api.library.media_files import path_of
from hep_api.library.models.drawings import Drawing

MOST_OF_AN_EXERCISE = 3
MOST_BYTES_OF_ONE = 1_000_000
MOST_BYTES = 20_000_000

Entry = Mapping[str, Any]


def drawings_of(session: Session, media: Iterable[Entry]) -> Mapping[str, str]:
    """Return the drawings that the media name, by their address, each as a data: address."""
    asked = {_digest_of(each["url"]): each["url"] for each in media if each["kind"] == "drawing"}
    if not asked:
        return {}
    rows = session.execute(select(Drawing.digest, Drawing.svg).where(Drawing.digest.in_(asked)))
    return {asked[row.digest]: in_address("image/svg+xml", row.svg.encode()) for row in rows}


def pictures_of(media: Iterable[Entry], drawings: Mapping[str, str]) -> list[Picture]:
    """Return the first pictures of one exercise; those from the store say where they lie, and are read later."""
    shown = [picture for each in media if (picture := _picture(each, drawings)) is not None]
    return shown[:MOST_OF_AN_EXERCISE]


def with_files(handout: Handout, files: Files) -> Handout:
    """Return the handout with every picture in it that still has to be read from the store; one that is gone is not."""
    room = MOST_BYTES
    groups = []
    for group in handout.groups:
        exercises = []
        for exercise in group.exercises:
            read: list[Picture] = []
            for picture in exercise.pictures:
                found, room = _read(picture, files, room)
                read += found
            exercises.append(replace(exercise, pictures=read))
        groups.append(replace(group, exercises=exercises))
    return replace(handout, groups=groups)


def _picture(entry: Entry, drawings: Mapping[str, str]) -> Picture | None:
    if entry["kind"] == "drawing":
        source = drawings.get(entry["url"])
        return Picture(source, entry["alt"]) if source else None
    name = _rendition(entry)
    if name is None:
        return None
    whole_picture = entry["kind"] == MediaKind.PICTURE.value
    kind = entry["content_type"] if whole_picture else JPEG.content_type
    return Picture("", entry["alt"], path_of(entry["clinic_id"], entry["asset_id"], name), kind)


def _rendition(entry: Entry) -> str | None:
    """A picture in full if it is not too heavy, else small; of a video the poster."""
    light = (entry["bytes"] or 0) <= MOST_BYTES_OF_ONE
    wanted = ((ORIGINAL, THUMBNAIL) if light else (THUMBNAIL,)) if entry["kind"] == "picture" else (POSTER,)
    return next((name for name in wanted if name in entry["renditions"]), None)


def _read(picture: Picture, files: Files, room: int) -> tuple[Sequence[Picture], int]:
    if not picture.path:
        return [picture], room
    try:
        content = b"".join(files.stream(picture.path))
    except NoSuchFile:
        return [], room
    if len(content) > room:
        return [], room
    return [replace(picture, source=in_address(picture.content_type, content))], room - len(content)


def _digest_of(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".svg")
