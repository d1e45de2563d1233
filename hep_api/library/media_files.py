"""Which files exercises are shown by, and where in the store they lie."""

from uuid import UUID

from flask import current_app

from hep_api.foundation.files.store import files
from hep_api.foundation.media.ffmpeg import FFmpeg
from hep_api.foundation.media.keeping import Keeper, Place
from hep_api.foundation.media.sniffing import JPEG, MP4, PNG, WEBM, WEBP
from hep_api.foundation.media.taking import Taken, limits_of
from hep_api.foundation.settings import Settings

# What was sent and is not yet what is kept.
AS_SENT = "sent"
_TYPES = (JPEG, PNG, WEBP, MP4, WEBM)
_WORDS = "Send a JPEG, PNG or WebP picture, or an MP4 or WebM video."


def folder_of_media(clinic_id: UUID) -> str:
    """Return the prefix of all media of a clinic."""
    return f"clinics/{clinic_id}/media"


def path_of(clinic_id: UUID | str, asset_id: UUID | str, rendition: str) -> str:
    """Return where a rendition lies. What stands there never changes once it is whole."""
    return f"clinics/{clinic_id}/media/{asset_id}/{rendition}"


def place_of(clinic_id: UUID, asset_id: UUID) -> Place:
    """Return how an asset's renditions find their place."""
    return lambda rendition, _: path_of(clinic_id, asset_id, rendition)


def folder_of_uploads(clinic_id: UUID) -> str:
    """Return the prefix of what has come of a clinic's uploads."""
    return f"uploads/{clinic_id}"


def taken() -> Taken:
    """Return what an exercise may be shown by."""
    return Taken(_TYPES, limits_of(_settings()), _WORDS)


def keeper() -> Keeper:
    """Return who puts files into the store."""
    return Keeper(files(), FFmpeg.find(_settings().ffmpeg))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["hep_settings"]
    return settings
