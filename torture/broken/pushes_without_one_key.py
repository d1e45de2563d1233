"""Every try of a push has a collapse key of its own, so that a phone shows what came twice twice."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from hep_api.notifications.delivery import fcm
from torture.broken.taking import replacing


def do() -> None:
    replacing(fcm, "message_of", _with_a_key_of_its_own)


def _with_a_key_of_its_own(whole: Any, parcel: Any, now: Any) -> Any:
    return whole(replace(parcel, collapse_key=uuid4().hex), now)
