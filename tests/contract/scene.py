"""Patients' stories in two clinics, and everyone who has no part in one of them: the ground of the who-may matrix.

Whatever may be read somewhere carries a canary: a word that must not reach those who may not read it. `make` plays the
patient's story; `belongings_of` plays the same one for those who try with what is theirs to get at what is the
patient's. What belongs to a patient by an id of its own is a field of `Belongings`: made in `_belongings`, and from
then on crossed with everybody's addresses and bodies.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hep_api.accounts.actions import password_resets
from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import Account, PasswordReset, SignIn
from hep_api.adherence.models.suggestions import DoseSuggestion, SuggestionState
from hep_api.clinics.folders import folder_of_patient
from hep_api.clinics.models import Clinic, Location, Member, MemberStatus, Patient
from hep_api.foundation.mail.models import BounceReason, BounceWay, MailBounce
from hep_api.insights.evidence import evidence
from hep_api.insights.models import AttentionChange, AttentionEntry
from hep_api.insights.vocabulary import Change, Rule, State
from hep_api.integrations.handouts.links import make_link
from hep_api.integrations.handouts.wishes import Wishes
from hep_api.integrations.languages import Language
from hep_api.library.models.drawings import Drawing
from hep_api.messaging.models.flags import CauseKind, RedFlag, RedFlagCause, RedFlagStep, StepKind
from hep_api.messaging.models.sent_content import SentContent
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.mailing.endings import token_for
from hep_api.notifications.models.pushes import Push
from hep_api.notifications.models.reminders import Reminder, ReminderSetting, ReminderState
from hep_api.plans.models.revisions import RevisionItem
from hep_api.rights.models import PatientExport
from tests.authenticator import Authenticator
from tests.contract import factors
from tests.contract.canaries import (
    ABROAD,
    ADMINISTRATION,
    ANOTHERS,
    BIRTHDAY,
    CLINIC,
    NOBODYS,
    OWN,
    RECORD,
)
from tests.plans import making
from tests.world import Person, Phone, World, expired

PASSWORD = "canary and a battery"
IMAGE_PNG = "aW1hZ2UvcG5n"
# One pixel.
A_PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC")
A_DOCUMENT = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
BIRTHDAY_OF_KIM = "1975-06-30"
OWING = "owing"
OF_CHECK_INS = ("check_in_template_id", "check_in_rule_id", "clinic_check_in_rule_id", "check_in_id")
EVIDENCE = {
    "from": "2026-04-29",
    "to": "2026-05-05",
    "completion": {"value": 1, "numerator": 7, "denominator": 7},
    "pain_reports": 0,
    "highest_pain": None,
}
NOT_SIGNED_IN = ("anonymous", "expired", "forged", "signed_out", "disabled")
# Who has a patient of their own to try with, and who that patient is.
STRANGERS = {"other_practitioner": "other_patient", "b_practitioner": "b_patient"}


@dataclass(frozen=True)
class Belongings:
    """What belongs to one patient and to those who treat them, by its ids.

    The colleague may join the care team, the teammate may leave it; the draft is the lead's alone. `invited` is a
    patient, and `invited_member_id` somebody of the staff, who has not come in yet; the sign-in and the passkey are
    an owner's.
    """

    clinic_id: UUID
    location_id: UUID
    patient_id: UUID
    lead_id: UUID
    sign_in_id: UUID
    colleague_id: UUID
    teammate_id: UUID
    plan: making.MadePlan
    exercise_id: UUID
    draft_id: UUID
    prescription_id: UUID
    pause_id: UUID
    goal_id: UUID
    ended_plan_id: UUID
    suggestion_id: UUID
    attention_id: UUID
    flag_id: UUID
    conversation_id: UUID
    staff_conversation_id: UUID
    attachment_id: UUID
    waiting_attachment_id: UUID
    attachment_upload_id: UUID
    event_id: UUID
    emergency_access_id: UUID
    cover_id: UUID
    reply_id: UUID
    export_id: UUID
    erasure_id: UUID
    passkey_id: UUID
    device_id: UUID
    push_id: UUID
    feed_id: UUID
    report_id: UUID
    calendar_url: str
    asset_id: UUID
    upload_id: UUID
    template_id: UUID
    content_id: UUID
    check_in_template_id: UUID
    check_in_rule_id: UUID
    clinic_check_in_rule_id: UUID
    check_in_id: UUID
    invited: dict[str, Any]
    invited_member_id: str


@dataclass(frozen=True)
class Scene(Belongings):
    """The people by their part, and what belongs to the patient."""

    world: World
    people: dict[str, Person]
    phones: dict[str, Phone]
    entered: dict[str, Any]
    challenge: str
    stories: dict[str, Belongings] = field(default_factory=dict, repr=False)

    def etag(self, path: str, part: str) -> str:
        """Return the ETag of something as this part gets it, or else as an owner does."""
        for asking in (part, "owner", "b_owner"):
            answer = self.phones[asking].get(path)
            if answer.status_code == 200:
                return answer.headers["ETag"]
        return '"nobody-gets-one"'

    def reset_token(self) -> str:
        """Return a token by which the patient who came in may choose a new password."""
        with self.world.transaction() as session:
            account = session.scalars(select(Account.id).where(Account.email == self.entered["email"])).one()
            session.execute(delete(PasswordReset).where(PasswordReset.account_id == account))
            return password_resets.open_reset(session, account, datetime.now(UTC)) or ""

    @property
    def content_seq(self) -> int:
        """The number of the message that carries content."""
        with self.world.transaction() as session:
            of_patient = SentContent.conversation_id == self.conversation_id
            return session.scalar(select(SentContent.seq).where(of_patient).order_by(SentContent.seq).limit(1)) or 1

    @property
    def drawing_digest(self) -> str:
        """The digest of a drawing."""
        with self.world.transaction() as session:
            drawing = Drawing(digest="0" * 64, key="bridge", svg="<svg/>")
            return session.merge(drawing).digest

    def token_of(self, path: str) -> str:
        """Return the token that a path of the contract has, by what it leads to."""
        if "/files/" in path:
            return self.file_token
        if "/handouts/" in path:
            return self.handout_token
        if "/unsubscribe/" in path:
            return self.ending_token
        return self.calendar_url.rpartition("/")[2].removesuffix(".ics") if "/calendars/" in path else ""

    @property
    def handout_token(self) -> str:
        """The secret part of a link to the handout of the patient's plan."""
        wishes = Wishes(language=Language.ENGLISH)
        with self.world.app.app_context():
            return make_link(self.clinic_id, self.plan.id, wishes, datetime.now(UTC)).page_url.rpartition("/")[2]

    @property
    def ending_token(self) -> str:
        """The secret part of a link that ends mails to the patient."""
        with self.world.app.app_context():
            return token_for(self.clinic_id, self.patient_id, [NoticeKind.MESSAGE])

    @property
    def file_token(self) -> str:
        """The secret part of a link to a file of the patient's."""
        store, path = self.world.app.extensions["hep_files"], folder_of_patient(self.clinic_id, self.patient_id)
        store.put(f"{path}/x-ray.png", RECORD.encode())
        link = self.world.app.extensions["hep_file_links"].make(f"{path}/x-ray.png", "x-ray.png", datetime.now(UTC))
        token: str = link.url.rpartition("/")[2]
        return token

    def belongings_of(self, practitioner: str) -> Belongings:
        """Return what belongs to a practitioner's own patient, playing the story when it is first asked for."""
        if practitioner not in self.stories:
            lead, patient = self.people[practitioner], self.people[STRANGERS[practitioner]]
            words = (ANOTHERS, CLINIC) if lead.clinic_id == self.clinic_id else (ABROAD, ABROAD)
            colleague, teammate, looker = (self.world.practitioner(lead.clinic_id) for _ in range(3))
            self.world.join_care_team(patient, teammate)
            # On a device of its own: the scene's have questions waiting for an answer.
            owner = self.world.step_up(self.world.sign_in(self.people["owner" if words[1] == CLINIC else "b_owner"]))
            self.stories[practitioner] = _belongings(lead, patient, colleague, teammate, looker, owner, *words)
            _finish_exports(self.world)
            _have_pushes_retried(self.world)
            _suggest_a_dose(self.world, self.stories[practitioner], words[0])
            _call_for_attention(self.world, self.stories[practitioner], words[0])
            _raise_flags(self.world, self.stories[practitioner], words[0])
        return self.stories[practitioner]

    def seen_from(self, mine: Belongings, **foreign: Any) -> "Scene":
        """Return the scene in which everything is `mine`, except for what is named."""
        return replace(self, **{each.name: getattr(mine, each.name) for each in fields(Belongings)} | foreign)


