"""One patient's life with the product through its real actions, for tests that live many of them.

Without HTTP, which has tests of its own: body by the door's schema, then the door's action in a transaction of its own,
with all its reactions. What the product refuses changes nothing, here as there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hep_api.adherence import jobs, reading
from hep_api.adherence.actions import locking, record
from hep_api.adherence.proving.keeping import today_of
from hep_api.clinics import access
from hep_api.clinics.actions import edit_patient
from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.identifiers import new_id
from hep_api.plans.actions import end, pause, publish, start
from hep_api.plans.queries import plans
from hep_api.plans.schemas.plans import PauseChangeIn, PauseIn, PlanEndIn, PlanIn, RevisionIn
from tests.adherence import histories
from tests.world import Person, World

FARTHEST_BACK = 25


class Life:
    """A patient, what is prescribed to them, and every event that was ever made for them, sent or not."""

    def __init__(self, world: World, lead: Person, exercise_id: UUID, random: Random) -> None:
        self.world, self.lead, self.exercise_id, self.random = world, lead, exercise_id, random
        self.patient = world.patient(lead)
        self.zone, self.day_starts_at = "Europe/Berlin", time(0)
        self.plans: dict[UUID, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.held_back: list[dict[str, Any]] = []

    @property
    def today(self) -> date:
        return today_of(clock.now(), self.zone, self.day_starts_at)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.world.app.app_context(), transaction() as session:
            tenancy.act_for(session, self.lead.clinic_id)
            yield session

    def try_to(self, act: Callable[[Session], Any]) -> Any:
        """Run an action in a transaction of its own; None when it was refused."""
        try:
            with self.transaction() as session:
                return act(session)
        except Problem:
            return None

    # --- what the practitioner does

    def start_plan(self) -> None:
        starts_on = self._some_day(-20, 6)
        body = PlanIn().load({"title": "Knee", "starts_on": starts_on.isoformat(), "reason": "It was so agreed."})
        plan = self.try_to(
            lambda session: start.start_plan(session, self.lead.viewer, self._treated(session), body, clock.now())
        )
        if plan is not None:
            self.plans[plan.id] = {"starts_on": starts_on, "revisions": [], "pauses": [], "items": {}}
            self.publish(plan.id, starts_on)

    def publish(self, plan_id: UUID, effective_on: date | None = None) -> None:
        """Publish anything: some prescriptions go on as they were or changed, some are dropped or taken up again."""
        plan = self.plans[plan_id]
        dropped = 0.25 if plan["revisions"] else 0
        items = [
            {"prescription_id": str(each), **self._item(plan, each)}
            for each in plan["items"]
            if self.random.random() > dropped
        ]
        if len(plan["items"]) < 3 and (not items or self.random.random() < 0.4):
            items.append({"exercise_id": str(self.exercise_id), **histories.item(self.random)})
        self.random.shuffle(items)
        body = RevisionIn().load(
            {
                "items": items,
                "effective_on": (effective_on or self._some_day(-FARTHEST_BACK, 10)).isoformat(),
                "reason": "It was so agreed.",
            }
        )
        shown = self._change(plan_id, publish.publish_revision, body)
        if shown is None:
            return
        prescribed = {
            each.prescription_id: {"dose": item["dose"], "schedule": item["schedule"]}
            for each, item in zip(shown.items, items, strict=True)
        }
        plan["items"].update(prescribed)
        plan["revisions"].append({"number": shown.number, "items": prescribed})

    def pause(self, plan_id: UUID) -> None:
        first = self._some_day(-FARTHEST_BACK, 12)
        body = PauseIn().load({"from": first.isoformat(), "to": self._end_after(first), "reason": "Away."})
        recorded = self._change(plan_id, pause.pause_plan, body)
        if recorded is not None:
            self.plans[plan_id]["pauses"].append(recorded.pause_id)

    def change_pause(self, plan_id: UUID) -> None:
        pauses = self.plans[plan_id]["pauses"]
        if not pauses:
            return
        first = self._some_day(-FARTHEST_BACK, 12)
        changes: dict[str, Any] = self.random.choice(
            (
                {"withdrawn": True},
                {"to": self._end_after(first)},
                {"from": first.isoformat(), "to": self._end_after(first)},
            )
        )
        body = PauseChangeIn().load({**changes, "reason": "Back early."})
        pause_id = self.random.choice(pauses)
        self.try_to(
            lambda session: pause.change_pause(
                session, self.lead.viewer, self._found(session, plan_id), pause_id, body, clock.now()
            )
        )

    def end(self, plan_id: UUID) -> None:
        # What has ended is over for good, so most ends lie ahead, where they may be set anew.
        ends_on = self._some_day(*self.random.choice(((-10, 0), (1, 20), (1, 20)))).isoformat()
        body = PlanEndIn().load({"discharge_reason": "plateau", "ends_on": ends_on, "reason": "It was so agreed."})
        self._change(plan_id, end.end_plan, body)

    # --- what the phone does

    def report(self, count: int) -> None:
        """Send some new entries, of some of which the original comes later than its correction."""
        made = [self._event() for _ in range(count)] if self._prescribed() else []
        late = [each for each in made if self.random.random() < 0.2]
        self.held_back += late
        self.send([each for each in made if each not in late] + [self._correction(each) for each in late])

    def correct(self) -> None:
        if self.events:
            self.send([self._correction(self.random.choice(self.events)) for _ in range(self.random.randint(1, 3))])

    def repeat(self) -> None:
        """Send again what was sent, in another order, and what was held back."""
        again = self.random.sample(self.events, min(len(self.events), 12)) + self.held_back
        self.held_back = []
        self.random.shuffle(again)
        self.send(again)

    def send(self, items: list[dict[str, Any]]) -> None:
        if not items:
            return
        sent = [_as_sent(each) for each in items]
        by = self.random.choice((self.patient, self.patient, self.lead)).viewer
        with self.transaction() as session:
            patient = locking.lock_patient_for(session, by, self.patient.member_id)
            answers = record.record_events(session, by, patient, reading.read_batch(sent), clock.now())
        assert {each.outcome for each in answers} <= {"applied", "duplicate", "rejected", "conflict"}
        self.events += [each for each in items if each not in self.events]

    # --- what goes on by itself

    def move_house(self) -> None:
        """Change the zone, or when the day starts."""
        self.zone = self.random.choice(("Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"))
        self.day_starts_at = self.random.choice((time(0), time(2, 30), time(4)))
        changes = {"zone": self.zone, "day_starts_at": self.day_starts_at}
        with self.transaction() as session:
            patient = access.patient_to_administer(session, self.patient.viewer, self.patient.member_id)
            edit_patient.change_patient(session, self.patient.viewer, patient, changes, clock.now())

    def move_the_horizon(self) -> None:
        with self.transaction() as session:
            jobs.extend_horizon(session, {"clinic_id": str(self.lead.clinic_id)}, clock.now())

    # --- what it is made of

    def _change(self, plan_id: UUID, action: Callable[..., Any], body: dict[str, Any]) -> Any:
        return self.try_to(
            lambda session: action(session, self.lead.viewer, self._found(session, plan_id), body, clock.now())
        )

    def _treated(self, session: Session) -> Any:
        return access.patient_to_care_for(session, self.lead.viewer, self.patient.member_id)

    def _found(self, session: Session, plan_id: UUID) -> Any:
        return plans.plan_to_change(session, self.lead.viewer, plan_id)

    def _some_day(self, least: int, most: int) -> date:
        return self.today + timedelta(days=self.random.randint(least, most))

    def _end_after(self, first: date) -> str | None:
        return None if self.random.random() < 0.15 else (first + timedelta(days=self.random.randint(1, 9))).isoformat()

    def _item(self, plan: dict[str, Any], prescription: UUID) -> dict[str, Any]:
        """Return the prescription as it was, with another dose, or all new."""
        was: dict[str, Any] = plan["items"][prescription]
        return self.random.choice((was, was, {**was, "dose": histories.dose(self.random)}, histories.item(self.random)))

    def _prescribed(self) -> list[tuple[UUID, list[int]]]:
        return [
            (each, [said["number"] for said in plan["revisions"] if each in said["items"]])
            for plan in self.plans.values()
            for each in plan["items"]
        ]

    def _event(self, prescription: UUID | None = None) -> dict[str, Any]:
        known = dict(self._prescribed())
        prescription = prescription or self.random.choice(list(known))
        revisions = [{"number": number, "items": {prescription}} for number in known[prescription]]
        said = histories.content(
            self.random, {"revisions": revisions, "begin": self.today}, prescription, [-3, -2, -1, -1, 0]
        )
        # Of `content` a day far off is one of the future; phones report the past.
        said["performed_on"] = min(said["performed_on"], self._some_day(-FARTHEST_BACK, 1))
        event_id = new_id()
        return {"id": event_id, "entry_id": event_id, "revision": 0, **said}

    def _correction(self, of: dict[str, Any]) -> dict[str, Any]:
        """Correct an entry: anything may change, now and then even the prescription, which is refused."""
        stays = self.random.random() < 0.9
        made = self._event(of["prescription_id"] if stays else None)
        kind = "void" if self.random.random() < 0.25 else made["kind"]
        return {**made, "kind": kind, "entry_id": of["entry_id"], "revision": self.random.randint(1, 3)}


def _as_sent(event: dict[str, Any]) -> dict[str, Any]:
    day: date = event["performed_on"]
    return {
        **{name: value for name, value in event.items() if value is not None},
        "id": str(event["id"]),
        "entry_id": str(event["entry_id"]),
        "prescription_id": str(event["prescription_id"]),
        "performed_on": day.isoformat(),
        "performed_at": datetime.combine(day, time(11), tzinfo=ZoneInfo("Europe/Berlin")).isoformat(),
        "zone": "Europe/Berlin",
    }
