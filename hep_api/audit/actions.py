"""Writing the audit: shaping entries, and handing them to the database, which numbers, dates and chains them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy.orm import Session

from hep_api.audit.addresses import coarsened
from hep_api.audit.models import AMONG_STAFF, PATIENT, Outcome
from hep_api.foundation.database import run
from hep_api.foundation.occasions import Occasion

Entry = dict[str, Any]

APPEND = "SELECT append_audit(CAST(%(entries)s AS jsonb), %(lightly)s)"


def among_staff(action: str) -> str:
    """Return the name of an action that the patient is not to read of."""
    return f"{action}{AMONG_STAFF}"


def append(session: Session, entries: Sequence[Entry], *, lightly: bool = False) -> None:
    """Append entries to the chains of their clinics, in one statement.

    The last statement before the commit: from here on others who write into the same chain wait. `lightly` lets the
    commit go without waiting for the disk, if nothing else was written.
    """
    run(session, APPEND, handed_over(entries, lightly=lightly))


def handed_over(entries: Sequence[Entry], *, lightly: bool) -> dict[str, Any]:
    """Return the values of `APPEND`."""
    return {"entries": _as_json(entries), "lightly": lightly}


def _as_json(entries: Sequence[Entry]) -> str:
    try:
        return orjson.dumps(entries, default=str, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()
    except orjson.JSONEncodeError:
        # An address may name a number that is larger than orjson's.
        return json.dumps(entries, default=str)


def entry(occasion: Occasion | None, action: str, outcome: Outcome, said: Mapping[str, Any]) -> Entry:
    """Return an entry: what is said, and for the rest what the occasion knows. It leaves out what is not known."""
    known = {"action": action, "outcome": outcome.value, **_of_occasion(occasion), **said}
    named = {**known.pop("named", {}), **(said.get("subject") or {})}
    known["patient_id"] = known.get("patient_id") or named.pop("patient_id", None)
    known["subject"] = {name: value for name, value in named.items() if name != "patient_id"}
    if known.get("address") and outcome is Outcome.ALLOWED and _is_a_patients(known):
        known["address"] = coarsened(known["address"])
    return {name: value for name, value in known.items() if value not in (None, {})}


def _is_a_patients(known: Mapping[str, Any]) -> bool:
    member_id = known.get("member_id")
    return known.get("role") == PATIENT or (member_id is not None and member_id == known["patient_id"])


def _of_occasion(occasion: Occasion | None) -> dict[str, Any]:
    if occasion is None:
        return {}
    place = {"named": dict(occasion.named), "address": occasion.address, "request_id": occasion.request_id}
    actor = occasion.actor
    if actor is None:
        return place
    return place | {
        "clinic_id": actor.clinic_id,
        "account_id": actor.account_id,
        "member_id": actor.member_id,
        "role": actor.role,
        "sign_in_id": actor.sign_in_id,
    }