def make(world: World, *, managers_may_read_records: bool = False) -> Scene:
    """Make the scene: a plan with a pause, events, messages, and people all around."""
    clinic_id = world.clinic(managers_may_read_records=managers_may_read_records)
    people = _people(world, clinic_id)
    _name(world, people["patient"])
    _settle_messages(people["owner"])
    _give_password(world, people)
    concerned = [people[part] for part in ("lead", "patient", "other_practitioner", "disabled", "former", "owner")]
    ours = _belongings(*concerned, RECORD, CLINIC)
    _finish_exports(world)
    _have_pushes_retried(world)
    _suggest_a_dose(world, ours, RECORD)
    _call_for_attention(world, ours, RECORD)
    _raise_flags(world, ours, RECORD)
    _wish_for_reminders(world, ours)
    _let_mail_bounce(world, ours)
    factors.give_factors(world, people.values())
    return Scene(
        **{each.name: getattr(ours, each.name) for each in fields(Belongings)},
        world=world,
        people=people,
        phones=_phones(world, people),
        entered=_enter(world, people["lead"]),
        challenge=factors.ask(world, _enter(world, people["lead"])),
    )


def require_second_factor(scene: Scene) -> None:
    """Let the clinic require a second factor, which all have shown but the lead on a further device: it is owing."""
    for practitioner in STRANGERS:
        scene.belongings_of(practitioner)  # while those in it need none
    with scene.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == scene.clinic_id).values(second_factor_required=True))
    scene.phones[OWING] = scene.world.sign_in(scene.people["lead"]).http


