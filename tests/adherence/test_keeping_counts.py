"""What keeps the stored counts right: changes of plans, and the horizon that moves on."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from hep_api.adherence import jobs
from hep_api.adherence.actions import recount
from hep_api.adherence.models.days import CountedPlan
from hep_api.foundation import clock
from hep_api.foundation.jobs import work
from hep_api.foundation.jobs.models import Job
from tests.adherence.conftest import PLAN_BEGAN, TODAY, Scene, event
from tests.plans import making

EIGHT_WEEKS_ON = "2026-07-05"


def expected(scene: Scene, first: str = "2026-01-01", last: str = "2027-01-01") -> dict[str, int]:
    """What is expected of the daily exercise by day, where there is anything."""
    return {row.day.isoformat(): row.expected for row in scene.days(first, last) if row.prescription_id == scene.daily}


def test_a_published_plan_is_expected_from_its_first_day_to_some_weeks_ahead(scene: Scene) -> None:
    days = expected(scene)
    assert (min(days), max(days), set(days.values())) == (PLAN_BEGAN, EIGHT_WEEKS_ON, {1})
    quota = [row for row in scene.days() if row.prescription_id == scene.prescriptions[1]]
    assert {(row.day.weekday(), row.expected) for row in quota} == {(6, 3)}


def test_a_pause_takes_its_days_out_and_its_withdrawal_brings_them_back(scene: Scene) -> None:
    before = scene.days()
    answer = scene.plan.send("POST", "/pauses", {"from": "2026-04-01", "to": "2026-04-04", "reason": "Away."})
    assert not {"2026-04-01", "2026-04-02", "2026-04-03"} & expected(scene).keys()
    pause = answer.get_json()["id"]
    scene.plan.send("PATCH", f"/pauses/{pause}", {"to": "2026-04-02", "reason": "Back early."})
    assert {"2026-04-02", "2026-04-03"} < expected(scene).keys()
    scene.plan.send("PATCH", f"/pauses/{pause}", {"withdrawn": True, "reason": "Was not away."})
    assert scene.days() == before


def test_an_ended_plan_expects_nothing_from_its_end_on(scene: Scene) -> None:
    scene.upload(event(scene.daily))
    assert scene.plan.send("POST", "/end", {"discharge_reason": "goals_met"}).status_code == 200
    days = expected(scene)
    assert (max(days), days[TODAY]) == (TODAY, 0)
    assert scene.day(TODAY).entries == 1


def test_a_back_dated_revision_counts_the_past_anew_and_nothing_before_it(scene: Scene) -> None:
    scene.upload(*[event(scene.daily, day, reps=10) for day in ("2026-04-19", "2026-04-20")])
    earlier = scene.days("2026-01-01", "2026-04-12")
    doubled = making.carried_item(scene.daily, dose={**making.DOSE, "reps": 40}, schedule=making.DAILY)
    making.publish(scene.plan, doubled, effective_on="2026-04-20")
    assert scene.days("2026-01-01", "2026-04-12") == earlier
    assert [(scene.day(day).version, scene.day(day).done) for day in ("2026-04-19", "2026-04-20")] == [(1, 1), (2, 0)]
    dropped = [row for row in scene.days("2026-04-20") if row.prescription_id == scene.prescriptions[1]]
    assert dropped == []


class TestHorizon:
    """Plans without an end are counted some weeks ahead; a daily job moves that on."""

    def run(self, scene: Scene) -> None:
        with scene.world.transaction() as session:
            jobs.extend_horizon(session, {"clinic_id": str(scene.lead.clinic_id)}, clock.now())

    def test_it_moves_on_week_by_week_and_twice_is_once(self, scene: Scene, noon: time_machine.Traveller) -> None:
        before = scene.days()
        self.run(scene)
        assert scene.days() == before
        noon.move_to("2026-06-25T10:00:00+00:00")
        self.run(scene)
        after = scene.days()
        assert max(row.day for row in after) == date(2026, 8, 23)
        assert [row for row in after if row.day <= date.fromisoformat(EIGHT_WEEKS_ON)] == before
        self.run(scene)
        assert scene.days() == after

    def test_an_ended_plan_is_left_alone(self, scene: Scene, noon: time_machine.Traveller) -> None:
        assert scene.plan.send("POST", "/end", {"discharge_reason": "goals_met"}).status_code == 200
        before = scene.days()
        noon.move_to("2026-06-25T10:00:00+00:00")
        self.run(scene)
        assert scene.days() == before

    def test_many_plans_are_taken_a_few_at_a_time(
        self, scene: Scene, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(3):
            making.running_plan(scene.lead, scene.patient)
        monkeypatch.setattr(jobs, "PLANS_AT_A_TIME", 2)
        noon.move_to("2026-06-25T10:00:00+00:00")
        with scene.world.transaction() as session:
            jobs.extend_horizon(session, {}, clock.now())
        with scene.world.app.app_context():
            work.run_due_jobs()
        with scene.world.transaction() as session:
            until = session.scalars(
                select(CountedPlan.counted_until).where(CountedPlan.clinic_id == scene.lead.clinic_id)
            ).all()
            assert not session.scalars(select(Job).where(Job.kind == jobs.EXTEND_HORIZON, Job.outcome.is_(None))).all()
        assert list(until) == [date(2026, 8, 23)] * 4

    def test_it_reaches_further_than_any_window_of_closed_days(self) -> None:
        assert timedelta(weeks=recount.WEEKS_AHEAD) > timedelta(days=7)
