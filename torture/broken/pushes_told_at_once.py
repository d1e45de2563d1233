"""Who is told is written in a transaction of its own, and stays written when its cause is rolled back."""

from typing import Any

from hep_api.foundation.database import transaction
from hep_api.foundation.tenancy import act_for
from hep_api.notifications.actions import pushing
from torture.broken.taking import replacing


def do() -> None:
    replacing(pushing, "push", _at_once)


def _at_once(whole: Any, _: Any, clinic_id: Any, *arguments: Any) -> Any:
    with transaction() as own:
        act_for(own, clinic_id)
        return whole(own, clinic_id, *arguments)
