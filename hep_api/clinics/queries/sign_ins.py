"""Where an account is signed in, of all its clinics: what its owner needs to see which sign-ins are theirs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import RefreshToken, SignIn
from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Clinic
from hep_api.clinics.queries.entrance import Named
from hep_api.foundation import tenancy
from hep_api.foundation.tenancy import Key


@dataclass(frozen=True, slots=True)
class SignInShown:
    """A sign-in that stands. `last_used_at` is when its tokens were last renewed, which an app in use does every
    quarter of an hour.
    """

    id: UUID
    device_name: str
    clinic: Named
    created_at: datetime
    last_used_at: datetime
    current: bool


def list_sign_ins_for(session: Session, viewer: Viewer) -> list[SignInShown]:
    """Return the account's sign-ins that stand, the last used first; one statement more for each clinic."""
    tenancy.hold_up(session, Key.ACCOUNT, str(viewer.account_id))
    last_used_at = func.coalesce(func.max(RefreshToken.issued_at), SignIn.created_at).label("last_used_at")
    rows = session.execute(
        select(SignIn.id, SignIn.device_name, SignIn.clinic_id, SignIn.created_at, last_used_at)
        .outerjoin(RefreshToken, RefreshToken.sign_in_id == SignIn.id)
        .where(SignIn.account_id == viewer.account_id, SignIn.ended_at.is_(None))
        .group_by(SignIn.id)
        .order_by(last_used_at.desc(), SignIn.id.desc())
    ).all()
    names = _names(session, {row.clinic_id for row in rows})
    return [
        SignInShown(
            id=row.id,
            device_name=row.device_name,
            clinic=Named(row.clinic_id, names[row.clinic_id]),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            current=row.id == viewer.sign_in_id,
        )
        for row in rows
    ]


def _names(session: Session, clinic_ids: set[UUID]) -> dict[UUID, str]:
    """Return the clinics' names; a transaction that acts for one clinic sees the name of that one only."""
    names: dict[UUID, str] = {}
    for clinic_id in clinic_ids:
        with tenancy.acting_for(session, clinic_id):
            names[clinic_id] = session.scalars(select(Clinic.name).where(Clinic.id == clinic_id)).one()
    return names
