"""What the worker makes of what was sent: a clean picture, or a video without its metadata and with a poster."""

from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from hep_api.foundation.database import after_commit
from hep_api.foundation.files.store import NoSuchFile, files
from hep_api.foundation.media import pictures
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.ffmpeg import FFmpeg
from hep_api.foundation.media.sniffing import TYPES, MediaKind
from hep_api.foundation.settings import Settings
from hep_api.library import media_files
from hep_api.library.actions import media
from hep_api.library.media_files import Kept
from hep_api.library.models.assets import Asset, AssetState, MediaUpload


def prepare_asset(session: Session, clinic_id: UUID, asset_id: UUID, now: datetime) -> None:
    """Make an asset ready, or refuse it when it cannot be read; one that is either already is left alone."""
    asset = session.get(Asset, (clinic_id, asset_id), with_for_update=True)
    if asset is None or asset.state is not AssetState.PROCESSING:
        return
    upload = session.get(MediaUpload, (clinic_id, asset_id))
    sources = upload.pieces if upload else [media_files.path_of(clinic_id, asset_id, media_files.AS_SENT)]
    try:
        kept = _kept(asset, sources)
    except BrokenMedia as broken:
        media.refuse_asset(session, clinic_id, asset_id, broken.rule)
    except NoSuchFile:
        # Swept, or deleted by hand: there is nothing left to make it from.
        media.refuse_asset(session, clinic_id, asset_id, "file_missing")
    else:
        media.finish_asset(session, clinic_id, asset_id, kept, now)
    for path in sources:
        # Not before: a job whose commit fails is run again, and needs them.
        after_commit(session, partial(files().delete, path))
    if upload:
        upload.pieces = []


def _kept(asset: Asset, sources: list[str]) -> Kept:
    whose, kind = (asset.clinic_id, asset.id), TYPES[asset.content_type]
    settings: Settings = current_app.extensions["hep_settings"]
    with TemporaryDirectory(prefix="hep-media-") as folder:
        source = Path(folder) / "source"
        with source.open("wb") as file:
            files().copy_into(file, sources)
        if kind.kind is MediaKind.PICTURE:
            with source.open("rb") as file:
                return media_files.keep_picture(files(), whose, pictures.remake(file, kind))
        return media_files.keep_video(files(), whose, source, kind, FFmpeg.find(settings.ffmpeg))
