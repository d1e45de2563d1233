"""Calling a passkey what its owner calls the device."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from hep_api.accounts.models.second_factor import Passkey
from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found


def rename_passkey(session: Session, viewer: Viewer, passkey_id: UUID, name: str) -> Passkey:
    """Rename one of the viewer's passkeys and return it; 404 when it is not theirs."""
    own = (Passkey.account_id == viewer.account_id) & (Passkey.id == passkey_id)
    renamed: Passkey | None = session.scalar(update(Passkey).where(own).values(name=name).returning(Passkey))
    if renamed is None:
        raise not_found("passkey")
    return renamed