def event(scene: Belongings, **content: Any) -> dict[str, Any]:
    """A batch of one event that makes sense."""
    now = datetime.now(making.BERLIN)
    done = {
        "id": str(uuid4()),
        "prescription_id": str(scene.prescription_id),
        "version": 1,
        "kind": "done",
        "performed_at": now.isoformat(),
        "zone": "Europe/Berlin",
        "performed_on": now.date().isoformat(),
        "comment": RECORD,
        **content,
    }
    return {"events": [done]}


def message(body: str = RECORD) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "body": body}


def new_person(**more: Any) -> dict[str, Any]:
    return {"name": "Kim", "email": f"kim-{uuid4()}@example.org"} | more


def _belongings(
    lead: Person,
    patient: Person,
    colleague: Person,
    teammate: Person,
    looker: Person,
    owner: Person,
    record: str,
    clinic: str,
) -> Belongings:
    """Play the story of a patient through the public doors, in words that hold these canaries."""
    ended_plan_id = _play_an_earlier_plan(lead, patient, record)
    administration = ADMINISTRATION if record == RECORD else "Please."
    said = {"own_why": f"{record} own why", "values_and_preferences": record}
    plan = making.start(lead, patient, title=record, goals=[f"{record} goal"], **said)
    goal_id = _set_goals(lead, plan, record)
    exercise_id = making.exercise(lead, name=f"{clinic} {uuid4()}", scope="clinic", **_in_full(clinic))
    asset_id = _add_a_picture(lead, clinic)
    _let_show(lead, exercise_id, asset_id)
    draft_id = making.exercise(lead, name=f"{record} draft", **_in_full(record))
    for each, word in ((exercise_id, clinic), (draft_id, record)):
        _translate(lead, each, word)
    dose = {**making.DOSE, "note": f"{record} note", "load": {"unit": "band", "colour": record}}
    rule = {"after_days": 7, "completion_at_least": 0.8, "pain_under": 4, "next_dose": {**dose, "sets": 4}}
    items = [making.new_item(each, dose=dose, progression=rule) for each in (exercise_id, draft_id)]
    prescription_id, _ = making.publish(plan, *items, note=f"{record} note")
    pause = plan.send("POST", "/pauses", {"from": making.in_days(3), "to": making.in_days(5), "reason": record})
    _draft(plan, record, items[0])
    conversations = patient.http.get("/v1/conversations").json["items"]
    [conversation] = [each for each in conversations if each["patient_id"] == str(patient.patient_id)]
    feed = patient.http.post(f"/v1/patients/{patient.patient_id}/calendar-feeds", json={"details": True}).json
    made = Belongings(
        clinic_id=lead.clinic_id,
        location_id=lead.clinic_id,  # the world's clinics give their first location their own id
        patient_id=patient.patient_id,
        lead_id=lead.member_id,
        sign_in_id=owner.sign_in_id,
        colleague_id=colleague.member_id,
        teammate_id=teammate.member_id,
        plan=plan,
        exercise_id=exercise_id,
        draft_id=draft_id,
        prescription_id=prescription_id,
        pause_id=UUID(pause.json["id"]),
        goal_id=goal_id,
        ended_plan_id=ended_plan_id,
        suggestion_id=uuid4(),
        attention_id=uuid4(),
        flag_id=uuid4(),
        conversation_id=UUID(conversation["id"]),
        staff_conversation_id=_talk_among_staff(lead, patient),
        **add_attachments(patient, conversation["id"], record),
        event_id=uuid4(),
        emergency_access_id=_look_in_an_emergency(looker, patient),
        cover_id=_name_a_cover(lead, looker),
        reply_id=_save_a_reply(owner, clinic),
        export_id=_export(patient),
        erasure_id=_wish_to_be_erased(patient, owner, administration),
        passkey_id=_make_a_passkey(owner, clinic),
        **_register_a_phone(patient, OWN if record == RECORD else record),
        feed_id=UUID(feed["id"]),
        report_id=_issue_a_report(lead, plan, record),
        calendar_url=feed["url"],
        template_id=_write_a_template(lead, clinic, exercise_id),
        content_id=_write_content(lead, clinic, exercise_id),
        **{name: uuid4() for name in OF_CHECK_INS},
        asset_id=asset_id,
        upload_id=_begin_an_upload(lead, clinic),
        invited=_invite(lead, ADMINISTRATION if record == RECORD else "Kim"),
        invited_member_id=owner.http.post("/v1/members", json=new_person(role="practitioner")).json["id"],
    )
    _report(made, patient, record)
    messages = f"/v1/conversations/{made.conversation_id}/messages"
    # The patient last: where that is out of hours, a notice takes the number behind it.
    for writer in (lead, lead, lead, patient):
        answer = writer.http.post(messages, json=message(record))
        assert answer.status_code == 201, answer.json
    assert lead.http.patch(f"{messages}/2", json=message(f"{record} edited")).status_code == 200
    sent = {"client_id": str(uuid4()), "content_id": str(made.content_id)}
    answer = lead.http.post(f"/v1/conversations/{made.conversation_id}/content", json=sent)
    assert answer.status_code == 201, answer.json
    ask_check_in({name: getattr(made, name) for name in OF_CHECK_INS}, (lead, patient, owner), clinic, record)
    with_file = {**message(record), "attachment_ids": [str(made.attachment_id)]}
    assert patient.http.post(messages, json=with_file).status_code == 201
    return made


