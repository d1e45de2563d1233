"""What a worker has taken is its own for ever: nobody takes it over when the worker is gone."""

from datetime import timedelta
from typing import Any

from hep_api.notifications.actions import claiming
from torture.broken.taking import replacing


def do() -> None:
    replacing(claiming, "claim_due", _for_a_year)


def _for_a_year(whole: Any, session: Any, clinic_id: Any, most: Any, now: Any, _: Any) -> Any:
    return whole(session, clinic_id, most, now, timedelta(days=365))
