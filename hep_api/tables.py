"""Every table of the product, for Alembic and the tests."""

from hep_api.accounts import models as accounts
from hep_api.clinics import models as clinics
from hep_api.foundation.database import metadata
from hep_api.foundation.jobs import models as jobs

TABLES = (accounts, clinics, jobs)
__all__ = ["TABLES", "metadata"]
