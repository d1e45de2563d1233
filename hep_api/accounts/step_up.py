"""Step-up: what is sensitive asks for a second factor that was shown in the last ten minutes, not only for a token.

    @routes.post("/patients/<uuid:patient_id>/export")
    @signed_in("owner")
    @stepped_up
    @returns(...)

Where only some of what a door does is sensitive, its action calls `require_step_up`. And the other way round: staff who
still owe their clinic a second factor are let in at the doors that set one up, and at no others.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from sqlalchemy.orm import Session

from hep_api.accounts.queries import second_factors as queries
from hep_api.accounts.second_factors import FRESH_FOR, Method, second_factor_needed, setup_needed
from hep_api.accounts.viewer import Role, Viewer, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction

View = Callable[..., Any]


def stepped_up(view: View) -> View:
    """Refuse whoever has not shown a second factor in the last ten minutes; stands directly under `signed_in`."""

    @wraps(view)
    def door(**arguments: Any) -> Any:
        now = clock.now()
        if not is_fresh(viewer(), now):
            with transaction() as session:
                require_step_up(session, viewer(), now)
        return view(**arguments)

    door.needs_step_up = True  # type: ignore[attr-defined]
    return door


def require_step_up(session: Session, viewer: Viewer, now: datetime) -> None:
    """Refuse a viewer who has not shown a second factor in the last ten minutes, naming by what they can."""
    if is_fresh(viewer, now):
        return
    methods = queries.factors_of(session, viewer.account_id).methods
    if not methods and viewer.role is Role.PATIENT:
        methods = [Method.PASSWORD]
    raise second_factor_needed(methods)


def is_fresh(viewer: Viewer, now: datetime) -> bool:
    """Tell whether the viewer's sign-in has shown a second factor in the last ten minutes."""
    return viewer.second_factor_at is not None and now - viewer.second_factor_at <= FRESH_FOR


def refuse_owing(session: Session, viewer: Viewer) -> None:
    """Refuse staff who owe their clinic a second factor: those who have none set one up, the others show it."""
    if not viewer.owes_second_factor:
        return
    methods = queries.factors_of(session, viewer.account_id).methods
    raise second_factor_needed(methods) if methods else setup_needed()
