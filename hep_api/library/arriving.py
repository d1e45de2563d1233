"""The way of a file from a request to an asset: more than one transaction, since none is held while bytes move.

First it is judged; then the asset is claimed, with its id and its room; then its files go into the store; then it is
ready, or the worker is told. Whatever breaks off in between goes on when it is sent again, or is swept.
"""

from datetime import datetime

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation.files.store import files
from hep_api.foundation.media.sniffing import MediaKind
from hep_api.foundation.uploads.claiming import digest_of_sending
from hep_api.foundation.uploads.forms import POINTER, read_form, remade
from hep_api.foundation.web.receiving import recognised_again
from hep_api.library import media_files
from hep_api.library.actions import media as actions
from hep_api.library.models.assets import Asset, AssetState
from hep_api.library.schemas.media import AssetFieldsIn

_FIELDS = AssetFieldsIn()


def add_from_form(viewer: Viewer, now: datetime) -> Asset:
    """Add the file of the request's form; the errors are those of the door."""
    sent = read_form(_FIELDS, media_files.taken())
    digest = digest_of_sending(sent.fields, sent.kind.content_type, sent.sha256)
    made = None if sent.kind.kind is MediaKind.VIDEO else remade(sent)
    with recognised_again() as session:
        notes.leave_out_door(session)
        asset = actions.claim_asset(session, viewer, sent.fields, sent.kind, sent.size, digest, now, POINTER)
    if asset.state is not AssetState.PROCESSING or asset.arrived_at is not None:
        return asset
    whose = (viewer.clinic_id, asset.id)
    if made is None:
        files().put(media_files.path_of(*whose, media_files.AS_SENT), sent.content)
        with recognised_again() as session:
            return actions.have_prepared(session, session.merge(asset), now)
    kept = media_files.keeper().keep_picture(made, media_files.place_of(*whose))
    with recognised_again() as session:
        return actions.finish_asset(session, *whose, kept, now)