def _issue_a_report(lead: Person, plan: making.MadePlan, record: str) -> UUID:
    """Issue a report on the plan, with words for a doctor."""
    said = {"audience": "doctor", "recipient": record, "note": record}
    issued = lead.http.post(f"/v1/plans/{plan.id}/reports", json=said)
    assert issued.status_code == 201, issued.json
    return UUID(issued.json["id"])


def _look_in_an_emergency(looker: Person, patient: Person) -> UUID:
    """Let somebody take emergency access, and end it at once."""
    body = {"patient_id": str(patient.patient_id), "reason": "Found unconscious."}
    taken = looker.http.post("/v1/emergency-accesses", json=body).json["id"]
    assert looker.http.delete(f"/v1/emergency-accesses/{taken}").status_code == 204
    return UUID(taken)


def _talk_among_staff(lead: Person, patient: Person) -> UUID:
    """Open the conversation that staff have about the patient."""
    opened = lead.http.put(f"/v1/patients/{patient.patient_id}/staff-conversation")
    assert opened.status_code == 200, opened.json
    return UUID(opened.json["id"])


def _name_a_cover(lead: Person, looker: Person) -> UUID:
    """Let somebody be named who will stand in for the lead, in months."""
    body = {"covering_id": str(looker.member_id), "starts_at": in_days_at_noon(300), "ends_at": in_days_at_noon(301)}
    named = lead.http.post("/v1/covers", json=body)
    assert named.status_code == 201, named.json
    return UUID(named.json["id"])


def _save_a_reply(owner: Person, clinic: str) -> UUID:
    """Save a reply of the clinic's."""
    body = {"scope": "clinic", "title": f"{clinic} title", "body": f"{clinic} {{patient_name}}"}
    saved = owner.http.post("/v1/saved-replies", json=body)
    assert saved.status_code == 201, saved.json
    return UUID(saved.json["id"])


def in_days_at_noon(days: int) -> str:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return (noon + timedelta(days=days)).isoformat()


def _export(patient: Person) -> UUID:
    """Let the patient ask for an export; who has a database at hand finishes it."""
    asked = patient.http.post(f"/v1/patients/{patient.patient_id}/exports")
    assert asked.status_code == 202, asked.json
    return UUID(asked.json["id"])


def _wish_to_be_erased(patient: Person, owner: Person, words: str) -> UUID:
    """Let the patient wish to be erased, be refused, and wish it again; the record is on hold."""
    of_patient = f"/v1/patients/{patient.patient_id}"
    hold = {"reason": words, "held_until": making.in_days(9)}
    assert owner.http.put(f"{of_patient}/hold", json=hold).status_code == 200
    refused, asked = {"decision": "refuse", "reason": words}, {"words": words}
    first = patient.http.post(f"{of_patient}/erasures", json=asked).json["id"]
    assert owner.http.post(f"{of_patient}/erasures/{first}/decision", json=refused).status_code == 200
    return UUID(patient.http.post(f"{of_patient}/erasures", json=asked).json["id"])


def _make_a_passkey(person: Person, name: str) -> UUID:
    """Let a person's phone make a passkey."""
    options = person.http.post("/v1/me/passkeys/options").json["public_key"]
    made = person.http.post("/v1/me/passkeys", json={"name": name, "credential": Authenticator().create(options)})
    assert made.status_code == 201, made.json
    return UUID(made.json["passkey"]["id"])


def a_phone() -> dict[str, str]:
    """Return what a phone says of itself; nobody reads by what it is addressed."""
    return {"kind": "fcm_token", "value": f"{NOBODYS}:{uuid4()}", "platform": "android"}


def _register_a_phone(person: Person, app_version: str) -> dict[str, UUID]:
    """Let a person's phone be registered for pushes, and one be pushed to it; return the ids of both."""
    made = person.http.post("/v1/me/devices", json={**a_phone(), "app_version": app_version})
    assert made.status_code == 201, made.json
    tested = person.http.post(f"/v1/me/devices/{made.json['id']}/test")
    assert tested.status_code == 202, tested.json
    return {"device_id": UUID(made.json["id"]), "push_id": UUID(tested.json["id"])}


