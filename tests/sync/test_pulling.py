"""After whatever is written a phone that pulls gets just that, and has what every other door shows."""

from datetime import UTC, datetime

import time_machine
from sqlalchemy import update

from hep_api.clinics.facts import PatientErased
from hep_api.clinics.models import Clinic
from hep_api.foundation import clock
from hep_api.foundation.facts import publish
from tests.adherence.conftest import TODAY, TOMORROW, Scene
from tests.plans import making
from tests.sync.phones import PullingPhone, is_up_to_date, is_whole
from tests.sync.writes import Writer


def test_the_first_pull_brings_all_and_the_next_one_nothing(scene: Scene, phone: PullingPhone) -> None:
    assert phone.pull() == {"plans": 1, "revisions": 2, "events": 6, "settings": 1, "reset": 1}
    assert is_whole(phone)
    assert phone.settings["events_accepted_days_back"] == 60
    assert phone.pull() == {}
    again = phone.pages[0]
    assert (again["more"], again["settings"], again["cursor"]) == (False, None, phone.cursor)
    # However often it was changed, a thing comes once.
    for number in range(3):
        scene.plan.send("PATCH", "", {"title": f"Knee {number}"})
    assert phone.pull() == {"plans": 1}
    fresh = PullingPhone(scene.patient, scene.patient)
    assert fresh.pull() == {"plans": 1, "revisions": 2, "events": 6, "settings": 1, "reset": 1}
    assert is_whole(fresh)


def test_whoever_writes_whatever_a_phone_that_pulls_gets_just_that(scene: Scene, phone: PullingPhone) -> None:
    writer = Writer(scene, phone)
    phone.pull()
    watching = PullingPhone(scene.patient, scene.lead, limit=1)
    watching.pull()
    for name, (write, expected) in writer.writes().items():
        assert phone.pull() == {}, name
        written = write()
        assert written.status_code < 300, (name, written.get_json())
        assert phone.pull() == expected, name
        assert is_up_to_date(phone), name
        # The practitioner's phone asks for one thing at a time, and gets the same.
        watching.pull()
        assert (watching.kept, watching.settings) == (phone.kept, phone.settings), name
    assert is_whole(phone)
    with scene.world.transaction() as session:
        publish(session, PatientErased(scene.lead.clinic_id, scene.patient.patient_id, clock.now()))
    assert [each.ask(each.cursor).status_code for each in (phone, watching)] == [401, 404]


def test_a_plan_leaves_by_the_calendar_and_comes_back_by_the_clinics_setting(
    scene: Scene, phone: PullingPhone, noon: time_machine.Traveller
) -> None:
    plan = scene.plan
    plan.send("POST", "/pauses", {"from": TODAY, "to": TOMORROW, "reason": "Away."})
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": TOMORROW})
    for title in ("Hip", "Neck"):
        short = making.start(scene.lead, scene.patient, title=title)
        short.send("POST", "/end", {"discharge_reason": "other", "ends_on": TOMORROW})
    stays = making.start(scene.lead, scene.patient, title="Stays", goals=["Walk"])
    phone.pull()
    assert (len(phone.kept["plans"]), len(phone.kept["pauses"]), len(phone.kept["revisions"])) == (4, 1, 2)

    def at(instant: datetime) -> None:
        noon.move_to(instant)
        # Tokens live for minutes.
        phone.by = scene.world.sign_in(scene.patient)

    # Ended on 7 May, it is read on the 90 days from then on: until 4 August.
    at(datetime(2026, 8, 4, 10, tzinfo=UTC))
    assert phone.pull() == {}
    at(datetime(2026, 8, 5, 10, tzinfo=UTC))
    phone.limit = 1
    assert phone.pull() == {"gone": 3}
    assert [len(page["gone"]) for page in phone.pages] == [1, 1, 1]
    assert is_whole(phone)
    assert (list(phone.kept["plans"]), phone.kept["pauses"]) == ([str(stays.id)], {})
    assert len(phone.kept["events"]) == 6
    assert phone.pull() == {}
    with scene.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == scene.lead.clinic_id).values(ended_plan_readable_days=100))
    assert phone.pull() == {"plans": 4, "revisions": 2, "pauses": 1, "goals": 1, "settings": 1}
    assert is_whole(phone)
    fresh = PullingPhone(scene.patient, phone.by)
    at(datetime(2026, 9, 5, 10, tzinfo=UTC))
    fresh.by = phone.by
    assert fresh.pull() == {"plans": 1, "goals": 1, "events": 6, "settings": 1, "reset": 1}
