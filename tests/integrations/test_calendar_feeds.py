"""Feeds through their doors: made by the patient, read by whoever holds the address, gone when revoked."""

from typing import Any

import icalendar
import pytest
import time_machine
from sqlalchemy import select, update

from hep_api.audit.models import AuditEntry
from hep_api.clinics.models import Member, MemberStatus, Patient
from hep_api.foundation import clock
from tests.plans import making
from tests.plans.conftest import Scene, named
from tests.world import Person

TWICE = {"kind": "daily", "times_per_day": 2}


def feeds(person: Person) -> str:
    return f"/v1/patients/{person.member_id}/calendar-feeds"


def make(scene: Scene, **wished: Any) -> dict[str, Any]:
    answer = scene.patient.http.post(feeds(scene.patient), json=wished)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def summaries(scene: Scene, url: str) -> list[tuple[str, str]]:
    """Return when and what of the first events, as a calendar program reads them."""
    answer = scene.world.anyone().get(url)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    return [(event["dtstart"].dt.isoformat(), str(event["summary"])) for event in events]


def test_a_calendar_program_reads_what_is_due_as_the_plan_changes(scene: Scene) -> None:
    path = f"/v1/exercises/{scene.squat}/translations/de"
    in_german = {"name": "Kniebeuge", "steps": ["Beugen.", "Strecken."]}
    assert scene.lead.http.put(path, json=in_german, headers={"If-Match": "*"}).status_code < 300
    plan = scene.plan()
    (one,) = making.publish(plan, scene.item(schedule=TWICE))
    whole, told = make(scene), make(scene, details=True, times=["18:00", "08:00", "18:00"], language="de")
    assert (told["times"], told["language"], whole["details"]) == (["08:00", "18:00"], "de", False)
    assert summaries(scene, whole["url"])[:2] == [("2026-05-06", "Exercises"), ("2026-05-07", "Exercises")]
    assert summaries(scene, told["url"])[:2] == [
        ("2026-05-06T08:00:00+02:00", "Übungen: Kniebeuge"),
        ("2026-05-06T18:00:00+02:00", "Übungen: Kniebeuge"),
    ]
    before = icalendar.Calendar.from_ical(scene.world.anyone().get(whole["url"]).data).walk("VEVENT")
    assert "Test clinic" not in scene.world.anyone().get(told["url"]).text
    plan.send("POST", "/pauses", {"from": "2026-05-08", "to": "2026-05-10", "reason": "Away."})
    making.publish(plan, making.carried_item(one, schedule={**TWICE, "times_per_day": 1}), effective_on="2026-05-12")
    after = icalendar.Calendar.from_ical(scene.world.anyone().get(whole["url"]).data).walk("VEVENT")
    days = [event["dtstart"].dt.isoformat() for event in after]
    assert days[:4] == ["2026-05-06", "2026-05-07", "2026-05-10", "2026-05-11"]
    assert before[0]["uid"] == after[0]["uid"]
    assert after[0]["sequence"] > before[0]["sequence"]
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": "2026-05-11"})
    assert [day for day, _ in summaries(scene, whole["url"])] == ["2026-05-06", "2026-05-07", "2026-05-10"]


def test_who_has_it_already_gets_304_and_only_new_answers_are_told_of(
    scene: Scene, noon: time_machine.Traveller, statements: Any
) -> None:
    making.publish(scene.plan(), scene.item())
    url, anyone = make(scene)["url"], scene.world.anyone()
    first = anyone.get(url)
    with statements() as seen:
        again = anyone.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, len(seen)) == (304, b"", 6)
    noon.move_to("2026-05-07T10:00:00+00:00")
    next_day = anyone.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (next_day.status_code, next_day.headers["Cache-Control"]) == (200, "private, no-cache")
    with scene.world.transaction() as session:
        mine = AuditEntry.patient_id == scene.patient.patient_id
        told = session.scalars(select(AuditEntry.action).where(mine, AuditEntry.action == "calendar.read"))
        assert len(told.all()) == 2


def test_a_revoked_feed_is_gone_at_once_and_others_stay(scene: Scene) -> None:
    kept, gone = make(scene), make(scene)
    listed = scene.patient.http.get(feeds(scene.patient)).json["items"]
    assert [each["id"] for each in listed] == [gone["id"], kept["id"]]
    assert all("url" not in each for each in listed)
    one = f"{feeds(scene.patient)}/{gone['id']}"
    assert [scene.patient.http.delete(one).status_code for _ in range(2)] == [204, 404]
    anyone = scene.world.anyone()
    assert [anyone.get(each["url"]).status_code for each in (kept, gone)] == [200, 404]


def test_an_address_that_is_not_quite_one_leads_nowhere_like_any_other(scene: Scene) -> None:
    mine, other = make(scene)["url"], make(scene)["url"]
    stem, secret = mine.removesuffix(".ics")[:-43], other.removesuffix(".ics")[-43:]
    anyone = scene.world.anyone()
    refused = [anyone.get(url) for url in (f"{stem}{secret}.ics", f"{mine[:-5]}.ics", "/v1/calendars/x.ics")]
    assert {(each.status_code, each.json["code"], each.json["detail"]) for each in refused} == {
        (404, "not_found", "There is no such calendar, or it is not yours to see.")
    }
    assert anyone.get(mine).status_code == 200


def test_the_feed_of_somebody_who_may_no_longer_sign_in_or_was_erased_is_gone(scene: Scene) -> None:
    url, anyone = make(scene)["url"], scene.world.anyone()
    me = Member.id == scene.patient.member_id
    for change, back in (
        (update(Member).where(me).values(status=MemberStatus.DISABLED), {"status": MemberStatus.ACTIVE}),
        (update(Patient).where(Patient.id == scene.patient.patient_id).values(erased_at=clock.now()), None),
    ):
        assert anyone.get(url).status_code == 200
        with scene.world.transaction() as session:
            session.execute(change)
        assert anyone.get(url).status_code == 404
        with scene.world.transaction() as session:
            if back:
                session.execute(update(Member).where(me).values(back))


@pytest.mark.parametrize(
    ("wished", "field"),
    [
        ({"times": ["25:00"]}, "/times/0"),
        ({"times": [f"{hour:02}:00" for hour in range(13)]}, "/times"),
        ({"language": "pt"}, "/language"),
        ({"details": "yes"}, "/details"),
        ({"secret": "x"}, "/secret"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(scene: Scene, wished: dict[str, Any], field: str) -> None:
    answer = scene.patient.http.post(feeds(scene.patient), json=wished)
    assert (answer.status_code, named(answer)[0][0]) == (422, field)


def test_only_the_patient_makes_reads_and_revokes_feeds_and_has_at_most_ten(scene: Scene) -> None:
    mine = make(scene)
    another = scene.world.patient(scene.lead)
    for person, status in ((scene.lead, 403), (another, 404)):
        asked = (
            person.http.post(feeds(scene.patient), json={}),
            person.http.get(feeds(scene.patient)),
            person.http.delete(f"{feeds(scene.patient)}/{mine['id']}"),
        )
        assert [each.status_code for each in asked] == [status] * 3
    assert another.http.delete(f"{feeds(another)}/{mine['id']}").status_code == 404
    assert scene.world.anyone().get(mine["url"]).status_code == 200
    for _ in range(9):
        make(scene)
    assert scene.patient.http.post(feeds(scene.patient), json={}).status_code == 409
