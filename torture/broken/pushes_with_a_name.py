"""A push says whom it is for: a name, where only fixed words may be."""

from dataclasses import replace
from typing import Any

from sqlalchemy import text

from hep_api.notifications.actions import claiming
from torture.broken.taking import replacing

NAME = text("SELECT name FROM member WHERE clinic_id = :clinic_id AND id = :id")


def do() -> None:
    replacing(claiming, "claim_due", _with_names)


def _with_names(whole: Any, session: Any, clinic_id: Any, *arguments: Any) -> Any:
    named = []
    for each in whole(session, clinic_id, *arguments):
        name = session.scalar(NAME, {"clinic_id": clinic_id, "id": each.parcel.address.member_id})
        named.append(replace(each, parcel=replace(each.parcel, body=f"{each.parcel.body} {name}")))
    return named
