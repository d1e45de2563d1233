"""A report and the figures as known on its instant agree when an upload waits for the report, and the other way round.

Who comes first holds the locks in a transaction of the test's, by the steps that its door takes; who comes second comes
through its door, over a connection of its own.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hep_api.adherence.actions import locking, record
from hep_api.adherence.reading import read_batch
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.tenancy import act_for
from hep_api.integrations.languages import Language
from hep_api.integrations.progress_reports import actions
from hep_api.integrations.progress_reports.content import Content
from hep_api.integrations.progress_reports.freezing import freeze
from hep_api.integrations.progress_reports.schemas import ReportIn
from hep_api.plans.queries import plans
from tests.adherence.conftest import NOON, YESTERDAY, Scene, begin, event
from tests.integrations.reporting import DAILY, issue
from tests.plans import making
from tests.world import World

BODY = ReportIn().load({"audience": "patient"})
# Those that wait for the connection that asks.
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")


@pytest.fixture
def told(world: World) -> Iterator[Scene]:
    """A plan with a daily exercise, on a clock that goes on."""
    with time_machine.travel(NOON, tick=True):
        lead = world.practitioner(world.clinic())
        yield begin(world, lead, world.patient(lead), DAILY)


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def wait_for_somebody_to_wait(session: Session, sent: "Future[TestResponse]") -> None:
    until = monotonic() + 10
    while session.scalar(WAITING) == 0:
        assert not sent.done(), sent.result().get_json()
        assert monotonic() < until, "nobody waits for the lock"
        sleep(0.01)


@contextmanager
def acting(told: Scene) -> Iterator[Session]:
    with told.world.app.app_context(), transaction() as session:
        act_for(session, told.lead.clinic_id)
        yield session


def keep(told: Scene, body: dict[str, Any], content: Content) -> dict[str, Any]:
    with acting(told) as session:
        kept = actions.keep_report(session, told.lead.viewer, told.plan.id, body, content, freeze(content))
        return {"id": str(kept.id), "issued_at": kept.issued_at.isoformat()}


def as_known(told: Scene, instant: str) -> Any:
    """Return what the plan's figures say as known on an instant, over all days of the plan that are over."""
    asked = {"from": "2026-03-02", "to": YESTERDAY, "as_known_on": instant}
    (window,) = told.lead.http.get(f"/v1/plans/{told.plan.id}/adherence", query_string=asked).json["windows"]
    return window["total"]


def in_report(told: Scene, report: Any) -> Any:
    return told.lead.http.get(f"/v1/plans/{told.plan.id}/reports/{report['id']}").json["content"]["total"]


def completed(total: Any) -> int:
    found: int = total["completion"]["numerator"]
    return found


def test_an_upload_that_waits_for_a_report_comes_in_after_it(told: Scene, other: ThreadPoolExecutor) -> None:
    lead = told.lead.viewer
    with acting(told) as session:
        found = actions.plan_to_report_on(session, lead, told.plan.id)
        sent = other.submit(told.outcomes, event(told.daily, YESTERDAY))
        wait_for_somebody_to_wait(session, sent)
        content = actions.gather_report(session, lead, found, BODY, Language.ENGLISH, clock.now())
    # Nobody waits for the page.
    assert sent.result(10) == ["applied"]
    report = keep(told, BODY, content)
    assert completed(in_report(told, report)) == 0
    assert as_known(told, report["issued_at"]) == in_report(told, report)
    assert completed(as_known(told, clock.now().isoformat())) == 1


def test_a_report_that_waits_for_an_upload_knows_it(told: Scene, other: ThreadPoolExecutor) -> None:
    patient = told.patient.viewer
    with acting(told) as session:
        locked = locking.lock_patient_for(session, patient, told.patient.member_id)
        asked = other.submit(issue, told)
        wait_for_somebody_to_wait(session, asked)
        batch = read_batch([event(told.daily, YESTERDAY)])
        (answer,) = record.record_events(session, patient, locked, batch, clock.now())
        assert answer.outcome == "applied"
    report = asked.result(10).json
    assert completed(in_report(told, report)) == 1
    assert as_known(told, report["issued_at"]) == in_report(told, report)


def test_a_report_that_waits_for_a_change_of_the_plan_knows_it(told: Scene, other: ThreadPoolExecutor) -> None:
    """A phone that reports while the report waits for the plan is in it as well."""
    with acting(told) as session:
        plans.plan_to_change(session, told.lead.viewer, told.plan.id)
        asked = other.submit(issue, told)
        wait_for_somebody_to_wait(session, asked)
        assert told.outcomes(event(told.daily, YESTERDAY)) == ["applied"]
    report = asked.result(10).json
    assert completed(in_report(told, report)) == 1
    assert as_known(told, report["issued_at"]) == in_report(told, report)


def test_a_change_of_the_plan_that_waits_for_a_report_comes_in_after_it(told: Scene, other: ThreadPoolExecutor) -> None:
    lead = told.lead.viewer
    twice = making.carried_item(told.daily, schedule={"kind": "daily", "times_per_day": 2})
    with acting(told) as session:
        found = actions.plan_to_report_on(session, lead, told.plan.id)
        changed = other.submit(making.publish, told.plan, twice, effective_on="2026-04-20", reason="Forgotten.")
        wait_for_somebody_to_wait(session, changed)
        content = actions.gather_report(session, lead, found, BODY, Language.ENGLISH, clock.now())
    changed.result(10)
    report = keep(told, BODY, content)
    assert as_known(told, report["issued_at"]) == in_report(told, report)
    assert as_known(told, clock.now().isoformat()) != in_report(told, report)


def test_of_one_sending_that_comes_twice_at_once_the_first_that_is_kept_is_the_report_of_both(told: Scene) -> None:
    sent = {"id": str(uuid4()), "audience": "patient"}
    body = ReportIn().load(sent)
    with acting(told) as session:
        found = actions.plan_to_report_on(session, told.lead.viewer, told.plan.id)
        content = actions.gather_report(session, told.lead.viewer, found, body, Language.ENGLISH, clock.now())
    first = issue(told, **sent).json
    assert keep(told, body, content)["issued_at"] == first["issued_at"]
    other = ReportIn().load({**sent, "note": "Another."})
    with pytest.raises(Problem) as refused:
        keep(told, other, content)
    assert refused.value.status == 409
