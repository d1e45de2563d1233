"""The HTTP doors of one's favourites. Sent again they change nothing; nobody else sees them."""

from uuid import UUID

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in
from hep_api.library.actions import favourites as actions

routes = Routes("favourites", "One's favourites among the exercises: they come first in one's searches.")


@routes.put("/exercises/<uuid:exercise_id>/favourite")
@signed_in(*STAFF)
@returns(None, 204)
def add_favourite(exercise_id: UUID) -> None:
    """Make an exercise a favourite of yours."""
    with transaction() as session:
        actions.add_favourite(session, viewer(), exercise_id, clock.now())


@routes.delete("/exercises/<uuid:exercise_id>/favourite")
@signed_in(*STAFF)
@returns(None, 204)
def remove_favourite(exercise_id: UUID) -> None:
    """Make an exercise no favourite of yours any more."""
    with transaction() as session:
        actions.remove_favourite(session, viewer(), exercise_id)
