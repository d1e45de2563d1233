"""A push shows the message that it is about, as one of any messenger would, where only fixed words may be."""

from dataclasses import replace
from typing import Any

from sqlalchemy import text

from hep_api.notifications.actions import claiming
from torture.broken.taking import replacing

# The last that was written in the clinic, which here serves for the one that a push is about.
WORDS = text("SELECT body FROM message WHERE clinic_id = :clinic_id AND body <> '' ORDER BY sent_at DESC LIMIT 1")


def do() -> None:
    replacing(claiming, "claim_due", _with_words)


def _with_words(whole: Any, session: Any, clinic_id: Any, *arguments: Any) -> Any:
    words = session.scalar(WORDS, {"clinic_id": clinic_id})
    return [
        replace(each, parcel=replace(each.parcel, body=f"{each.parcel.body} {words}"))
        for each in whole(session, clinic_id, *arguments)
    ]
