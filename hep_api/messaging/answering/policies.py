"""What a clinic has settled about messages, as everybody in the product asks for it.

All settings of a clinic have one version, the clinic's. So a process keeps what it has read for as long as the version
is the same: whoever knows that from a statement of their own, as sending a message does, asks for nothing more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from hep_api.foundation.database import after_commit, run
from hep_api.messaging.answering.hours import OpeningHours, hours_from_json
from hep_api.messaging.models.policies import AfterPlanEnd

# More clinics than one process is asked about, as a rule; past them it begins anew.
MOST_KEPT = 1000

READ = """
SELECT clinic.version, clinic.name, clinic.zone, clinic.language, clinic.response_hours, clinic.id AS clinic_id,
       policy.opening_hours, coalesce(policy.holidays, '[]') AS holidays,
       coalesce(policy.out_of_hours_text, '{}') AS out_of_hours_text,
       coalesce(policy.emergency_text, '{}') AS emergency_text, policy.emergency_line,
       CASE WHEN policy.clinic_id IS NULL THEN 8 ELSE policy.red_flag_pain END AS red_flag_pain,
       coalesce(policy.red_flag_phrases, '[]') AS red_flag_phrases,
       coalesce(policy.red_flag_shipped_phrases, true) AS red_flag_shipped_phrases,
       coalesce(policy.escalate_after_minutes, 15) AS escalate_after_minutes,
       CASE WHEN policy.clinic_id IS NULL THEN 7 ELSE policy.card_on_pain END AS card_on_pain,
       coalesce(policy.card_on_unclear, true) AS card_on_unclear, coalesce(policy.after_plan_end, 'open')
           AS after_plan_end,
       (SELECT jsonb_agg(to_jsonb(own)) FROM location_hours AS own WHERE own.clinic_id = clinic.id) AS locations
  FROM clinic LEFT JOIN messaging_policy AS policy ON policy.clinic_id = clinic.id
 WHERE clinic.id = %(clinic_id)s
"""


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """A phrase that the clinic takes for a red flag; `language` None: in every language."""

    phrase: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A clinic's settings of messages, at one version of the clinic. Texts are by language, those it has written."""

    clinic_id: UUID
    version: int
    name: str
    language: str
    response_hours: int
    hours: OpeningHours
    hours_of_locations: Mapping[UUID, OpeningHours]
    out_of_hours_text: Mapping[str, str]
    emergency_text: Mapping[str, str]
    emergency_line: str | None
    red_flag_pain: int | None
    red_flag_phrases: Sequence[OwnPhrase]
    red_flag_shipped_phrases: bool
    escalate_after_minutes: int
    card_on_pain: int | None
    card_on_unclear: bool
    after_plan_end: AfterPlanEnd
    as_kept: Mapping[str, Any] = field(repr=False)

    def hours_at(self, location_id: UUID | None) -> OpeningHours:
        """Return when a location is open: by its own hours, else by the clinic's."""
        if location_id is None:
            return self.hours
        return self.hours_of_locations.get(location_id, self.hours)

    def answer_by(self, location_id: UUID | None, waiting_since: datetime) -> datetime | None:
        """Return by when the clinic answers what has waited since an instant; None: it does not open for so long."""
        return self.hours_at(location_id).due(waiting_since, self.allowed)

    def overdue_before(self, location_id: UUID | None, now: datetime) -> datetime | None:
        """Return the last instant since which nothing may have waited until now; None: none."""
        return self.hours_at(location_id).overdue_before(now, self.allowed)

    @property
    def allowed(self) -> timedelta:
        return timedelta(hours=self.response_hours)


_KEPT: dict[UUID, Policy] = {}


def policy_of(session: Session, clinic_id: UUID, version: int | None = None) -> Policy:
    """Return a clinic's policy: without a statement where it is known at this version of the clinic, else in one."""
    kept = _KEPT.get(clinic_id)
    if kept is not None and kept.version == version:
        return kept
    policy = _policy(run(session, READ, {"clinic_id": clinic_id}).one())
    # Not before the commit: a version that is rolled back will be another's.
    after_commit(session, lambda: _keep(policy))
    return policy


def kept_policy(clinic_id: UUID) -> Policy | None:
    """Return a clinic's policy as this process knows it, for who asks the database whether its version still holds."""
    return _KEPT.get(clinic_id)


def _keep(policy: Policy) -> None:
    if len(_KEPT) >= MOST_KEPT:
        _KEPT.clear()
    _KEPT[policy.clinic_id] = policy


def _policy(row: Row[Any]) -> Policy:
    return Policy(
        clinic_id=row.clinic_id,
        version=row.version,
        name=row.name,
        language=row.language,
        response_hours=row.response_hours,
        hours=hours_from_json(row.zone, row.opening_hours, row.holidays),
        hours_of_locations={UUID(own["location_id"]): _own_hours(own, row) for own in row.locations or ()},
        out_of_hours_text=row.out_of_hours_text,
        emergency_text=row.emergency_text,
        emergency_line=row.emergency_line,
        red_flag_pain=row.red_flag_pain,
        red_flag_phrases=tuple(OwnPhrase(each["phrase"], each["language"]) for each in row.red_flag_phrases),
        red_flag_shipped_phrases=row.red_flag_shipped_phrases,
        escalate_after_minutes=row.escalate_after_minutes,
        card_on_pain=row.card_on_pain,
        card_on_unclear=row.card_on_unclear,
        after_plan_end=AfterPlanEnd(row.after_plan_end),
        as_kept={"zone": row.zone, "opening_hours": row.opening_hours, "holidays": row.holidays},
    )


def _own_hours(own: Mapping[str, Any], row: Row[Any]) -> OpeningHours:
    holidays = row.holidays if own["holidays"] is None else own["holidays"]
    return hours_from_json(own["zone"] or row.zone, own["opening_hours"], holidays)
