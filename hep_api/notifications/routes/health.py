"""HTTP door of a clinic's health: whether what leaves the house leaves, for those who lead it."""

from hep_api.accounts.viewer import LEADERS, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in
from hep_api.notifications.queries import health
from hep_api.notifications.queries.health import Health
from hep_api.notifications.schemas.health import HealthOut

routes = Routes("clinic health", "Whether pushes, mail and background work of a clinic go as they should.")


@routes.get("/clinic/health")
@signed_in(*LEADERS)
@returns(HealthOut)
def get_health() -> Health:
    """Show whether pushes leave and background work is done; numbers only, of nobody's record."""
    with transaction() as session:
        return health.health_of(session, viewer().clinic_id, clock.now())
