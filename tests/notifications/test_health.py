"""Those who lead a clinic see whether pushes leave and jobs run, in numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from development.push_service import faults
from hep_api.foundation.jobs.models import Job
from hep_api.notifications.delivery.carriers import Carriers
from hep_api.notifications.models.pushes import Push
from tests.counting import StatementCounter
from tests.notifications.pushing import Pushing
from tests.world import Person

HEALTH = "/v1/clinic/health"


@pytest.fixture
def owner(pushing: Pushing) -> Person:
    return pushing.world.owner(pushing.world.clinic())


@pytest.fixture
def patient(pushing: Pushing, owner: Person) -> Person:
    return pushing.world.patient(pushing.world.practitioner(owner.clinic_id))


def test_health_says_what_waits_what_was_given_up_and_what_came_of_the_last_day(
    pushing: Pushing, owner: Person, patient: Person
) -> None:
    pushing.phone(patient)
    assert owner.http.get(HEALTH).json["pushes"] == {
        "state": "configured",
        "failing_since": None,
        "failing_with": None,
        "waiting": 0,
        "oldest_due_seconds": None,
        "dead_letters": 0,
        "last_sent_at": None,
    }
    assert owner.http.get(HEALTH).json["web_pushes"]["state"] == "configured"
    pushing.service.fail(faults.INVALID_ARGUMENT)
    for _ in range(3):
        pushing.tell(patient)
    pushing.run()
    pushing.tell(patient)
    ten_minutes_ago = datetime.now(UTC) - timedelta(minutes=10)
    with pushing.world.transaction() as session:
        waits = Push.finished_at.is_(None)
        session.execute(update(Push).where(waits).values(due_at=ten_minutes_ago))
        session.execute(update(Job).where(Job.outcome.is_(None)).values(run_at=ten_minutes_ago))
    said = owner.http.get(HEALTH).json
    assert (said["pushes"]["waiting"], said["pushes"]["dead_letters"]) == (1, 1)
    assert said["pushes"]["oldest_due_seconds"] >= 600
    assert said["pushes"]["last_sent_at"] is not None
    assert {(each["result"], each["count"]) for each in said["results"]} == {("accepted", 2), ("refused", 1)}
    assert said["jobs"]["oldest_due_seconds"] >= 600
    # Another clinic's numbers are its own; whoever does not lead sees none.
    other = pushing.world.manager(pushing.world.clinic()).http.get(HEALTH).json
    assert (other["pushes"]["waiting"], other["results"], other["jobs"]["oldest_due_seconds"]) == (0, [], None)
    assert patient.http.get(HEALTH).status_code == 403


def test_health_says_that_a_provider_fails_and_that_it_answers_again(
    pushing: Pushing, owner: Person, patient: Person
) -> None:
    for _ in range(2):
        pushing.phone(pushing.world.sign_in(patient))
    pushing.service.fail(faults.PERMISSION_DENIED, times=2)
    pushing.tell(patient)
    pushing.run()
    said = owner.http.get(HEALTH).json["pushes"]
    assert (said["state"], said["failing_with"], said["waiting"]) == ("failing", "not_let_in", 2)
    assert said["failing_since"] is not None
    pushing.later()
    assert owner.http.get(HEALTH).json["pushes"]["state"] == "configured"


def test_health_says_that_nothing_is_configured(pushing: Pushing, owner: Person, patient: Person) -> None:
    pushing.phone(patient)
    carriers = pushing.app.extensions["hep_carriers"]
    pushing.app.extensions["hep_carriers"] = Carriers({})
    try:
        pushing.tell(patient)
        said = owner.http.get(HEALTH).json
    finally:
        pushing.app.extensions["hep_carriers"] = carriers
    assert (said["pushes"]["state"], said["pushes"]["waiting"]) == ("not_configured", 0)
    assert [(each["state"], each["count"]) for each in said["results"]] == [("not_configured", 1)]


def test_health_costs_the_same_however_much_there_is(pushing: Pushing, owner: Person, patient: Person) -> None:
    count = StatementCounter(pushing.app.extensions["hep_database"].engine)
    with count() as of_nothing:
        owner.http.get(HEALTH)
    pushing.phone(patient)
    for _ in range(5):
        pushing.tell(patient)
    pushing.run()
    with count() as of_much:
        owner.http.get(HEALTH)
    assert len(of_much) == len(of_nothing)
