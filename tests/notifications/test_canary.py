"""Nothing of anybody's health leaves in a notice: every kind is told by push and by mail, to people in whose every word
a canary sits, and every byte that came in at the push service and at the mail server is searched for one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import update

from hep_api.clinics.models import Clinic, Member
from hep_api.notifications.kinds import OF_PATIENTS, OF_STAFF, NoticeKind
from hep_api.notifications.wording.english import ENGLISH
from hep_api.notifications.wording.phrasebook import Phrase
from tests.mail.server import Letterbox, taking_mail_of
from tests.messaging.test_check_ins import TEMPLATE
from tests.notifications.pushing import Pushing
from tests.notifications.telling import Telling, make_telling
from tests.plans import making

BERLIN = ZoneInfo("Europe/Berlin")
CANARY = "Kanarienvogel"


@pytest.fixture
def telling(pushing: Pushing) -> Iterator[Telling]:
    nine = datetime.now(BERLIN).replace(hour=9, minute=0, second=0, microsecond=0)
    with time_machine.travel(nine.astimezone(UTC), tick=False) as clock:
        made = make_telling(pushing, clock)
        with made.talk.world.transaction() as session:
            of_clinic = Member.clinic_id == made.lead.clinic_id
            session.execute(update(Member).where(of_clinic).values(name=CANARY, name_folded=CANARY))
            session.execute(
                update(Clinic).where(Clinic.id == made.lead.clinic_id).values(name=CANARY, response_hours=4)
            )
        by_both = dict.fromkeys([kind.value for kind in OF_PATIENTS], "both")
        staffs = dict.fromkeys([kind.value for kind in OF_STAFF], "both")
        made.settle(
            patients={"channels": by_both, "quiet_hours": {"is_on": False}, "most_a_day": 200},
            staff={"channels": staffs, "quiet_hours": {"is_on": False}, "most_a_day": 200},
        )
        yield made


def tell_everything(telling: Telling) -> None:
    """Let everything happen that is told, through public doors."""
    patient, lead, of_patient = telling.patient, telling.lead, f"/v1/patients/{telling.patient.patient_id}"
    plan = making.start(lead, patient, title=CANARY, own_why=CANARY, goals=[CANARY])
    exercise = making.exercise(lead, name=CANARY, summary=CANARY, steps=[CANARY])
    squats = making.publish(plan, making.new_item(exercise))
    telling.after(minutes=5)
    making.publish(plan, making.carried_item(squats[0], dose={"sets": 2, "reps": 8, "note": CANARY}))
    telling.after(minutes=5)
    template = {**TEMPLATE, "title": {"en": CANARY}}
    template_id = lead.http.post("/v1/check-in-templates", json=template).get_json()["id"]
    assert lead.http.post(f"{of_patient}/check-ins", json={"template_id": template_id}).status_code == 201
    telling.say(lead, CANARY)
    telling.say(patient, f"{CANARY}: I have chest pain")
    tag = {"If-Match": patient.http.get(f"{of_patient}/reminders").headers["ETag"]}
    wished = {"is_on": True, "times": [{"at": "09:30"}], "nudge": True, "nudge_at": "20:00"}
    assert patient.http.put(f"{of_patient}/reminders", json=wished, headers=tag).status_code == 200
    device = patient.http.get("/v1/me/devices").get_json()["items"][0]["id"]
    assert patient.http.post(f"/v1/me/devices/{device}/test").status_code == 202
    for hours in (0.1, 0.3, 1, 2, 3, 4, 1, 3):
        telling.after(hours=hours)


def whereabouts(telling: Telling, letters: Letterbox) -> tuple[bool, bool]:
    """Return whether a canary is in anything that the push service got, and in anything that the mail server got."""
    pushed = b"\n".join(telling.pushing.service.kept.raw)
    mailed = "\n".join(
        f"{mail.as_string()}{part.get_content()}"
        for mail in letters.taken
        for part in mail.walk()
        if not part.is_multipart()
    )
    assert pushed
    return CANARY.encode() in pushed, CANARY in mailed


def test_no_kind_of_notice_carries_a_word_of_anybodys_and_one_that_did_would_be_found(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    with taking_mail_of(telling.pushing.app) as letters:
        tell_everything(telling)
        told = {*telling.rang(telling.patients), *telling.rang(telling.leads)}
        assert told == {kind.value for kind in NoticeKind}
        assert {mail["To"].split("-")[0] for mail in letters.taken} == {"patient", "practitioner", "owner"}
        assert whereabouts(telling, letters) == (False, False)
        ids = {
            str(value)
            for phone in (telling.patients, telling.leads)
            for each in telling.pushing.accepted(phone)
            for value in each.data.values()
        }
        assert ids.isdisjoint({str(telling.patient.patient_id), str(telling.lead.clinic_id)})

        # The search bites: a text that somebody's words were filled into is found, by either way.
        monkeypatch.setitem(ENGLISH.phrases, NoticeKind.MESSAGE, Phrase("New message", f"{CANARY} wrote to you."))
        telling.talk.report(telling.patient, read_seq=50)
        telling.say(telling.lead, "Hello")
        telling.after(minutes=1)
        telling.after(hours=2)
        assert whereabouts(telling, letters) == (True, True)
