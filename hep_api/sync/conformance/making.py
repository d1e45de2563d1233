"""Events as a phone makes them, for the first prescription that the patient's plans offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from hep_api.foundation import clock
from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance.calls import Answer, Caller, NoAnswer


@dataclass(frozen=True, slots=True)
class Target:
    """What is reported against: a prescription that holds today, its version and sets, and the patient's zone."""

    plan_id: str
    prescription_id: str
    version: int
    zone: str
    sets: int | None = None


def find_target(caller: Caller, patient_id: str) -> Target | None:
    """Return the first prescription in force today of a plan, None when there is none; NoAnswer without a bundle."""
    answer = caller.get(f"/v1/patients/{patient_id}/offline")
    if answer.status != 200:
        raise NoAnswer(f"the patient's bundle is answered {answer}")
    bundle = answer.json()
    today = clock.now().astimezone(ZoneInfo(bundle["zone"])).date().isoformat()
    for plan in bundle["plans"]:
        for prescription in plan["prescriptions"]:
            for version in prescription["versions"]:
                if version["valid_from"] <= today and (version["valid_to"] is None or today < version["valid_to"]):
                    sets = version["dose"]["sets"]
                    return Target(plan["id"], prescription["id"], version["version"], bundle["zone"], sets)
    return None


def event(target: Target, at: datetime | None = None, **fields: Any) -> dict[str, Any]:
    """Return an event of an instant, the present when left out, on the date that it has in the patient's zone."""
    local = (at or clock.now()).astimezone(ZoneInfo(target.zone)).replace(microsecond=0)
    return {
        "id": str(new_id()),
        "prescription_id": target.prescription_id,
        "version": target.version,
        "kind": "done",
        "performed_at": local.isoformat(),
        "zone": target.zone,
        "performed_on": local.date().isoformat(),
        **fields,
    }


def correction(of: Mapping[str, Any], revision: int = 1, **fields: Any) -> dict[str, Any]:
    """Return an event that corrects another."""
    return {**of, "id": str(new_id()), "entry_id": of.get("entry_id") or of["id"], "revision": revision, **fields}


def server_time(answer: Answer) -> datetime:
    """Return the server's clock as its answer has it, ours when it does not say."""
    said = answer.headers.get("date")
    return parsedate_to_datetime(said) if said else clock.now()


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
