"""A patient's plain message is proven, numbered, kept and recorded by one statement, or goes the long way, as ever."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH
from sqlalchemy import select, text, update

from hep_api.accounts.models.identity import SignIn
from hep_api.audit.models import AuditEntry
from hep_api.clinics.models import Clinic, Member, MemberStatus, Patient
from hep_api.foundation.foreseeing import Unforeseen, refuse_unforeseen
from hep_api.foundation.jobs.models import Job
from hep_api.messaging import numbering_at_once
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message
from hep_api.messaging.schemas.messages import MessageOut, written
from hep_api.messaging.shown import shown
from hep_api.reactions import FORESIGHTS, REACTIONS
from tests.audit.reading import record_of
from tests.audit.test_sockets import Line
from tests.counting import StatementCounter
from tests.messaging.alerting import ALARMING, CALM
from tests.messaging.conftest import Scene, make_scene
from tests.messaging.hearing import told
from tests.messaging.test_clock import ALWAYS, settle
from tests.messaging.test_reopening import close, done
from tests.world import LONG_AGO, Person, World

NEVER = {day: [] for day in ALWAYS}


class Phone:
    """A patient's connection, by which they have written before: the process knows them and their clinic's settings."""

    def __init__(self, scene: Scene, person: Person, statements: StatementCounter) -> None:
        self.scene = scene
        self.line = Line(scene.world.app.extensions["hep_realtime"], person)
        self._statements = statements

    def send(self, body: str = CALM, **content: Any) -> dict[str, Any]:
        said = {"conversation_id": str(self.scene.id), "client_id": str(uuid4()), "body": body, **content}
        return self.line.ask("message.send", **said)

    def costs(self, body: str = CALM, **content: Any) -> tuple[dict[str, Any], int]:
        """Send, and return the answer and how many statements that took."""
        with self._statements() as seen:
            answer = self.send(body, **content)
        return answer, len(seen)


@pytest.fixture
def phone(scene: Scene, statements: StatementCounter) -> Iterator[Phone]:
    opened = Phone(scene, scene.patient, statements)
    assert opened.send("first")["data"]["seq"] == 1
    yield opened
    opened.line.close()


def test_the_same_comes_of_it_as_of_the_long_way(world: World, statements: StatementCounter) -> None:
    clinic_id, found = world.clinic(), {}
    scenes = {way: make_scene(world, clinic_id) for way in ("long", "short")}
    _change_settings(world, clinic_id)
    for way, scene in scenes.items():
        phone = Phone(scene, scene.patient, statements)
        with told(world.app) as heard:
            answer, count = phone.costs(reply_to_seq=None)
        phone.line.close()
        assert (answer["ok"], answer["data"]["seq"], count) == (True, 1, 7 if way == "long" else 1)
        assert heard.to(scene.patient) == heard.to(scene.lead) == [("message.created", answer["data"])]
        assert len(heard.all) == 1
        found[way] = _left(scene, answer["data"])
    assert found["long"] == found["short"]


def _change_settings(world: World, clinic_id: UUID) -> None:
    """Let the clinic have settings that no process has read yet."""
    with world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == clinic_id).values(version=Clinic.version + 1))


def _left(scene: Scene, sent: dict[str, Any]) -> dict[str, Any]:
    """Return all that a message left, with names in the place of what is another each time."""
    with scene.world.transaction() as session:
        conversation = session.scalars(select(Conversation).where(Conversation.id == scene.id)).one()
        message = session.scalars(select(Message).where(Message.conversation_id == scene.id)).one()
        job = session.scalars(select(Job).where(Job.dedupe_key.contains(str(scene.id)))).one()
        entry = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.patient_id == scene.patient.member_id)
            .order_by(AuditEntry.seq.desc())
            .limit(1)
        ).one()
        assert message.sent_at == conversation.active_at == conversation.waiting_since == job.created_at
        assert MessageOut().dump(shown(message)) == sent
        rows = {each.__tablename__: _as_words(each) for each in (conversation, message, job, entry)}
        rows["job"]["after"] = (job.run_at - job.created_at).total_seconds()
    names = {
        str(scene.id): "conversation",
        str(scene.patient.member_id): "patient",
        str(scene.patient.account_id): "account",
        str(scene.patient.sign_in_id): "sign-in",
        sent["client_id"]: "client id",
        sent["sent_at"]: "now",
    }
    told_of = json.dumps({"rows": rows, "sent": sent}, sort_keys=True)
    for each, name in names.items():
        told_of = told_of.replace(each, name)
    return json.loads(told_of)  # type: ignore[no-any-return]


def _as_words(row: Any) -> dict[str, Any]:
    another = {"at", "hash", "previous_hash", "request_id", "created_at", "run_at", "words", "body_words"}
    values = {name: getattr(row, name) for name in row.__table__.columns.keys() if name not in another}  # noqa: SIM118
    if row.__tablename__ in {"job", "audit_entry"}:
        values.pop("id", None)
        values.pop("seq", None)
    return {name: json.loads(json.dumps(value, default=_word)) for name, value in values.items()}


def _word(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def test_a_message_that_is_sent_again_is_the_first_one_and_other_words_are_refused(phone: Phone) -> None:
    client_id = str(uuid4())
    first, count = phone.costs(client_id=client_id)
    assert count == 1
    with told(phone.scene.world.app) as heard:
        again, other = phone.send(client_id=client_id), phone.send("Other words.", client_id=client_id)
    assert (again, other["code"], heard.all) == (first, "conflict", [])
    after = phone.costs()
    assert (after[0]["data"]["seq"], after[0]["data"]["change"], after[1]) == (3, 3, 1)


def test_a_reply_is_to_a_message_that_is_there(phone: Phone) -> None:
    answer, count = phone.costs(reply_to_seq=1)
    assert (answer["data"]["reply_to_seq"], count) == (1, 1)
    assert phone.send(reply_to_seq=3)["errors"][0]["field"] == "/reply_to_seq"
    assert phone.send()["data"]["seq"] == 3


@pytest.mark.parametrize("words", [ALARMING, "Help,\u200bchest\u200bpa\u00adin"], ids=["seen", "unseen"])
def test_words_that_are_a_red_flag_raise_it(phone: Phone, words: str) -> None:
    with told(phone.scene.world.app) as heard:
        answer, count = phone.costs(words)
    assert (answer["data"]["seq"], count > 1) == (2, True)
    assert "flag.raised" in heard.names_to(phone.scene.lead)


def test_a_clinic_that_has_changed_its_settings_is_not_judged_by_the_former_ones(phone: Phone) -> None:
    manager = phone.scene.world.manager(phone.scene.lead.clinic_id)
    assert phone.costs()[1] == 1
    assert settle(manager, {"opening_hours": NEVER}).status_code == 200
    with told(phone.scene.world.app) as heard:
        closed, again = phone.costs(), phone.costs()
    kinds = [payload["kind"] for _, payload in heard.to(phone.scene.patient)]
    assert (kinds, closed[1] > 1, again[1]) == (["text", "notice", "text"], True, 1)
    assert again[0]["data"]["seq"] == closed[0]["data"]["seq"] + 2


def test_a_closed_conversation_opens_and_one_that_has_ended_stays_so(phone: Phone) -> None:
    close(phone.scene)
    answer, count = phone.costs()
    assert (answer["data"]["seq"], count > 1, [change for change, _ in done(phone.scene)]) == (
        2,
        True,
        ["closed", "reopened"],
    )
    with phone.scene.world.transaction() as session:
        session.execute(update(Conversation).where(Conversation.id == phone.scene.id).values(ended_at=LONG_AGO))
    assert phone.send()["code"] == "conversation_ended"


def test_what_else_is_said_with_it_is_looked_at(phone: Phone) -> None:
    about = {"kind": "event", "id": str(uuid4())}
    assert phone.send(about=about)["errors"][0]["field"] == "/about/id"
    assert phone.send(attachment_ids=[str(uuid4())])["errors"][0]["field"] == "/attachment_ids/0"
    assert phone.send(body="")["status"] == phone.send(body=7)["status"] == 422
    assert phone.costs()[0]["data"]["seq"] == 2


def test_who_may_no_longer_is_refused_though_remembered(phone: Phone) -> None:
    scene, ours = phone.scene, phone.scene.patient
    turns: list[tuple[Any, str]] = [
        (update(SignIn).where(SignIn.id == ours.sign_in_id).values(ended_at=LONG_AGO), "sign_in_ended"),
        (update(Member).where(Member.id == ours.member_id).values(status=MemberStatus.DISABLED), "sign_in_ended"),
        (update(Patient).where(Patient.id == ours.member_id).values(erased_at=LONG_AGO), "not_found"),
    ]
    for turn, code in turns:
        assert phone.costs()[1] == 1
        with scene.world.transaction() as session:
            session.execute(turn)
        with told(scene.world.app) as heard:
            assert (phone.send()["code"], heard.all) == (code, [])
        _undo(scene)
    denied = [entry.subject for entry in record_of(scene.world, ours.clinic_id) if entry.outcome.value == "denied"]
    assert len(denied) == len(turns)


def _undo(scene: Scene) -> None:
    ours = scene.patient
    with scene.world.transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == ours.sign_in_id).values(ended_at=None))
        session.execute(update(Member).where(Member.id == ours.member_id).values(status=MemberStatus.ACTIVE))
        session.execute(update(Patient).where(Patient.id == ours.member_id).values(erased_at=None))


def test_nobody_writes_into_a_conversation_that_is_not_theirs(phone: Phone, world: World) -> None:
    other = make_scene(world, phone.scene.lead.clinic_id)
    elsewhere = make_scene(world)
    staff = phone.scene.lead.http.put(f"/v1/patients/{phone.scene.patient.member_id}/staff-conversation")
    assert staff.status_code in (200, 201), staff.get_json()
    for foreign in (other.id, elsewhere.id, UUID(staff.get_json()["id"]), uuid4()):
        assert phone.send(conversation_id=str(foreign))["code"] == "not_found"
    assert phone.costs()[1] == 1
    assert [other.read(other.lead)["last_seq"], elsewhere.read(elsewhere.lead)["last_seq"]] == [0, 0]


def test_staff_go_the_long_way_on_which_clocks_stop(phone: Phone, statements: StatementCounter) -> None:
    lead = Phone(phone.scene, phone.scene.lead, statements)
    assert [lead.costs()[1] > 1, lead.costs()[1] > 1] == [True, True]
    assert phone.scene.seen_by(phone.scene.patient)["promise"]["answer_by"] is None
    lead.line.close()


def test_both_ways_at_once_leave_no_gap_and_nothing_twice(phone: Phone, statements: StatementCounter) -> None:
    lead = Phone(phone.scene, phone.scene.lead, statements)
    ids = [str(uuid4()) for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda n: (phone, lead)[n % 2].send(str(n), client_id=ids[n // 2]), range(48)))
        again = list(pool.map(lambda n: phone.send(str(n), client_id=ids[n // 2]), range(0, 48, 2)))
    lead.line.close()
    assert [answer["ok"] for answer in sent] == [True] * 48
    assert sorted(answer["data"]["seq"] for answer in sent) == list(range(2, 50))
    assert [answer["data"] for answer in again] == [answer["data"] for answer in sent[::2]]
    kept = phone.scene.read(phone.scene.lead, "?limit=200&after=0")
    assert [each["seq"] for each in kept["items"]] == list(range(1, 50))


def test_a_lost_connection_sends_it_the_long_way_and_once(phone: Phone, world: World) -> None:
    assert phone.costs()[1] == 1
    with world.transaction() as session:
        others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND "
        session.execute(text(others + "pid <> pg_backend_pid() AND state = 'idle' AND backend_type = 'client backend'"))
    assert phone.send()["data"]["seq"] == 3
    assert phone.costs()[1] == 1


def test_a_reaction_of_which_nobody_foresees_what_it_does_stops_the_start() -> None:
    refuse_unforeseen(REACTIONS, FORESIGHTS)

    def something_new(*_: object) -> None:
        """Stand for a reaction that somebody adds."""

    added = {**REACTIONS, MessageSent: (*REACTIONS[MessageSent], something_new)}
    with pytest.raises(Unforeseen, match="something_new to MessageSent"):
        refuse_unforeseen(added, FORESIGHTS)


def test_a_message_is_written_as_by_the_schema(scene: Scene) -> None:
    scene.say(scene.patient, CALM)
    with scene.world.transaction() as session:
        for message in session.scalars(select(Message).where(Message.conversation_id == scene.id)):
            for reply in (None, 1):
                message.reply_to_seq = reply
                dumped = MessageOut().dump(shown(message))
                assert json.dumps(written(shown(message))) == json.dumps(dumped)
        session.rollback()


def test_settings_that_have_changed_in_any_way_are_read_first(phone: Phone) -> None:
    _change_settings(phone.scene.world, phone.scene.lead.clinic_id)
    assert [phone.costs()[1] > 1, phone.costs()[1]] == [True, 1]


def test_the_statement_is_short_enough_for_psycopg_to_remember_how_it_reads_it() -> None:
    assert len(numbering_at_once.STATEMENT[0]) <= MAX_CACHED_STATEMENT_LENGTH