def _set_goals(lead: Person, plan: making.MadePlan, record: str) -> UUID:
    """Set a goal that is measured, and another that is withdrawn; return the first."""
    path = f"/v1/plans/{plan.id}/goals"
    said = {"text": record, "measure": record, "unit": record, "start_value": 60, "target_value": 120}
    kept, gone = (lead.http.post(path, json=each) for each in (said, {"text": record}))
    measured = lead.http.post(f"{path}/{kept.json['id']}/values", json={"value": 80})
    outcome, tag = {"state": "withdrawn", "note": record}, {"If-Match": gone.headers["ETag"]}
    settled = lead.http.put(f"{path}/{gone.json['id']}/outcome", json=outcome, headers=tag)
    assert (measured.status_code, settled.status_code) == (201, 200), settled.json
    return UUID(kept.json["id"])


def _add_a_picture(person: Person, words: str) -> UUID:
    """Let somebody add a picture, and say of it what there is to say."""
    boundary, body = encode_multipart(
        {
            "file": FileStorage(BytesIO(A_PICTURE), "x.png", content_type="image/png"),
            **dict.fromkeys(("alt", "licence", "author", "source"), words),
        }
    )
    added = person.http.post("/v1/media", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert added.status_code == 201, added.json
    path, tag = f"/v1/media/{added.json['id']}", {"If-Match": added.headers["ETag"]}
    changed = person.http.patch(path, json={"alt_translations": {"de": words}}, headers=tag)
    assert changed.status_code == 200, changed.json
    return UUID(added.json["id"])


def add_attachments(patient: Person, conversation_id: str, words: str) -> dict[str, UUID]:
    """Let the patient add a PDF for a message and a picture that goes on waiting for one, and begin an upload."""
    path = f"/v1/conversations/{conversation_id}/attachments"
    files = (f"{words}.pdf", A_DOCUMENT, "application/pdf"), ("x.png", A_PICTURE, "image/png")
    forms = [{"file": FileStorage(BytesIO(file), name, content_type=kind)} for name, file, kind in files]
    sent, waiting = (patient.http.post(path, data=form, content_type="multipart/form-data") for form in forms)
    assert (sent.status_code, waiting.status_code) == (201, 201), sent.json
    length = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(A_PICTURE))}
    begun = patient.http.post(f"{path}/uploads", headers={**length, "Upload-Metadata": f"filetype {IMAGE_PNG}"})
    assert begun.status_code == 201, begun.json
    ids = {"attachment_id": sent, "waiting_attachment_id": waiting, "attachment_upload_id": begun}
    return {name: UUID(answer.json["id"]) for name, answer in ids.items()}


def _begin_an_upload(person: Person, words: str) -> UUID:
    """Let somebody begin a resumable upload, of which nothing has come yet."""
    said = f"filetype {IMAGE_PNG},alt {b64encode(words.encode()).decode()}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "70", "Upload-Metadata": said}
    begun = person.http.post("/v1/media/uploads", headers=headers)
    assert begun.status_code == 201, begun.json
    return UUID(begun.json["id"])


def _let_show(lead: Person, exercise_id: UUID, asset_id: UUID) -> None:
    """Let a picture show an exercise, before it is prescribed."""
    path = f"/v1/exercises/{exercise_id}/media"
    tag = {"If-Match": lead.http.get(path).headers["ETag"]}
    shown = lead.http.put(path, json={"asset_ids": [str(asset_id)]}, headers=tag)
    assert shown.status_code == 200, shown.json


def _play_an_earlier_plan(lead: Person, patient: Person, record: str) -> UUID:
    """A plan that was taken over and has ended, all of it back-dated, with reasons; return its id."""
    plan = making.start(lead, patient, title=record, starts_on=making.in_days(-9), reason=record)
    item = making.new_item(making.exercise(lead, name=f"{record} of old"))
    drafted = _draft(plan, record, item)
    when = {"effective_on": making.in_days(-8), "reason": record}
    draft = f"/v1/plans/{plan.id}/draft/publish"
    published = lead.http.post(draft, json=when, headers={"If-Match": drafted})
    assert published.status_code == 201, published.json
    plan.etag = published.headers["ETag"]
    end = {
        "discharge_reason": "goals_met",
        "ends_on": making.in_days(-3),
        "reason": record,
        "note": record,
        "summary": record,
    }
    assert plan.send("POST", "/end", end).status_code == 200
    return plan.id


def _draft(plan: making.MadePlan, words: str, item: dict[str, Any]) -> str:
    """Save the first draft of a plan, and return its ETag."""
    body = {"phases": [{"name": words, "from_day": 0, "note": words, "items": [item]}]}
    saved = plan.by.http.put(f"/v1/plans/{plan.id}/draft", json=body, headers={"If-None-Match": "*"})
    assert saved.status_code == 200, saved.json
    return saved.headers["ETag"]


def _write_a_template(person: Person, words: str, exercise_id: UUID) -> UUID:
    """Write a protocol of the clinic's, in words that hold a canary."""
    item = {"exercise_id": str(exercise_id), "dose": making.DOSE, "schedule": making.DAILY}
    phase = {"name": words, "from_day": 0, "note": words, "items": [item]}
    said = {"title": f"{words} protocol", "summary": words, "tags": [words], "goals": [words], "phases": [phase]}
    added = person.http.post("/v1/templates", json=said)
    assert added.status_code == 201, added.json
    return UUID(added.json["id"])


