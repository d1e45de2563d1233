"""The way of a file from a request to an asset: more than one transaction, since none is held while bytes move.

First it is judged; then the asset is claimed, with its id and its room; then its files go into the store; then it is
ready, or the worker is told. Whatever breaks off in between goes on when it is sent again, or is swept.
"""

from datetime import datetime
from typing import IO

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation.files.store import files
from hep_api.foundation.media import pictures
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.pictures import Picture
from hep_api.foundation.media.sniffing import HEAD_BYTES, MediaKind, MediaType
from hep_api.foundation.settings import Settings
from hep_api.foundation.web.doors import load
from hep_api.foundation.web.receiving import form, recognised_again
from hep_api.library import media_files
from hep_api.library.actions import media as actions
from hep_api.library.models.assets import Asset, AssetState
from hep_api.library.schemas.media import AssetFieldsIn

_FIELDS = AssetFieldsIn()
POINTER = "/file"


def add_from_form(viewer: Viewer, settings: Settings, now: datetime) -> Asset:
    """Add the file of the request's form; the errors are those of the door."""
    sent, told = form()
    fields = load(_FIELDS, told)
    kind = media_files.taken_type(sent.content_type or "", POINTER)
    head = sent.stream.read(HEAD_BYTES)
    size = sent.stream.seek(0, 2)
    media_files.refuse_size(size, kind.kind, settings, POINTER)
    media_files.refuse_lies(head, kind, POINTER)
    digest = actions.digest_of_sending(fields, kind.content_type, media_files.digest_of(sent.stream))
    made = None if kind.kind is MediaKind.VIDEO else _made(sent.stream, kind)
    with recognised_again() as session:
        notes.leave_out_door(session)
        asset = actions.claim_asset(session, viewer, fields, kind, size, digest, now, settings.media_clinic_bytes)
    if asset.state is not AssetState.PROCESSING or asset.arrived_at is not None:
        return asset
    whose = (viewer.clinic_id, asset.id)
    if made is None:
        sent.stream.seek(0)
        files().put(media_files.path_of(*whose, media_files.AS_SENT), sent.stream)
        with recognised_again() as session:
            return actions.have_prepared(session, session.merge(asset), now)
    kept = media_files.keep_picture(files(), whose, made)
    with recognised_again() as session:
        return actions.finish_asset(session, *whose, kept, now)


def _made(file: IO[bytes], kind: MediaType) -> Picture:
    try:
        return pictures.remake(file, kind)
    except BrokenMedia as broken:
        raise media_files.as_refusal(broken, POINTER) from None
