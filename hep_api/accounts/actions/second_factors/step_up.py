"""Stepping up: proving oneself anew on a sign-in that stands, for what is sensitive."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from hep_api.accounts.actions import guesses, sign_ins
from hep_api.accounts.actions.second_factors.show import Shower, show
from hep_api.accounts.means import Means
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.passwords import Credentials, Proof, password_wrong
from hep_api.accounts.queries import credentials
from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.second_factors import Evidence, Method, second_factor_needed
from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.foundation import tenancy


def step_up(session: Session, means: Means, viewer: Viewer, evidence: Evidence, now: datetime) -> Method | None:
    """Note on the viewer's sign-in that a second factor was shown; None when it was wrong, which must be committed."""
    shower = Shower(viewer.account_id, bound_to=viewer.sign_in_id, guesses_of=viewer.sign_in_id)
    method = show(session, means, shower, evidence, now)
    if method is None:
        notes.leave_out_door(session)
    else:
        note_shown(session, viewer, now)
    return method


def try_password(session: Session, viewer: Viewer, now: datetime) -> Credentials:
    """Count a try of the viewer's own password and return what it is proven against.

    It stands in for a second factor with patients who have none; 403 naming what is asked for from everyone else.
    """
    factors = queries.factors_of(session, viewer.account_id)
    if factors.any or viewer.role is not Role.PATIENT:
        raise second_factor_needed(factors.methods)
    notes.leave_out_door(session)
    guesses.count_guess(session, viewer.sign_in_id, now)
    return credentials.credentials_of_account(session, viewer.account_id)


def step_up_by_password(session: Session, viewer: Viewer, proof: Proof, now: datetime) -> None:
    """Note on the viewer's sign-in that the password was proven; 403 when it was changed since."""
    if not sign_ins.confirm_proof(session, proof):
        raise password_wrong()
    tenancy.act_for(session, viewer.clinic_id)
    guesses.forget_guesses(session, viewer.sign_in_id)
    note_shown(session, viewer, now)


def note_shown(session: Session, viewer: Viewer, now: datetime) -> None:
    """Note on the viewer's sign-in that they have proven themself more than by a token."""
    own = (SignIn.clinic_id == viewer.clinic_id) & (SignIn.id == viewer.sign_in_id)
    session.execute(update(SignIn).where(own).values(second_factor_at=now))