def _write_content(person: Person, words: str, exercise_id: UUID) -> UUID:
    """Put an exercise with words about it into the clinic's content."""
    texts = {"title": f"{words} content", "summary": words, "paragraphs": [words], "link": f"https://{words}.example/"}
    said = {"kind": "exercise", "exercise_id": str(exercise_id), "texts": {"en": texts, "de": texts}, "tags": [words]}
    added = person.http.post("/v1/content", json=said)
    assert added.status_code == 201, added.json
    return UUID(added.json["id"])


def ask_check_in(ids: Mapping[str, UUID], people: tuple[Person, Person, Person], clinic: str, record: str) -> None:
    """Let the lead write a template with one question in words, make rules that ask it with an owner, and ask it now,
    all by these ids; the patient answers.
    """
    lead, patient, owner = people
    said = {"en": clinic, "de": clinic}
    question = {"key": "words", "kind": "text", "text": said}
    template = {"id": str(ids["check_in_template_id"]), "title": said, "introduction": said, "questions": [question]}
    rule = {"template_id": template["id"], "kind": "after_start", "days": 300}
    of_patient, check_in = f"/v1/patients/{patient.patient_id}", {"template_id": template["id"]}
    answers = [
        lead.http.post("/v1/check-in-templates", json=template),
        lead.http.post(f"{of_patient}/check-in-rules", json={**rule, "id": str(ids["check_in_rule_id"])}),
        owner.http.post("/v1/check-in-rules", json={**rule, "id": str(ids["clinic_check_in_rule_id"])}),
        lead.http.post(f"{of_patient}/check-ins", json={**check_in, "id": str(ids["check_in_id"])}),
        patient.http.post(f"/v1/check-ins/{ids['check_in_id']}/answer", json=an_answer(1, record)),
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 201, 200], answers[-1].json


def an_answer(revision: int, words: str) -> dict[str, Any]:
    """An answer to the check-in of the scene."""
    answers = [{"question": "words", "value": words}]
    return {
        "id": str(uuid4()), "revision": revision, "answered_at": datetime.now(UTC).isoformat(), "answers": answers
    }  # fmt: skip


def _in_full(word: str) -> dict[str, Any]:
    """What can be said of an exercise, in words that hold a canary."""
    texts = ("steps", "cues", "mistakes", "precautions", "contraindications", "tags", "synonyms")
    dose = {**making.DOSE, "note": word}
    about = {"author": word, "licence": word, "source": word, "source_url": f"https://{word}.example/"}
    return {"summary": word, "default_dose": dose, **about, **{name: [f"{word} {name}"[:60]] for name in texts}}


def _translate(lead: Person, exercise_id: UUID, word: str) -> None:
    """Write an exercise's texts in another language."""
    texts = ("steps", "cues", "mistakes", "precautions", "contraindications", "synonyms")
    body = {"name": word, "summary": word, "author": word, **{name: [f"{word} {name}"] for name in texts}}
    path = f"/v1/exercises/{exercise_id}"
    tag = {"If-Match": lead.http.get(path).headers["ETag"]}
    answer = lead.http.put(f"{path}/translations/de", json=body, headers=tag)
    assert answer.status_code == 200, answer.json


def _report(made: Belongings, patient: Person, record: str) -> None:
    """Report a doing, and correct it."""
    load = {"unit": "band", "colour": record}
    said = {"comment": record, "load": load, "pain": 3, "effort": 5, "id": str(made.event_id)}
    correction = {**said, "id": str(uuid4()), "entry_id": said["id"], "revision": 1, "reason": record}
    for content in (said, correction):
        answer = patient.http.post(f"/v1/patients/{made.patient_id}/events", json=event(made, **content))
        assert [each["outcome"] for each in answer.json["outcomes"]] == ["applied"], answer.json


def _people(world: World, clinic_id: UUID) -> dict[str, Person]:
    lead, other_practitioner, former, disabled = (world.practitioner(clinic_id) for _ in range(4))
    patient = world.patient(lead)
    for member in (former, disabled):
        world.join_care_team(patient, member)
    owner = world.owner(clinic_id)
    left = owner.http.delete(f"/v1/patients/{patient.patient_id}/care-team/{former.member_id}")
    assert left.status_code == 204, left.json
    with world.transaction() as session:
        session.execute(update(Member).where(Member.id == disabled.member_id).values(status=MemberStatus.DISABLED))
    abroad = world.clinic()
    stranger = world.practitioner(abroad)
    people = {
        "lead": lead,
        "patient": patient,
        "other_patient": world.patient(other_practitioner),
        "other_practitioner": other_practitioner,
        "former": former,
        "disabled": disabled,
        "manager": world.manager(clinic_id),
        "owner": owner,
        "b_practitioner": stranger,
        "b_patient": world.patient(stranger),
        "b_manager": world.manager(abroad),
        "b_owner": world.owner(abroad),
    }
    _step_up(world, people)
    return people


