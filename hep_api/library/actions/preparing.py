"""What the worker makes of what was sent: a clean picture, or a video without its metadata and with a poster."""

from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.database import after_commit
from hep_api.foundation.files.store import NoSuchFile, files
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.sniffing import TYPES
from hep_api.library import media_files
from hep_api.library.actions import media
from hep_api.library.models.assets import Asset, AssetState, MediaUpload


def prepare_asset(session: Session, clinic_id: UUID, asset_id: UUID, now: datetime) -> None:
    """Make an asset ready, or refuse it when it cannot be read; one that is either already is left alone."""
    asset = session.get(Asset, (clinic_id, asset_id), with_for_update=True)
    if asset is None or asset.state is not AssetState.PROCESSING:
        return
    upload = session.get(MediaUpload, (clinic_id, asset_id))
    sources = upload.pieces if upload else [media_files.path_of(clinic_id, asset_id, media_files.AS_SENT)]
    place, kind = media_files.place_of(clinic_id, asset_id), TYPES[asset.content_type]
    try:
        kept = media_files.keeper().keep_sent(sources, kind, place)
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
