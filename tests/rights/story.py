"""A patient of whom there is something in every table: the ground on which exports and erasures are proven whole."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.actions.sign_ins import start_sign_in
from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import PasswordReset, SignIn
from hep_api.accounts.models.second_factor import (
    Guesses,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SignInChallenge,
    Totp,
)
from hep_api.accounts.second_factors import Ceremony
from hep_api.adherence.models.suggestions import DoseSuggestion, SuggestionState
from hep_api.clinics.models import EmergencyAccess, Invitation
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.foundation.mail.models import BounceReason, BounceWay, MailBounce, MailKind, SentMail
from hep_api.insights.evidence import evidence
from hep_api.insights.models import AttentionChange, AttentionEntry, UnheededReminders
from hep_api.insights.vocabulary import Change, Rule, State
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.devices import Device, DeviceHolder, DeviceKind, Platform
from hep_api.notifications.models.mails import MailNotice
from hep_api.notifications.models.notices import NoticeDay, NoticeHeld, NoticeOutcome, NoticeTold
from hep_api.notifications.models.preferences import NotificationPreference
from hep_api.notifications.models.pushes import Provider, Push, PushResult, PushState
from hep_api.notifications.models.reminders import Reminder, ReminderOutlook, ReminderSetting, ReminderState
from hep_api.rights.models import Erasure, ErasureStatus, PatientExport, RetentionHold
from tests.contract import scene as scenes
from tests.plans import making
from tests.rights.conftest import Place
from tests.world import Person

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)


def tell(place: Place, patient: Person) -> None:
    """Give the patient a plan with everything, events, messages, devices, second factors, wishes, holds and files."""
    plan = making.start(place.lead, patient, starts_on=making.in_days(-3), own_why="Grandchildren.")
    _set_a_goal(place, plan)
    item = making.new_item(making.exercise(place.lead, name=f"Squat {new_id()}"))
    (prescription_id,) = making.publish(plan, item, effective_on=making.in_days(-3), note="Slowly.")
    plan.send("POST", "/pauses", {"from": making.in_days(3), "reason": "Away."})
    report = _event(prescription_id)
    assert patient.http.post(f"/v1/patients/{patient.patient_id}/events", json=report).json["outcomes"]
    conversation = patient.http.get("/v1/conversations").json["items"][0]["id"]
    for writer in (patient, place.lead):
        writer.http.post(f"/v1/conversations/{conversation}/messages", json=scenes.message("I have chest pain."))
    [flag] = place.lead.http.get("/v1/flags", query_string={"patient_id": str(patient.patient_id)}).json["items"]
    seen = {"cause_count": flag["cause_count"], "note": "Called."}
    assert place.lead.http.post(f"/v1/flags/{flag['id']}/acknowledge", json=seen).status_code == 200
    scenes.add_attachments(patient, conversation, "Knee")
    asked = {name: new_id() for name in scenes.OF_CHECK_INS}
    scenes.ask_check_in(asked, (place.lead, patient, place.owner), "Knee", "Better.")
    exercise_id = making.exercise(place.lead, name=f"Bridge {new_id()}", scope="clinic")
    piece = scenes._write_content(place.lead, "Bridge", exercise_id)
    sent = {"client_id": str(new_id()), "content_id": str(piece)}
    message = place.lead.http.post(f"/v1/conversations/{conversation}/content", json=sent).json
    patient.http.post(f"/v1/conversations/{conversation}/content/{message['seq']}/open", json={})
    patient.http.put(f"/v1/conversations/{conversation}/receipt", json={"read_seq": 2})
    edited = patient.http.patch(f"/v1/conversations/{conversation}/messages/1", json=scenes.message("Hello, all."))
    assert edited.status_code == 200, edited.json
    patient.http.put(f"/v1/conversations/{conversation}/messages/2/reactions/heart")
    patient.http.put(f"/v1/conversations/{conversation}/mute", json={})
    feed = patient.http.post(f"/v1/patients/{patient.patient_id}/calendar-feeds", json={"details": True})
    assert feed.status_code == 201
    told = {"audience": "doctor", "recipient": "Dr. Grey", "note": "It goes well."}
    assert place.lead.http.post(f"/v1/plans/{plan.id}/reports", json=told).status_code == 201
    draft = {"phases": [{"name": "Later", "from_day": 0, "items": [item]}]}
    place.lead.http.put(f"/v1/plans/{plan.id}/draft", json=draft, headers={"If-None-Match": "*"})
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "note": "Well done."})
    _write_rows(place, patient, plan.id)
    for folder in ("clinics/{}/patients/{}/media/x.jpg", "exports/{}/{}/old.zip"):
        place.files.put(folder.format(place.clinic_id, patient.patient_id), f"{patient.patient_id} file".encode())


def _set_a_goal(place: Place, plan: making.MadePlan) -> None:
    path = f"/v1/plans/{plan.id}/goals"
    goal = place.lead.http.post(path, json={"text": "Bend.", "measure": "Knee bend", "target_value": 120}).json["id"]
    assert place.lead.http.post(f"{path}/{goal}/values", json={"value": 90}).status_code == 201


def _event(prescription_id: Any) -> dict[str, Any]:
    now = datetime.now(making.BERLIN)
    said = {
        "id": str(new_id()),
        "prescription_id": str(prescription_id),
        "version": 1,
        "kind": "done",
        "performed_at": now.isoformat(),
        "zone": "Europe/Berlin",
        "performed_on": now.date().isoformat(),
        "comment": "It hurt.",
        "load": {"value": 5, "unit": "kg"},
    }
    return {"events": [said]}


def _add_a_push(session: Session, of_patient: dict[str, Any]) -> None:
    clinic_id, member_id = of_patient["clinic_id"], of_patient["patient_id"]
    session.flush()
    device_id = session.scalars(select(Device.id).where(Device.member_id == member_id)).first()
    sent = {"state": PushState.SENT, "result": PushResult.ACCEPTED, "provider_id": "projects/x/1", "finished_at": NOW}
    said = {"kind": NoticeKind.MESSAGE, "subject_id": new_id(), "collapse_key": "k", "urgent": False}
    times = {"created_at": NOW, "due_at": NOW, "expires_at": LATER}
    whose = {"clinic_id": clinic_id, "member_id": member_id, "device_id": device_id, "provider": Provider.WEB_PUSH}
    session.add(Push(**whose, **said, **times, **sent))


def _add_reminders(session: Session, of_patient: dict[str, Any]) -> None:
    wished = {"times": [{"at": "08:00", "weekdays": None}], "dismissed": [{"at": "18:00", "on": "2026-05-01"}]}
    moment = {"kind": NoticeKind.REMINDER, "due_on": date(2026, 5, 1), "at": time(8), "due_at": NOW}
    session.add_all(
        [
            ReminderSetting(**of_patient, **wished, is_on=True, changed_at=NOW),
            ReminderOutlook(
                **of_patient, zone="Europe/Berlin", zone_before="Asia/Tokyo", zone_since=NOW, settled_at=NOW
            ),
            Reminder(**of_patient, **moment, zone="Europe/Berlin", state=ReminderState.TOLD, settled_at=NOW),
            UnheededReminders(
                **of_patient, days=3, first_on=date(2026, 5, 1), last_on=date(2026, 5, 3), event_seq=0, noted_at=NOW
            ),
        ]
    )


def _add_notices(session: Session, of_member: dict[str, Any]) -> None:
    about = {"kind": NoticeKind.MESSAGE, "subject_id": new_id()}
    session.add_all(
        [
            NotificationPreference(**of_member, channels={"message": "mail"}, zone="Europe/Berlin"),
            NoticeTold(**of_member, **about, outcome=NoticeOutcome.HELD, told_at=NOW),
            NoticeHeld(**of_member, **about, due_at=NOW),
            NoticeDay(**of_member, on_date=date(2026, 5, 1), told=1, capped=0, most=10, last_told=True),
        ]
    )


def _add_mails(session: Session, of_member: dict[str, Any]) -> None:
    bounced = {"way": BounceWay.RETURNED, "reason": BounceReason.OTHER}
    session.add(SentMail(**of_member, kind=MailKind.NOTICES, sent_at=NOW))
    session.add(MailBounce(**of_member, bounced_at=NOW, **bounced))
    session.add(MailNotice(**of_member, kind=NoticeKind.MESSAGE, subject_id=new_id(), noticed_at=NOW))


def _add_a_browser(session: Session, place: Place, patient: Person, sign_in_id: UUID) -> None:
    """Let the patient have a browser that is pushed to; of the kinds of devices it holds the most."""
    held = {"digest": new_id().bytes, "account_id": patient.account_id}
    session.add(DeviceHolder(**held))
    session.flush()
    said = {"value": "https://push.example/x", "p256dh": "p", "auth": "a", "app_version": "1", "language": "de"}
    session.add(
        Device(
            **held,
            **said,
            clinic_id=place.clinic_id,
            member_id=patient.member_id,
            sign_in_id=sign_in_id,
            kind=DeviceKind.WEB_PUSH,
            platform=Platform.WEB,
            zone="Europe/Berlin",
            registered_at=NOW,
            refreshed_at=NOW,
        )
    )


def _write_rows(place: Place, patient: Person, plan_id: UUID) -> None:
    """Write what would take long ways through the doors."""
    app: Flask = place.world.app
    of_account = {"account_id": patient.account_id}
    of_patient = {"clinic_id": place.clinic_id, "patient_id": patient.patient_id}
    challenge_id, attention_id = new_id(), new_id()
    with place.world.transaction() as session:
        device = SignIn(
            account_id=patient.account_id, clinic_id=place.clinic_id, member_id=patient.member_id, created_at=NOW
        )
        start_sign_in(session, app.extensions["hep_tokens"], device)
        session.add_all(
            [
                PasswordReset(**of_account, digest=new_id().bytes, created_at=NOW, expires_at=LATER),
                Totp(**of_account, sealed_secret=b"x", created_at=NOW, confirmed_at=NOW, last_counter=1),
                RecoveryCode(**of_account, digest=new_id().bytes, created_at=NOW),
                Passkey(
                    **of_account,
                    credential_id=new_id().bytes,
                    public_key=b"k",
                    sign_count=0,
                    transports=["usb"],
                    name="Key",
                    created_at=NOW,
                ),
                PasskeyChallenge(
                    **of_account, bound_to=challenge_id, ceremony=next(iter(Ceremony)), challenge=b"c", expires_at=LATER
                ),
                SignInChallenge(
                    **of_account,
                    clinic_id=place.clinic_id,
                    id=challenge_id,
                    password_version=1,
                    digest=new_id().bytes,
                    device_name="Phone",
                    expires_at=LATER,
                ),
                FirebaseLink(**of_account, uid=str(new_id()), linked_at=NOW),
                Guesses(subject_id=patient.account_id, tries=1, since=NOW),
                Guesses(subject_id=device.id, tries=1, since=NOW),
                PatientExport(
                    **of_patient, asked_by=place.lead.member_id, asked_at=NOW, ready_at=NOW, size_bytes=1, sha256="x"
                ),
                Erasure(
                    **of_patient,
                    status=ErasureStatus.REFUSED,
                    asked_by=patient.member_id,
                    asked_at=NOW,
                    words="Please.",
                    decided_by=place.owner.member_id,
                    decided_at=NOW,
                    refusal_reason="Not yet.",
                ),
                RetentionHold(
                    **of_patient,
                    reason="A lawsuit.",
                    held_until=date(2020, 1, 1),
                    set_by=place.owner.member_id,
                    set_at=NOW,
                ),
                Invitation(
                    clinic_id=place.clinic_id,
                    member_id=patient.member_id,
                    code_digest=new_id().bytes,
                    created_at=NOW,
                    expires_at=LATER,
                ),
                DoseSuggestion(
                    **of_patient,
                    plan_id=plan_id,
                    prescription_id=new_id(),
                    version=1,
                    rule={},
                    evidence={},
                    state=SuggestionState.DISMISSED,
                    suggested_at=NOW,
                    settled_at=NOW,
                    reason="Not yet.",
                ),
                AttentionEntry(
                    **of_patient,
                    id=attention_id,
                    rule=Rule.HIGH_PAIN,
                    state=State.DISMISSED,
                    since_on=date(2026, 5, 1),
                    evidence=evidence(highest_pain=8),
                    opened_at=NOW,
                ),
                EmergencyAccess(
                    **of_patient, member_id=place.owner.member_id, reason="Fell.", started_at=NOW, expires_at=LATER
                ),
            ]
        )
        session.flush()
        _add_a_browser(session, place, patient, device.id)
        _add_a_push(session, of_patient)
        _add_reminders(session, of_patient)
        _add_mails(session, {"clinic_id": place.clinic_id, "member_id": patient.patient_id})
        _add_notices(session, {"clinic_id": place.clinic_id, "member_id": patient.patient_id})
        dismissed = {"change": Change.DISMISSED, "changed_at": NOW, "changed_by": place.lead.member_id}
        session.add(AttentionChange(**of_patient, entry_id=attention_id, reason="Called.", **dismissed))
        payload = {"patient_id": str(patient.patient_id)}
        queue.enqueue(session, "reminders.send", payload, now=NOW, clinic_id=place.clinic_id, run_at=LATER)
        letter = {"account_id": str(patient.account_id), "letter": "password_changed", "words": {"at": "now"}}
        queue.enqueue(session, "accounts.send_letter", letter, now=NOW, run_at=LATER)