def _step_up(world: World, people: dict[str, Person]) -> None:
    """Let everyone have shown a second factor, to hold for long: who is refused is refused for another reason."""
    sign_ins = SignIn.id.in_([person.sign_in_id for person in people.values()])
    shown_at = datetime.now(UTC) + timedelta(hours=1)
    with world.transaction() as session:
        session.execute(update(SignIn).where(sign_ins).values(second_factor_at=shown_at))


def _finish_exports(world: World) -> None:
    """Let every export that waits be ready, as the worker would."""
    ready = {"ready_at": datetime.now(UTC), "size_bytes": 1, "sha256": "0"}
    with world.transaction() as session:
        session.execute(update(PatientExport).where(PatientExport.ready_at.is_(None)).values(ready))


def _have_pushes_retried(world: World) -> None:
    """Let every push be one that an owner had tried again."""
    with world.transaction() as session:
        session.execute(update(Push).where(Push.retried_at.is_(None)).values(retried_at=datetime.now(UTC)))


def _suggest_a_dose(world: World, belongings: Belongings, record: str) -> None:
    """Suggest the next dose of the prescription, as the worker would after some days; one was dismissed before."""
    with world.transaction() as session:
        items = select(RevisionItem.progression).where(RevisionItem.prescription_id == belongings.prescription_id)
        about = {
            "clinic_id": belongings.clinic_id,
            "patient_id": belongings.patient_id,
            "plan_id": belongings.plan.id,
            "prescription_id": belongings.prescription_id,
            "version": 1,
            "rule": session.scalars(items.limit(1)).one(),
            "evidence": EVIDENCE,
            "suggested_at": datetime.now(UTC),
        }
        settled = {"state": SuggestionState.DISMISSED, "settled_at": datetime.now(UTC), "reason": record}
        session.add(DoseSuggestion(id=belongings.suggestion_id, **about))
        session.add(DoseSuggestion(**about, **settled))


def _call_for_attention(world: World, belongings: Belongings, record: str) -> None:
    """Put the patient on the attention list, as the worker would: by one rule openly, by another that was put off."""
    now, of_patient = datetime.now(UTC), {"clinic_id": belongings.clinic_id, "patient_id": belongings.patient_id}
    about = {"since_on": making.today(), "opened_at": now, **of_patient}
    open_entry = AttentionEntry(
        id=uuid4(),
        rule=Rule.HIGH_PAIN,
        evidence=evidence(highest_pain=8, event_ids=[str(belongings.event_id)]),
        **about,
    )
    put_off = AttentionEntry(
        id=belongings.attention_id,
        rule=Rule.SKIP_REASONS,
        evidence=evidence(skips=[{"reason": "unclear", "times": 1}]),
        state=State.SNOOZED,
        snoozed_until=now + timedelta(days=1),
        **about,
    )
    told = {"change": Change.SNOOZED, "changed_at": now, "changed_by": belongings.lead_id, "reason": record}
    with world.transaction() as session:
        session.add_all([open_entry, put_off])
        session.flush()
        session.add(AttentionChange(entry_id=put_off.id, **told, **of_patient))


def _let_mail_bounce(world: World, belongings: Belongings) -> None:
    """Let mail to the patient and to the lead not arrive."""
    bounced = {"bounced_at": datetime.now(UTC), "way": BounceWay.RETURNED, "reason": BounceReason.OTHER}
    with world.transaction() as session:
        for member_id in (belongings.patient_id, belongings.lead_id):
            session.add(MailBounce(clinic_id=belongings.clinic_id, member_id=member_id, **bounced))


def _wish_for_reminders(world: World, belongings: Belongings) -> None:
    """Let the patient be reminded at eight, where they did not want to be at six in the evening."""
    now, of_patient = datetime.now(UTC), {"clinic_id": belongings.clinic_id, "patient_id": belongings.patient_id}
    eight, today = {"at": "08:00", "weekdays": None}, making.today()
    wished = {"is_on": True, "times": [eight], "dismissed": [{"at": "18:00", "on": today.isoformat()}]}
    moment = {"kind": NoticeKind.REMINDER, "due_on": today, "at": time(8), "due_at": now, "zone": "Europe/Berlin"}
    with world.transaction() as session:
        session.add(ReminderSetting(**of_patient, **wished, changed_at=now))
        session.add(Reminder(**of_patient, **moment, state=ReminderState.TOLD, settled_at=now))


