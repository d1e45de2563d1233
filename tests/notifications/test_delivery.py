"""What is told leaves for each device, once, as fixed words; what came of it is known, and followed."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from google.auth.exceptions import GoogleAuthError
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from development.push_service import faults
from development.push_service.faults import Fault
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs import claims
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.jobs.work import InPieces
from hep_api.foundation.settings import SettingsError
from hep_api.notifications.delivery import fcm, google
from hep_api.notifications.delivery.carriers import load_carriers
from hep_api.notifications.delivery.parcels import Answer, Parcel
from hep_api.notifications.delivery.turns import DELIVER
from hep_api.notifications.jobs.delivery import JOBS, TRIED
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.pushes import Push, PushPause
from tests.counting import StatementCounter
from tests.everything import engine_above_the_wall
from tests.notifications.phones import DEVICES, said
from tests.notifications.pushing import Pushing
from tests.world import Person


def meanwhile(act: Callable[[], object]) -> Callable[..., None]:
    """Return a plan by which something happens while the first push is under way, and nothing goes wrong."""
    done = threading.Event()

    def plan(*_: object) -> None:
        if not done.is_set():
            done.set()
            act()

    return plan


def _run_recurring(pushing: Pushing, kind: str) -> None:
    with pushing.app.app_context(), transaction() as session:
        handler = JOBS[kind]
        assert not isinstance(handler, InPieces)
        handler(session, {}, datetime.now(UTC))


SENT, WAITING = ("sent", "accepted"), ("waiting", None)


@pytest.fixture
def lead(pushing: Pushing) -> Person:
    return pushing.world.practitioner(pushing.world.clinic())


@pytest.fixture
def patient(pushing: Pushing, lead: Person) -> Person:
    return pushing.world.patient(lead)


def test_a_push_says_its_kind_an_id_and_fixed_words_in_the_phones_language(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    german, english = pushing.phone(patient, language="de"), pushing.phone(pushing.world.sign_in(patient))
    installation = "f" * 22
    third = pushing.world.sign_in(patient).http
    assert third.post(DEVICES, json={"kind": "fcm_installation", "value": installation, "platform": "ios"}).json
    [conversation] = patient.http.get("/v1/conversations").json["items"]
    subject_id = UUID(conversation["id"])
    said = {"client_id": str(uuid4()), "body": "Well done."}
    assert lead.http.post(f"/v1/conversations/{subject_id}/messages", json=said).status_code == 201
    pushing.tell(patient, kind=NoticeKind.MESSAGE, subject_id=subject_id)
    assert pushing.came(patient) == [WAITING] * 3
    pushing.run()
    assert pushing.came(patient) == [SENT] * 3
    [first], [second], [by_id] = (pushing.accepted(value) for value in (german, english, installation))
    assert first.data == second.data == {"type": "message", "id": str(subject_id)}
    assert first.payload["notification"] != second.payload["notification"]
    assert (first.kind, by_id.kind) == ("token", "fid")
    assert first.collapse_keys == second.collapse_keys == by_id.collapse_keys
    assert len(first.collapse_keys) == 1
    assert None not in {row.provider_id for row in pushing.rows(patient)}
    assert pushing.run() == 0
    assert pushing.service.kept.misshapen == []

    # Read before the next one leaves: there is nothing to be told.
    pushing.tell(patient, kind=NoticeKind.MESSAGE, subject_id=subject_id)
    assert patient.http.put(f"/v1/conversations/{subject_id}/receipt", json={"read_seq": 1}).status_code == 200
    pushing.run()
    assert pushing.came(patient)[3:] == [("dropped", "cause_gone")] * 3


def test_what_is_about_the_same_has_one_key_and_what_is_anothers_another(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    pushing.phone(patient)
    pushing.phone(lead)
    plan = pushing.tell(patient, lead, kind=NoticeKind.PLAN_PUBLISHED)
    pushing.tell(patient, kind=NoticeKind.PLAN_CHANGED, subject_id=plan)
    pushing.tell(patient, kind=NoticeKind.REMINDER, subject_id=plan)
    published, changed, reminder = (row.collapse_key for row in pushing.rows(patient))
    assert published == changed
    assert len({published, reminder, pushing.rows(lead)[0].collapse_key}) == 3


def test_a_phone_that_the_person_reads_on_is_left_out_and_the_other_is_not(pushing: Pushing, patient: Person) -> None:
    here, there = pushing.phone(patient), pushing.phone(pushing.world.sign_in(patient))
    pushing.tell(patient, but_not_on=frozenset({patient.sign_in_id}))
    pushing.run()
    assert [len(pushing.accepted(token)) for token in (here, there)] == [0, 1]


def test_a_clinic_full_of_pushes_costs_a_few_statements_to_add_and_to_take(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    pushing.phone(patient)
    others = [pushing.world.patient(lead) for _ in range(4)]
    for other in others:
        pushing.phone(other)
    engines = pushing.app.extensions["hep_database"].engine, engine_above_the_wall(pushing.app)
    count = StatementCounter(*engines)
    with count() as one:
        pushing.tell(patient)
    with count() as five:
        pushing.tell(patient, *others)
    # To act for the clinic, its devices, the rows, the job, and that it is there.
    assert len(one) == len(five) == 5, five
    pushing.run()
    with count() as of_one:
        pushing.tell(patient)
        pushing.run()
    with count() as of_five:
        pushing.tell(patient, *others)
        pushing.run()
    # Each more is recorded under the job's lock, and the next is looked at: three statements.
    assert len(of_five) - len(of_one) == 4 * 3, of_five
    assert pushing.came(patient, *others) == [SENT] * 12


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (faults.INTERNAL, "server_error"),
        (faults.UNAVAILABLE, "server_error"),
        (faults.QUOTA_EXCEEDED, "too_often"),
        (faults.PERMISSION_DENIED, "not_let_in"),
        (faults.GARBAGE, "garbled"),
        (faults.HALF, "garbled"),
        (faults.SILENCE, "no_answer"),
        (faults.HANG_UP, "no_answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_what_may_go_better_is_tried_again_and_keeps_the_device(
    pushing: Pushing, patient: Person, fault: Fault, result: str
) -> None:
    token = pushing.phone(patient)
    pushing.service.fail(fault)
    pushing.tell(patient)
    pushing.run()
    [row] = pushing.rows(patient)
    assert (row.state, row.result) == ("waiting", result)
    assert row.due_at > datetime.now(UTC)
    assert pushing.run() == 0, "not before its time"
    pushing.later()
    assert pushing.came(patient) == [SENT]
    assert len(pushing.accepted(token)) == 1
    assert len(patient.http.get(DEVICES).json["items"]) == 1


@pytest.mark.parametrize(
    ("fault", "result"),
    [(faults.UNREGISTERED, "unregistered"), (faults.SENDER_ID_MISMATCH, "sender_mismatch")],
    ids=["unregistered", "sender_mismatch"],
)
def test_a_dead_token_is_never_used_again(pushing: Pushing, patient: Person, fault: Fault, result: str) -> None:
    token = pushing.phone(patient)
    counted = TRIED.counts.get(("fcm", result), 0)
    pushing.service.fail(fault)
    pushing.tell(patient)
    pushing.tell(patient)
    pushing.run()
    assert TRIED.counts["fcm", result] == counted + 1
    # What waited for it goes with it.
    assert sorted(pushing.came(patient)) == sorted([("dropped", result), ("dropped", "device_gone")])
    assert patient.http.get(DEVICES).json["items"] == []
    pushing.tell(patient)
    pushing.later()
    assert len(pushing.rows(patient)) == 2
    assert pushing.accepted(token) == []


def test_retry_after_holds_back_all_that_is_for_the_device_and_nothing_else(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    token, others = pushing.phone(patient), pushing.phone(lead)
    pushing.service.fail(faults.QUOTA_EXCEEDED.after(600), to=token)
    asked = datetime.now(UTC) + timedelta(seconds=600)
    pushing.tell(patient)
    pushing.tell(patient)
    pushing.tell(lead)
    pushing.run()
    assert len(pushing.accepted(others)) == 1
    assert all(row.due_at >= asked and row.state == "waiting" for row in pushing.rows(patient))
    pushing.later()
    assert len(pushing.accepted(token)) == 2


def test_what_is_too_old_is_not_sent(pushing: Pushing, patient: Person) -> None:
    token = pushing.phone(patient)
    pushing.tell(patient, lives=timedelta(0))
    pushing.run()
    assert pushing.came(patient) == [("expired", None)]
    assert pushing.accepted(token) == []


def test_a_silent_provider_is_asked_twice_and_then_left_alone_until_it_answers(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    people = [patient, *(pushing.world.patient(lead) for _ in range(5))]
    for person in people:
        pushing.phone(person)
    pushing.service.fail(faults.HANG_UP, times=2)
    pushing.tell(*people)
    pushing.run()
    assert sorted(pushing.came(*people), key=str) == sorted([("waiting", "no_answer")] * 2 + [WAITING] * 4, key=str)
    with pushing.world.transaction() as session:
        pause = session.scalars(select(PushPause)).one()
    assert pause.paused_until
    assert pause.paused_until > datetime.now(UTC)
    # Nobody looked at them: what tries there are is not used up.
    assert {row.attempts for row in pushing.rows(*people)} == {0}
    pushing.later()
    assert pushing.came(*people) == [SENT] * 6
    with pushing.world.transaction() as session:
        assert session.scalars(select(PushPause)).all() == []


def test_no_token_from_google_makes_all_wait(pushing: Pushing, patient: Person) -> None:
    pushing.phone(patient)
    pushing.tell(patient)
    pushing.service.take_tokens_back()
    pushing.service.fail_tokens(faults.UNAVAILABLE)
    pushing.run()
    assert pushing.came(patient) == [("waiting", "not_let_in")]
    pushing.later()
    assert pushing.came(patient) == [SENT]


def test_a_device_that_changes_hands_while_a_turn_is_under_way_gets_nothing(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    pushing.phone(lead)
    shared = pushing.phone(patient)
    pushing.tell(lead)
    pushing.tell(patient)
    another = pushing.world.patient(lead)
    # The first is on its way, both are in the worker's hands.
    pushing.service.plan = meanwhile(lambda: another.http.post(DEVICES, json=said(shared)))
    pushing.run()
    assert pushing.came(lead, patient) == [SENT, ("dropped", "device_gone")]
    assert pushing.accepted(shared) == []


def test_something_urgent_overtakes_what_a_worker_has_in_its_hands(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    alarmed = pushing.phone(lead)
    tokens = [pushing.phone(pushing.world.sign_in(patient)) for _ in range(4)]
    pushing.tell(patient)
    pushing.service.plan = meanwhile(lambda: pushing.tell(lead, urgent=True))
    pushing.run()
    assert [push.address for push in pushing.service.kept.accepted()].index(alarmed) == 1
    assert [len(pushing.accepted(token)) for token in tokens] == [1] * 4


def test_a_worker_whose_lease_ran_out_sends_nothing_more_and_another_does(
    pushing: Pushing, lead: Person, patient: Person
) -> None:
    tokens = [pushing.phone(pushing.world.sign_in(patient)) for _ in range(3)]
    pushing.tell(patient)

    def overtake() -> None:
        past = datetime.now(UTC) - timedelta(seconds=1)
        with pushing.world.transaction() as session:
            session.execute(update(Job).where(Job.kind == DELIVER, Job.outcome.is_(None)).values(leased_until=past))
        with pushing.app.app_context(), transaction() as session:
            assert claims.claim_next(session, datetime.now(UTC), timedelta(seconds=60))

    pushing.service.plan = meanwhile(overtake)
    pushing.run()
    # The one that was accepted is known to be.
    assert sorted(pushing.came(patient), key=str) == sorted([SENT, WAITING, WAITING], key=str)
    pushing.later()
    assert pushing.came(patient) == [SENT] * 3
    assert [len(pushing.accepted(token)) for token in tokens] == [1] * 3


def test_the_victim_of_a_deadlock_goes_on_with_what_it_has_in_hand(
    pushing: Pushing, patient: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = pushing.phone(patient)
    for _ in range(3):
        pushing.tell(patient)
    database = pushing.app.extensions["hep_database"]
    fallen = []

    def fall_once(session: Session) -> None:
        if not fallen and session.scalar(text("SELECT count(*) FROM push WHERE state = 'sent'")) == 1:
            fallen.append("when the first was noted")
            session.execute(text("DO $$ BEGIN RAISE deadlock_detected; END $$"))

    monkeypatch.setattr(database, "_before_commit", (*database._before_commit, fall_once))
    pushing.run()
    assert (len(fallen), len(pushing.accepted(phone))) == (1, 3)
    assert pushing.came(patient) == [("sent", "accepted")] * 3


def test_a_push_that_breaks_its_carrier_holds_up_no_other(
    pushing: Pushing, lead: Person, patient: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = pushing.phone(patient), pushing.phone(lead)
    send = fcm.Fcm.send

    def send_or_break(self: fcm.Fcm, parcel: Parcel, now: datetime) -> Answer:
        if parcel.address.value == broken:
            raise RuntimeError(broken)
        sent = send(self, parcel, now)
        # What a provider calls it may be nothing that a database keeps.
        return replace(sent, provider_id="a\x00b\ud800")

    monkeypatch.setattr(fcm.Fcm, "send", send_or_break)
    pushing.tell(patient)
    for _ in range(6):
        pushing.tell(lead)
        pushing.later()
    assert pushing.came(lead) == [SENT] * 6
    assert {row.provider_id for row in pushing.rows(lead)} == {None}
    assert len(pushing.accepted(whole)) == 6
    # It counts as tried, and the provider is none the worse for it.
    [row] = pushing.rows(patient)
    assert (row.state, row.result, row.attempts) == ("waiting", "garbled", 6)
    with pushing.world.transaction() as session:
        assert session.scalars(select(PushPause)).all() == []


def test_several_at_once_send_each_once(pushing: Pushing, lead: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [pushing.world.patient(lead) for _ in range(7)]
    tokens = [pushing.phone(person) for person in people]
    pushing.service.fail(faults.INTERNAL, to=tokens[3])
    object.__setattr__(pushing.app.extensions["hep_settings"], "push_parallel", 4)
    try:
        pushing.tell(*people)
        pushing.run()
        pushing.later()
    finally:
        object.__setattr__(pushing.app.extensions["hep_settings"], "push_parallel", 1)
    assert pushing.came(*people) == [SENT] * 7
    assert [len(pushing.accepted(token)) for token in tokens] == [1] * 7


def test_what_no_job_stands_for_is_found_and_what_is_old_is_removed(pushing: Pushing, patient: Person) -> None:
    token = pushing.phone(patient)
    pushing.tell(patient)
    with pushing.world.transaction() as session:
        session.execute(Job.__table__.delete())
    _run_recurring(pushing, "notifications.sweep_pushes")
    pushing.run()
    assert len(pushing.accepted(token)) == 1
    with pushing.world.transaction() as session:
        session.execute(update(Push).values(finished_at=datetime.now(UTC) - timedelta(days=91)))
    _run_recurring(pushing, "notifications.prune_pushes")
    pushing.run()
    assert pushing.rows(patient) == []


def test_without_credentials_it_is_recorded_and_not_sent_when_they_come(pushing: Pushing, patient: Person) -> None:
    pushing.phone(patient)
    carriers = pushing.app.extensions["hep_carriers"]
    settings = pushing.app.extensions["hep_settings"]
    pushing.app.extensions["hep_carriers"] = load_carriers(replace(settings, firebase_credentials_file=""))
    try:
        pushing.tell(patient)
        assert pushing.run() == 0
    finally:
        pushing.app.extensions["hep_carriers"] = carriers
    assert pushing.came(patient) == [("not_configured", None)]
    pushing.later()
    assert pushing.came(patient) == [("not_configured", None)]


def test_a_key_file_that_is_none_is_refused_at_the_start(pushing: Pushing, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text('{"project_id": "x"}')
    settings = pushing.app.extensions["hep_settings"]
    with pytest.raises(SettingsError, match="HEP_FIREBASE_CREDENTIALS_FILE"):
        load_carriers(replace(settings, firebase_credentials_file=str(file)))


@pytest.mark.parametrize("said", [{"expires_in": 10**12}, {"expires_in": "soon"}, {"expires_in": -(10**400)}, [], 7])
def test_a_token_with_an_impossible_life_is_none_or_ends_within_a_day(pushing: Pushing, said: Any) -> None:
    settings = pushing.app.extensions["hep_settings"]
    token = google.SendingToken(json.loads(Path(settings.firebase_credentials_file).read_text()))
    given = {"access_token": "x", **said} if isinstance(said, dict) else said
    answer = SimpleNamespace(status=200, data=json.dumps(given))
    try:
        token.refresh(lambda **_: answer)
    except GoogleAuthError:
        return
    assert token.expiry <= datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)


def test_the_private_names_of_firebase_admin_that_we_use_exist(pushing: Pushing) -> None:
    settings = pushing.app.extensions["hep_settings"]
    carrier = fcm.Fcm("x", json.loads(Path(settings.firebase_credentials_file).read_text()), 1.0)
    assert carrier._service._fcm_url == "https://fcm.googleapis.com/v1/projects/x/messages:send"
    session = carrier._service._client._session
    adapters = [session.get_adapter(carrier._service._fcm_url), session._auth_request.session.get_adapter("https://x")]
    assert [adapter.max_retries.total for adapter in adapters] == [0, 0]
    assert carrier._service._client.timeout == 1.0
