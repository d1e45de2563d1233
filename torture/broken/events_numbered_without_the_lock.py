"""Events get numbers as from a bare sequence, and nobody waits for anybody: numbers appear in another order than they
were given.
"""

from sqlalchemy.sql import Select

from hep_api.adherence.actions import storing
from torture.broken.taking import replacing, rewriting

GIVEN = "cast(cast(pg_current_xact_id() AS text) AS bigint) * 1000 + r.place"


def do() -> None:
    replacing(Select, "with_for_update", lambda _, query, **__: query)
    rewriting(storing, "_ADD", "newest.seq + r.place", GIVEN)