def _raise_flags(world: World, belongings: Belongings, record: str) -> None:
    """Let a phrase have raised a flag that went round the care team, and pain another that the lead has seen to."""
    now, of_patient = datetime.now(UTC), {"clinic_id": belongings.clinic_id, "patient_id": belongings.patient_id}
    since = {"raised_at": now, "held_since": now, "passes_on_at": now + timedelta(days=1), "leaders_told_at": now}
    counts = {"causes": 1, "steps": 1, "passes": 0, "round": 1, "held_by": belongings.lead_id}
    of_flag = {**of_patient, **since, **counts, "conversation_id": belongings.conversation_id}
    seen_to = {"acknowledged_by": belongings.lead_id, "acknowledged_at": now, "note": record}
    flags = [RedFlag(id=belongings.flag_id, **of_flag), RedFlag(id=uuid4(), **of_flag, **seen_to)]
    spoken = {"kind": CauseKind.PHRASE, "conversation_id": belongings.conversation_id, "seq": 1, "phrase": record}
    felt = {"kind": CauseKind.PAIN, "event_id": belongings.event_id, "entry_id": belongings.event_id, "pain": 8}
    with world.transaction() as session:
        session.add_all(flags)
        session.flush()
        for flag, cause in zip(flags, (spoken, felt), strict=True):
            of_both = {**of_patient, "flag_id": flag.id, "number": 1}
            step = {"kind": StepKind.RAISED, "at": now, "round": 1, "member_id": belongings.lead_id}
            session.add_all([RedFlagCause(**of_both, **cause, noticed_at=now), RedFlagStep(**of_both, **step)])


def _phones(world: World, people: dict[str, Person]) -> dict[str, Phone]:
    lead, now = people["lead"], datetime.now(UTC)
    tokens = world.app.extensions["hep_tokens"]
    gone = world.sign_in(lead)
    with world.transaction() as session:
        session.execute(
            update(SignIn).where(SignIn.id == gone.sign_in_id).values(ended_at=now, end_reason="signed_out")
        )
    extra = {
        "anonymous": world.anyone(),
        "expired": Phone(world.app.test_client(), tokens.issue(lead.account_id, lead.sign_in_id, expired(now))),
        "forged": Phone(world.app.test_client(), _signed_by_a_stranger(lead.token)),
        "signed_out": gone.http,
    }
    return {name: person.http for name, person in people.items()} | extra


def _signed_by_a_stranger(token: str) -> str:
    """Return the token with every word as it was, signed with another key than ours."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", jwt.get_unverified_header(token))


def _settle_messages(owner: Person) -> None:
    """Let the clinic say when it is open, what it tells of that, and what alarms it."""
    path, said = (
        "/v1/clinic/messaging",
        {
            "holidays": [{"on": "2026-12-25", "name": CLINIC}],
            "out_of_hours_text": {"en": CLINIC},
            "emergency_text": {"en": CLINIC},
            "emergency_line": "112",
            "red_flag_phrases": [{"phrase": CLINIC}],
        },
    )
    tag = {"If-Match": owner.http.get(path).headers["ETag"]}
    assert owner.http.patch(path, json=said, headers=tag).status_code == 200


def _name(world: World, patient: Person) -> None:
    """Put canaries where the world's clinics and people have ordinary names."""
    email, about = f"{ADMINISTRATION}-{uuid4()}@example.org", Member.id == patient.member_id
    named = {"name": ADMINISTRATION, "name_folded": ADMINISTRATION, "email": email}
    with world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == patient.clinic_id).values(name=CLINIC))
        session.execute(update(Location).where(Location.id == patient.clinic_id).values(name=f"{CLINIC} too"))
        session.execute(update(Member).where(about).values(named))
        session.execute(update(Patient).where(Patient.id == patient.member_id).values(birth_date=BIRTHDAY))
        session.execute(update(Account).where(Account.id == patient.account_id).values(email=email))
        session.execute(update(SignIn).where(SignIn.id == patient.sign_in_id).values(device_name=OWN))
        uid = f"{NOBODYS}-{uuid4()}"
        session.add(FirebaseLink(account_id=patient.account_id, uid=uid, linked_at=datetime.now(UTC)))


def _give_password(world: World, people: dict[str, Person]) -> None:
    """Give everyone the same password, by a hash whose salt reads as a canary."""
    salt = b64decode(f"{NOBODYS}{NOBODYS}cccA==")
    password_hash = world.app.extensions["hep_passwords"]._hasher.hash(PASSWORD, salt=salt)
    accounts = [person.account_id for person in people.values()]
    with world.transaction() as session:
        session.execute(update(Account).where(Account.id.in_(accounts)).values(password_hash=password_hash))


def _invite(lead: Person, name: str) -> dict[str, Any]:
    """Invite a patient of the lead's who has not come in yet."""
    answer = lead.http.post("/v1/patients", json=new_person(name=name, birth_date=BIRTHDAY_OF_KIM))
    assert answer.status_code == 201, answer.json
    invited: dict[str, Any] = answer.json
    return invited


def _enter(world: World, lead: Person) -> dict[str, Any]:
    """Let an invited patient come in; return the e-mail and the tokens of the sign-in."""
    invited = _invite(lead, "Kim")
    body = {"code": invited["invitation"]["code"], "password": PASSWORD, "birth_date": BIRTHDAY_OF_KIM}
    answer = world.anyone().post("/v1/invitations/accept", json=body)
    assert answer.status_code == 201, answer.json
    return {"email": invited["email"], **answer.json}
