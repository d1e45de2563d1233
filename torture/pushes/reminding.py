"""Reminders while workers are killed: patients who are all due in one minute, each to be told once on each phone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from tests.plans import making
from tests.world import Person, World

# As long as it takes to settle the times of all of them; on a machine that is busy they are settled anew.
AHEAD, AHEAD_OF_EACH = timedelta(seconds=5), timedelta(seconds=0.1)
LEAST_AHEAD = timedelta(seconds=3)
ROWS = text("SELECT patient_id, state FROM reminder WHERE kind = 'reminder'")
WITH_A_PHONE = text("SELECT DISTINCT member_id FROM device WHERE ended_at IS NULL")
PUSHED = text("SELECT member_id, device_id, count(*) FROM push WHERE kind = 'reminder' GROUP BY 1, 2")


@dataclass(frozen=True, slots=True)
class Due:
    """Patients who wish to be reminded at one minute."""

    patients: Sequence[Person]
    at: datetime

    def settled(self, world: World) -> int:
        """Return of how many it is known what became of it."""
        with world.transaction() as session:
            return len(session.execute(ROWS).all())

    def misses(self, world: World) -> Counter[str]:
        """Count who was not reminded on any phone, and who was reminded twice, by the record or on any phone.

        Whoever has no phone any more, as each of theirs was gone or ended before, cannot be.
        """
        with world.transaction() as session:
            told = Counter(row.patient_id for row in session.execute(ROWS) if row.state == "told")
            pushed = session.execute(PUSHED).all()
            with_a_phone = set(session.scalars(WITH_A_PHONE))
        reached = {member_id for member_id, _, _ in pushed if told[member_id]}
        missed = sum(patient.member_id in with_a_phone - reached for patient in self.patients)
        twice = sum(times > 1 for times in told.values()) + sum(times > 1 for _, _, times in pushed)
        return Counter(not_reminded=missed, reminded_twice=twice)


def let_be_reminded(lead: Person, patients: Sequence[Person]) -> Due:
    """Give patients a plan with something due today, and let each wish to be reminded in the same minute."""
    squat = making.exercise(lead)
    for patient in patients:
        plan = making.start(lead, patient, starts_on=making.in_days(-1))
        making.publish(plan, making.new_item(squat), effective_on=making.in_days(-1), note="Slowly.")
    at = _next_minute(len(patients))
    while not _has_each_wished(patients, at):
        at = _next_minute(len(patients))
    return Due(patients, at)


def _next_minute(patients: int) -> datetime:
    ahead = AHEAD + patients * AHEAD_OF_EACH
    return (datetime.now(making.BERLIN) + ahead).replace(second=0, microsecond=0) + timedelta(minutes=1)


def _has_each_wished(patients: Sequence[Person], at: datetime) -> bool:
    """Let each wish for that time; tell whether it is still far enough away."""
    for patient in patients:
        path = f"/v1/patients/{patient.patient_id}/reminders"
        tag = {"If-Match": patient.http.get(path).headers["ETag"]}
        wished = {"is_on": True, "times": [{"at": f"{at:%H:%M}"}], "nudge": False}
        assert patient.http.put(path, json=wished, headers=tag).status_code == 200
    return at - datetime.now(making.BERLIN) > LEAST_AHEAD
