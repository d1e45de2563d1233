"""An example request for every route: who of the scene succeeds with it, and everyone else does not.

A route without an example fails the who-may matrix. `may` lists all who succeed, and by that who may do what in this
product; where the address names nothing of a clinic, people of the other clinic succeed with what is theirs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import uuid4

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.contract import factors
from tests.contract.scene import (
    A_PICTURE,
    BIRTHDAY_OF_KIM,
    IMAGE_PNG,
    PASSWORD,
    Scene,
    a_phone,
    an_answer,
    event,
    in_days_at_noon,
    message,
    new_person,
)
from tests.plans import making

Fill = Callable[[Scene, str], Any]

OUR_STAFF = ("lead", "other_practitioner", "former", "manager", "owner")
THEIR_STAFF = ("b_practitioner", "b_manager", "b_owner")
STAFF = OUR_STAFF + THEIR_STAFF
PRACTITIONERS = ("lead", "other_practitioner", "former", "b_practitioner")
OUR_PRACTITIONERS = ("lead", "other_practitioner", "former")
LEADERS = ("manager", "owner", "b_manager", "b_owner")
OUR_LEADERS = ("manager", "owner")
EVERYONE = (*STAFF, "patient", "other_patient", "b_patient")
RECORD = ("lead", "patient")
ADMINISTRATION = ("lead", "manager", "owner")
ANYONE = ("anonymous",)


@dataclass(frozen=True)
class Example:
    """A request that succeeds for those in `may`. What it carries is made for the scene and for the one who sends it.

    `sent` is for what is no JSON: a body and its headers. `once`: after it has succeeded, another one in the same scene
    would not. `is_record`: leaders read it too when the clinic's policy says so. `refusals`: who is refused otherwise
    than by the rule of the house, and how.
    """

    may: tuple[str, ...]
    status: int = 200
    json: Fill | None = None
    if_match: Fill | None = None
    once: bool = False
    is_record: bool = False
    sent: Fill | None = None
    refusals: Mapping[str, int] = field(default_factory=dict)


def of_plan(scene: Scene, _: str) -> str:
    return scene.plan.etag


def of_goal(scene: Scene, _: str) -> str:
    """ETag of the goal, as the lead reads it."""
    answer = scene.phones["lead"].get(f"/v1/plans/{scene.plan.id}/goals/{scene.goal_id}")
    return answer.headers.get("ETag", '"none"')


def of(path: str) -> Fill:
    """ETag of what stands at the path, as the sender gets it, or else as the owner does."""
    return lambda scene, part: scene.etag(fill(path, scene), part)


def fill(path: str, scene: Scene) -> str:
    """Put the scene's ids into a path of the contract."""
    values = {
        "patient_id": scene.patient_id,
        "plan_id": scene.plan.id,
        "pause_id": scene.pause_id,
        "goal_id": scene.goal_id,
        "suggestion_id": scene.suggestion_id,
        "attention_id": scene.attention_id,
        "flag_id": scene.flag_id,
        "prescription_id": scene.prescription_id,
        "number": 1,
        "exercise_id": scene.exercise_id,
        "template_id": scene.template_id,
        "content_id": scene.content_id,
        "check_in_template_id": scene.check_in_template_id,
        "check_in_rule_id": scene.check_in_rule_id if "patient_id" in path else scene.clinic_check_in_rule_id,
        "check_in_id": scene.check_in_id,
        # Messages of the lead's: one that carries content, one to be withdrawn, one that stays.
        "seq": scene.content_seq if "/content/" in path else 3 if path.endswith("/withdraw") else 2,
        "feed_id": scene.feed_id,
        "report_id": scene.report_id,
        "language": "de",
        "digest": scene.drawing_digest if "/drawings/" in path else "",
        # The other one stays open while there is a red flag.
        "conversation_id": scene.staff_conversation_id if path.endswith("/close") else scene.conversation_id,
        "sign": "heart",
        "member_id": scene.teammate_id if "care-team" in path else scene.lead_id,
        "location_id": scene.location_id,
        "sign_in_id": scene.sign_in_id,
        "access_id": scene.emergency_access_id,
        "cover_id": scene.cover_id,
        "reply_id": scene.reply_id,
        "export_id": scene.export_id,
        "erasure_id": scene.erasure_id,
        "passkey_id": scene.passkey_id,
        "device_id": scene.device_id,
        "push_id": scene.push_id,
        "asset_id": scene.asset_id,
        "upload_id": scene.attachment_upload_id if "/attachments/" in path else scene.upload_id,
        "attachment_id": scene.waiting_attachment_id,
        "token": scene.token_of(path),
    }
    if path.endswith("/invitation"):  # about somebody who has not come in yet
        values |= {"patient_id": scene.invited["id"], "member_id": scene.invited_member_id}
    if path.endswith("/discharge"):
        values |= {"plan_id": scene.ended_plan_id}
    return path.format(**values)


def a_new_revision(scene: Scene, _: str) -> dict[str, Any]:
    carried = making.carried_item(scene.prescription_id, dose={"sets": 5, "reps": 5})
    return {"items": [carried, making.new_item(scene.exercise_id), making.new_item(scene.draft_id)]}


def a_new_patient(scene: Scene, part: str) -> dict[str, Any]:
    """Leaders name who leads; a practitioner leads."""
    lead = {"b_manager": "b_practitioner", "b_owner": "b_practitioner"}.get(part)
    person = new_person(birth_date=BIRTHDAY_OF_KIM)
    if lead:
        return person | {"lead_member_id": str(scene.people[lead].member_id)}
    return person | {"lead_member_id": str(scene.lead_id)} if part in OUR_LEADERS else person


def a_template(scene: Scene, part: str) -> dict[str, Any]:
    """Everyone has only their own clinic's exercises to name."""
    exercise_id = (scene.belongings_of(part) if part == "b_practitioner" else scene).exercise_id
    phases = [{"name": "Weeks 0-2", "from_day": 0, "items": [making.new_item(exercise_id)]}]
    return {"title": "Knee", "phases": phases}


def an_article(*_: Any) -> dict[str, Any]:
    return {"kind": "article", "texts": {"en": {"title": "Sleep", "paragraphs": ["Sleep well."]}}}


def a_reply(_: Scene, part: str) -> dict[str, Any]:
    return {"scope": "clinic" if part in LEADERS else "own", "title": "Hello", "body": "Hello {patient_name}"}


def a_hand_over(scene: Scene, part: str) -> dict[str, Any]:
    """To somebody who is there already and of nobody, so that it may be done again and again."""
    mine = scene.belongings_of("b_practitioner") if part.startswith("b_") else scene
    return {"to_member_id": str(mine.colleague_id), "patient_ids": [], "leave": False}


def a_cover(scene: Scene, part: str) -> dict[str, Any]:
    """Everyone at a time of their own, so that none is in another's way: practitioners by themselves."""
    mine = scene.belongings_of("b_practitioner") if part.startswith("b_") else scene
    day = 10 + (STAFF.index(part) if part in STAFF else len(STAFF))
    body = {"starts_at": in_days_at_noon(day), "ends_at": in_days_at_noon(day + 1)}
    if part in LEADERS:
        return body | {"absent_id": str(mine.lead_id), "covering_id": str(mine.colleague_id)}
    return body | {"covering_id": str(mine.colleague_id if part in ("lead", "b_practitioner") else mine.lead_id)}


def a_piece_of_content(scene: Scene, _: str) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "content_id": str(scene.content_id)}


def questions(*_: Any) -> dict[str, Any]:
    return {"title": {"en": "Knee"}, "questions": [{"key": "other", "kind": "text", "text": {"en": "How is it?"}}]}


def a_check_in(scene: Scene, part: str) -> dict[str, Any]:
    """Everyone has only their own clinic's templates to name."""
    abroad = part in ("b_manager", "b_owner")
    return {"template_id": str((scene.belongings_of("b_practitioner") if abroad else scene).check_in_template_id)}


def a_check_in_rule(scene: Scene, part: str) -> dict[str, Any]:
    return {**a_check_in(scene, part), "kind": "after_start", "days": 300}


def a_draft(scene: Scene, _: str) -> dict[str, Any]:
    items = [making.carried_item(scene.prescription_id), making.new_item(scene.draft_id)]
    return {"phases": [{"from_day": 0, "items": items}]}


def drafting(json: Fill | None, status: int) -> Example:
    """Changing the plan's draft, under its own ETag."""
    return Example(("lead",), status, json, if_match=of("/v1/plans/{plan_id}/draft"), once=True)


def of_the_sender(json: Fill | None = None) -> Example:
    """What only the sender of a message may, who is the lead here; the patient reads it."""
    return Example(("lead",), json=json, refusals={"patient": 403})


def for_the_patient(scene: Scene, _: str) -> dict[str, Any]:
    return {"patient_id": str(scene.patient_id), "starts_on": "today"}


def for_several(scene: Scene, _: str) -> dict[str, Any]:
    return {"starts_on": "today", "patients": [{"patient_id": str(scene.patient_id), "plan_id": str(uuid4())}]}


@dataclass(frozen=True)
class CommandExample:
    """A socket command that succeeds for those in `may`."""

    may: tuple[str, ...]
    body: Fill
    is_record: bool = False
    refusals: Mapping[str, int] = field(default_factory=dict)


def about(scene: Scene, _: str) -> dict[str, Any]:
    """A message about a prescription."""
    return {**message(), "about": {"kind": "prescription", "id": str(scene.prescription_id)}}


def an_emergency(scene: Scene, part: str) -> dict[str, Any]:
    """About a patient who is not one's own."""
    patient_id = scene.people["other_patient"].patient_id if part == "lead" else scene.patient_id
    return {"patient_id": str(patient_id), "reason": "Found unconscious at the gym."}


def a_picture(*_: Any) -> tuple[bytes, dict[str, str]]:
    """A form with a picture in it."""
    boundary, body = encode_multipart({"file": FileStorage(BytesIO(A_PICTURE), "x.png", content_type="image/png")})
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def a_table(*_: Any) -> tuple[bytes, dict[str, str]]:
    """A form with a table of exercises in it."""
    table = FileStorage(BytesIO(b"key,name,steps,body_region\na,Hop,Hop.,knee\n"), "x.csv", content_type="text/csv")
    boundary, body = encode_multipart({"file": table, "format": "csv"})
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def an_upload(*_: Any) -> tuple[bytes, dict[str, str]]:
    return b"", {"Tus-Resumable": "1.0.0", "Upload-Length": "70", "Upload-Metadata": f"filetype {IMAGE_PNG}"}


def a_piece(*_: Any) -> tuple[bytes, dict[str, str]]:
    """The next bytes of a resumable upload."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    return A_PICTURE[:9], {**headers, "Content-Type": "application/offset+octet-stream"}


def a_whole(*_: Any) -> tuple[bytes, dict[str, str]]:
    """All bytes of a resumable upload at once."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    return A_PICTURE, {**headers, "Content-Type": "application/offset+octet-stream"}


def taken_back(*_: Any) -> tuple[bytes, dict[str, str]]:
    return b"", {"Tus-Resumable": "1.0.0"}


def record(json: Fill | None = None) -> Example:
    """Reading something of the patient's record."""
    return Example(RECORD, json=json, is_record=True)


def treating(json: Fill, status: int = 201) -> Example:
    """Changing the plan, under its ETag."""
    return Example(("lead",), status, json, if_match=of_plan, once=True)


def of_exercise(json: Fill | None = None) -> Example:
    """Changing an exercise of the clinic, under its ETag."""
    return Example(OUR_PRACTITIONERS, 200, json, if_match=of("/v1/exercises/{exercise_id}"), once=True)


def of_attention(json: Fill) -> Example:
    """Doing something with an entry of the attention list, under its ETag."""
    return Example(("lead",), 200, json, if_match=of("/v1/attention/{attention_id}"), once=True)


# Takes any patient of the sender's clinic: that is what it is for.
NAMES_ANYONE = {("post", "/v1/emergency-accesses")}
# Tells what was done, so it grows by what others do, and by being asked; or what nobody did, until somebody does it: by
# that leaders send for whoever may acknowledge an alert; or for how long a clinic's work waits, without whose it is.
TELLS_OF_DOINGS = {
    ("get", "/v1/audit"),
    ("get", "/v1/patients/{patient_id}/accesses"),
    ("get", "/v1/clinic/unacknowledged-flags"),
    ("get", "/v1/clinic/health"),
}

EXAMPLES: dict[tuple[str, str], Example] = {
    ("get", "/healthz"): Example(ANYONE),
    ("get", "/readyz"): Example(ANYONE),
    ("get", "/.well-known/jwks.json"): Example(ANYONE),
    ("post", "/v1/sign-ins"): Example(
        ANYONE, 201, lambda scene, _: {"email": scene.entered["email"], "password": PASSWORD}
    ),
    ("post", "/v1/sign-ins/second-factor"): Example(
        ANYONE, 201, lambda scene, _: {"challenge": scene.challenge, "totp_code": factors.code()}
    ),
    ("post", "/v1/sign-ins/refresh"): Example(
        ANYONE, json=lambda scene, _: {"refresh_token": scene.entered["refresh_token"]}
    ),
    ("delete", "/v1/sign-ins/current"): Example(EVERYONE, 204),
    ("post", "/v1/invitations/accept"): Example(
        ANYONE,
        201,
        lambda scene, _: {
            "code": scene.invited["invitation"]["code"],
            "password": PASSWORD,
            "birth_date": BIRTHDAY_OF_KIM,
        },
    ),
    # Whoever may gets as far as being told that no Firebase project is named; the rest is in tests/accounts.
    ("post", "/v1/sign-ins/firebase"): Example(ANYONE, 404, lambda *_: {"id_token": "x.y.z"}),
    ("get", "/v1/me/firebase"): Example(EVERYONE),
    ("put", "/v1/me/firebase"): Example(EVERYONE, 404, lambda *_: {"id_token": "x.y.z"}),
    ("delete", "/v1/me/firebase"): Example(EVERYONE, 204),
    ("put", "/v1/me/password"): Example(EVERYONE, 204, lambda *_: {"current_password": PASSWORD, "password": PASSWORD}),
    ("post", "/v1/password-resets"): Example(ANYONE, 202, lambda scene, _: {"email": scene.entered["email"]}),
    ("post", "/v1/password-resets/use"): Example(
        ANYONE, 204, lambda scene, _: {"token": scene.reset_token(), "password": PASSWORD}
    ),
    ("get", "/v1/me/sign-ins"): Example(EVERYONE),
    ("post", "/v1/me/sign-ins/end-others"): Example(EVERYONE),
    ("delete", "/v1/me/sign-ins/{sign_in_id}"): Example(("owner",), 204, once=True),
    ("get", "/v1/me"): Example(EVERYONE),
    # Devices: one's own; a phone refreshes itself.
    ("get", "/v1/me/notifications"): Example(EVERYONE),
    ("patch", "/v1/me/notifications"): Example(
        EVERYONE, json=lambda *_: {"most_a_day": 20}, if_match=of("/v1/me/notifications"), once=True
    ),
    # Mail: one's own digest, to whom nothing comes through, and how mails end.
    ("get", "/v1/me/digest"): Example(STAFF),
    ("put", "/v1/me/digest"): Example(STAFF, json=lambda *_: {"at": "07:00"}),
    ("get", "/v1/clinic/bounces"): Example(LEADERS),
    ("delete", "/v1/clinic/bounces/{member_id}"): Example(OUR_LEADERS, 204),
    ("get", "/v1/mail/unsubscribe/{token}"): Example(ANYONE),
    ("post", "/v1/mail/unsubscribe/{token}"): Example(ANYONE),
    ("get", "/v1/me/devices"): Example(EVERYONE),
    ("get", "/v1/push/web-key"): Example(EVERYONE),
    ("post", "/v1/me/devices"): Example(EVERYONE, 201, lambda *_: a_phone()),
    ("patch", "/v1/me/devices/{device_id}"): Example(("patient",), json=lambda *_: {"app_version": "2.1"}),
    ("delete", "/v1/me/devices/{device_id}"): Example(("patient",), 204),
    ("post", "/v1/me/devices/{device_id}/test"): Example(("patient",), 202),
    ("get", "/v1/me/devices/{device_id}/test"): Example(("patient",)),
    # What is pushed and whether it arrives: numbers for who leads, ids for owners.
    ("get", "/v1/clinic/health"): Example(LEADERS),
    ("get", "/v1/clinic/pushes"): Example(("owner", "b_owner")),
    ("post", "/v1/clinic/pushes/{push_id}/retry"): Example(("owner",)),
    # Second factors: one's own, and a lost one.
    ("get", "/v1/me/second-factors"): Example(EVERYONE),
    ("post", "/v1/me/second-factors/totp"): Example(EVERYONE, 201),
    ("post", "/v1/me/second-factors/totp/confirmation"): Example(
        EVERYONE, json=lambda *_: {"totp_code": factors.code()}
    ),
    ("delete", "/v1/me/second-factors/totp"): Example(EVERYONE, 204),
    ("post", "/v1/me/second-factors/recovery-codes"): Example(EVERYONE, 201),
    ("get", "/v1/me/passkeys"): Example(EVERYONE),
    ("post", "/v1/me/passkeys/options"): Example(EVERYONE),
    ("post", "/v1/me/passkeys"): Example(EVERYONE, 201, lambda *_: {"credential": factors.new_passkey()}),
    ("patch", "/v1/me/passkeys/{passkey_id}"): Example(("owner",), json=lambda *_: {"name": "Old phone"}),
    ("delete", "/v1/me/passkeys/{passkey_id}"): Example(("owner",), 204, once=True),
    ("post", "/v1/me/step-up/passkey-options"): Example(EVERYONE),
    ("post", "/v1/me/step-up"): Example(EVERYONE, json=lambda *_: {"totp_code": factors.code()}),
    ("delete", "/v1/members/{member_id}/second-factors"): Example(("owner",), 204, once=True),
    ("delete", "/v1/patients/{patient_id}/second-factors"): Example(("owner",), 204, once=True),
    # The clinic and its people.
    ("get", "/v1/clinic"): Example(STAFF),
    ("patch", "/v1/clinic"): Example(
        LEADERS, json=lambda *_: {"ended_plan_readable_days": 30}, if_match=of("/v1/clinic"), once=True
    ),
    ("get", "/v1/clinic/messaging"): Example(STAFF),
    ("patch", "/v1/clinic/messaging"): Example(
        LEADERS, json=lambda *_: {"card_on_pain": 9}, if_match=of("/v1/clinic/messaging"), once=True
    ),
    ("get", "/v1/clinic/notifications"): Example(STAFF),
    ("patch", "/v1/clinic/notifications"): Example(
        LEADERS, json=lambda *_: {"staff": {"most_a_day": 90}}, if_match=of("/v1/clinic/notifications"), once=True
    ),
    ("get", "/v1/locations/{location_id}/hours"): Example(OUR_STAFF),
    ("put", "/v1/locations/{location_id}/hours"): Example(
        OUR_LEADERS,
        json=lambda *_: {"opening_hours": {"mon": [["08:00", "12:00"]]}},
        if_match=of("/v1/locations/{location_id}/hours"),
    ),
    ("delete", "/v1/locations/{location_id}/hours"): Example(
        OUR_LEADERS, 204, if_match=of("/v1/locations/{location_id}/hours")
    ),
    ("get", "/v1/locations"): Example(STAFF),
    ("post", "/v1/locations"): Example(LEADERS, 201, lambda *_: {"name": f"Location {uuid4()}"}),
    ("get", "/v1/members"): Example(STAFF),
    ("post", "/v1/members"): Example(LEADERS, 201, lambda *_: new_person(role="practitioner")),
    ("get", "/v1/members/{member_id}"): Example(OUR_STAFF),
    ("patch", "/v1/members/{member_id}"): Example(
        OUR_LEADERS, json=lambda *_: {"name": "Robin"}, if_match=of("/v1/members/{member_id}"), once=True
    ),
    ("post", "/v1/members/{member_id}/invitation"): Example(OUR_LEADERS, 201),
    # Patients as administration sees them.
    ("get", "/v1/patients"): Example(STAFF),
    ("post", "/v1/patients"): Example(STAFF, 201, a_new_patient),
    ("get", "/v1/patients/{patient_id}"): Example((*ADMINISTRATION, "patient")),
    ("patch", "/v1/patients/{patient_id}"): Example(
        (*ADMINISTRATION, "patient"),
        json=lambda *_: {"zone": "Europe/Paris"},
        if_match=of("/v1/patients/{patient_id}"),
        once=True,
    ),
    ("post", "/v1/patients/{patient_id}/invitation"): Example(ADMINISTRATION, 201),
    ("get", "/v1/patients/{patient_id}/care-team"): Example((*ADMINISTRATION, "patient")),
    ("post", "/v1/patients/{patient_id}/care-team"): Example(
        ADMINISTRATION, json=lambda scene, _: {"member_id": str(scene.colleague_id)}
    ),
    ("delete", "/v1/patients/{patient_id}/care-team/{member_id}"): Example(ADMINISTRATION, 204, once=True),
    ("post", "/v1/covers"): Example(STAFF, 201, a_cover),
    ("get", "/v1/covers"): Example(STAFF),
    ("get", "/v1/covers/{cover_id}"): Example(("lead", "former", "manager", "owner")),
    ("post", "/v1/covers/{cover_id}/end"): Example(ADMINISTRATION),
    # Who did what.
    ("post", "/v1/emergency-accesses"): Example(OUR_STAFF, 201, an_emergency, once=True),
    ("get", "/v1/emergency-accesses"): Example(STAFF),
    ("delete", "/v1/emergency-accesses/{access_id}"): Example(("former", "owner"), 204),
    ("get", "/v1/patients/{patient_id}/accesses"): Example((*ADMINISTRATION, "patient")),
    ("get", "/v1/audit"): Example(("owner", "b_owner")),
    # Rights of the person.
    ("get", "/v1/files/{token}"): Example(ANYONE),
    ("post", "/v1/patients/{patient_id}/exports"): Example(RECORD, 202),
    ("get", "/v1/patients/{patient_id}/exports/{export_id}"): Example(("patient",)),
    ("post", "/v1/patients/{patient_id}/exports/{export_id}/link"): Example(("patient",), 201),
    ("post", "/v1/patients/{patient_id}/erasures"): Example(
        (*ADMINISTRATION, "patient"), 201, lambda *_: {"words": "Please."}
    ),
    ("get", "/v1/patients/{patient_id}/erasures/{erasure_id}"): Example((*OUR_LEADERS, "patient")),
    ("get", "/v1/erasures"): Example(LEADERS),
    ("post", "/v1/patients/{patient_id}/erasures/{erasure_id}/decision"): Example(
        ("owner",), json=lambda *_: {"decision": "refuse", "reason": "In the middle of a treatment."}
    ),
    ("put", "/v1/patients/{patient_id}/hold"): Example(
        OUR_LEADERS, json=lambda *_: {"reason": "A lawsuit.", "held_until": making.in_days(20)}
    ),
    ("get", "/v1/patients/{patient_id}/hold"): Example(OUR_LEADERS),
    ("delete", "/v1/patients/{patient_id}/hold"): Example(OUR_LEADERS, 204, once=True),
    # The library.
    ("get", "/v1/exercises"): Example(STAFF),
    ("post", "/v1/exercises"): Example(
        PRACTITIONERS, 201, lambda *_: {"name": "Squat", "steps": ["Bend."], "body_region": "knee"}
    ),
    ("get", "/v1/exercises/{exercise_id}"): Example(OUR_STAFF),
    ("put", "/v1/exercises/{exercise_id}/favourite"): Example(OUR_STAFF, 204),
    ("delete", "/v1/exercises/{exercise_id}/favourite"): Example(OUR_STAFF, 204),
    ("patch", "/v1/exercises/{exercise_id}"): of_exercise(lambda *_: {"name": "Deep squat"}),
    ("post", "/v1/exercises/{exercise_id}/copy"): Example(OUR_PRACTITIONERS, 201, lambda *_: {"scope": "clinic"}),
    ("post", "/v1/exercises/{exercise_id}/archive"): of_exercise(),
    ("post", "/v1/exercises/{exercise_id}/restore"): of_exercise(),
    ("get", "/v1/exercises/{exercise_id}/translations"): Example(OUR_STAFF),
    ("put", "/v1/exercises/{exercise_id}/translations/{language}"): of_exercise(
        lambda *_: {"name": "Kniebeuge", "steps": ["Beugen."]}
    ),
    ("delete", "/v1/exercises/{exercise_id}/translations/{language}"): of_exercise(),
    ("get", "/v1/drawings/{digest}.svg"): Example(ANYONE),
    # Media.
    ("post", "/v1/library/import"): Example(STAFF, sent=a_table),
    ("get", "/v1/library/export"): Example(STAFF),
    ("post", "/v1/media"): Example(STAFF, 201, sent=a_picture),
    ("get", "/v1/media"): Example(STAFF),
    ("get", "/v1/media/{asset_id}"): Example(OUR_STAFF),
    ("patch", "/v1/media/{asset_id}"): Example(
        OUR_STAFF, json=lambda *_: {"alt": "Squat"}, if_match=of("/v1/media/{asset_id}"), once=True
    ),
    ("post", "/v1/media/uploads"): Example(STAFF, 201, sent=an_upload),
    ("get", "/v1/media/uploads/{upload_id}"): Example(("lead",)),
    ("patch", "/v1/media/uploads/{upload_id}"): Example(("lead",), 204, sent=a_piece, once=True),
    ("post", "/v1/media/uploads/{upload_id}"): Example(("lead",), 204, sent=a_piece, once=True),
    ("delete", "/v1/media/uploads/{upload_id}"): Example(("lead",), 204, sent=taken_back, once=True),
    ("get", "/v1/exercises/{exercise_id}/media"): Example(OUR_STAFF),
    ("put", "/v1/exercises/{exercise_id}/media"): of_exercise(lambda scene, _: {"asset_ids": [str(scene.asset_id)]}),
    # Templates.
    ("get", "/v1/templates"): Example(STAFF),
    ("post", "/v1/templates"): Example(PRACTITIONERS, 201, a_template),
    ("get", "/v1/templates/{template_id}"): Example(OUR_STAFF),
    ("get", "/v1/templates/{template_id}/versions/{number}"): Example(OUR_STAFF),
    ("put", "/v1/templates/{template_id}"): Example(
        OUR_PRACTITIONERS, json=a_template, if_match=of("/v1/templates/{template_id}"), once=True
    ),
    ("post", "/v1/templates/{template_id}/archive"): Example(OUR_PRACTITIONERS),
    ("post", "/v1/templates/{template_id}/restore"): Example(OUR_PRACTITIONERS),
    ("post", "/v1/templates/{template_id}/copy"): Example(OUR_PRACTITIONERS, 201, lambda *_: {"title": "Ours"}),
    ("post", "/v1/templates/{template_id}/apply"): Example(("lead",), 201, for_the_patient),
    # Answered patient by patient: who cares for none of them is told so of each.
    ("post", "/v1/templates/{template_id}/apply-to-several"): Example(OUR_PRACTITIONERS, json=for_several),
    # Content to send.
    ("get", "/v1/content"): Example(STAFF),
    ("post", "/v1/content"): Example(STAFF, 201, an_article),
    ("get", "/v1/content/{content_id}"): Example(OUR_STAFF),
    ("put", "/v1/content/{content_id}"): Example(
        OUR_STAFF, json=an_article, if_match=of("/v1/content/{content_id}"), once=True
    ),
    ("post", "/v1/content/{content_id}/archive"): Example(OUR_STAFF, once=True),
    ("post", "/v1/content/{content_id}/restore"): Example(OUR_STAFF),
    ("post", "/v1/conversations/{conversation_id}/content"): Example(("lead",), 201, a_piece_of_content),
    ("get", "/v1/conversations/{conversation_id}/content"): record(),
    ("get", "/v1/conversations/{conversation_id}/content/{seq}"): record(),
    ("post", "/v1/conversations/{conversation_id}/content/{seq}/open"): Example(("patient",), json=lambda *_: {}),
    # Check-ins.
    ("get", "/v1/check-in-templates"): Example(STAFF),
    ("post", "/v1/check-in-templates"): Example(STAFF, 201, questions),
    ("get", "/v1/check-in-templates/{check_in_template_id}"): Example(OUR_STAFF),
    ("get", "/v1/check-in-templates/{check_in_template_id}/versions/{number}"): Example(OUR_STAFF),
    ("put", "/v1/check-in-templates/{check_in_template_id}"): Example(
        OUR_STAFF, json=questions, if_match=of("/v1/check-in-templates/{check_in_template_id}"), once=True
    ),
    ("post", "/v1/check-in-templates/{check_in_template_id}/archive"): Example(OUR_STAFF, once=True),
    ("post", "/v1/check-in-templates/{check_in_template_id}/restore"): Example(OUR_STAFF),
    ("get", "/v1/clinic/reminders"): Example(STAFF),
    ("patch", "/v1/clinic/reminders"): Example(
        LEADERS, json=lambda *_: {"is_on": True}, if_match=of("/v1/clinic/reminders"), once=True
    ),
    ("get", "/v1/patients/{patient_id}/reminders"): record(),
    ("put", "/v1/patients/{patient_id}/reminders"): Example(
        ("patient",),
        json=lambda *_: {"is_on": True, "times": [{"at": "09:00"}]},
        if_match=of("/v1/patients/{patient_id}/reminders"),
    ),
    ("get", "/v1/patients/{patient_id}/reminders/history"): record(),
    ("get", "/v1/patients/{patient_id}/reminder-suggestions"): Example(("patient",)),
    ("post", "/v1/patients/{patient_id}/reminder-suggestions/accept"): Example(
        ("patient",), json=lambda *_: {"at": "08:00"}
    ),
    ("post", "/v1/patients/{patient_id}/reminder-suggestions/dismiss"): Example(
        ("patient",), 204, lambda *_: {"at": "18:00"}
    ),
    ("get", "/v1/check-in-rules"): Example(STAFF),
    ("post", "/v1/check-in-rules"): Example(LEADERS, 201, a_check_in_rule),
    ("delete", "/v1/check-in-rules/{check_in_rule_id}"): Example(OUR_LEADERS, 204),
    ("get", "/v1/patients/{patient_id}/check-in-rules"): record(),
    ("post", "/v1/patients/{patient_id}/check-in-rules"): Example(("lead",), 201, a_check_in_rule),
    ("delete", "/v1/patients/{patient_id}/check-in-rules/{check_in_rule_id}"): Example(("lead",), 204),
    ("post", "/v1/patients/{patient_id}/check-ins"): Example(("lead",), 201, a_check_in),
    ("get", "/v1/patients/{patient_id}/check-ins"): record(),
    ("get", "/v1/patients/{patient_id}/check-ins/series"): record(),
    ("get", "/v1/check-ins/{check_in_id}"): record(),
    ("post", "/v1/check-ins/{check_in_id}/answer"): Example(
        ("patient",), json=lambda *_: an_answer(2, "Corrected."), once=True
    ),
    # Plans.
    ("post", "/v1/patients/{patient_id}/plans"): Example(
        ("lead",), 201, lambda *_: {"title": "Another", "starts_on": making.in_days(0)}
    ),
    ("get", "/v1/patients/{patient_id}/plans"): record(),
    ("get", "/v1/plans/{plan_id}"): record(),
    ("patch", "/v1/plans/{plan_id}"): treating(lambda *_: {"title": "Knee"}, 200),
    ("put", "/v1/plans/{plan_id}/own-why"): Example(
        RECORD, json=lambda *_: {"own_why": "My dog."}, if_match=of_plan, once=True
    ),
    ("get", "/v1/plans/{plan_id}/discharge"): record(),
    ("get", "/v1/plans/{plan_id}/goals"): record(),
    ("post", "/v1/plans/{plan_id}/goals"): Example(("lead",), 201, lambda *_: {"text": "Climb the stairs."}),
    ("get", "/v1/plans/{plan_id}/goals/{goal_id}"): record(),
    ("patch", "/v1/plans/{plan_id}/goals/{goal_id}"): Example(
        ("lead",), json=lambda *_: {"text": "Bend the knee."}, if_match=of_goal, once=True
    ),
    ("post", "/v1/plans/{plan_id}/goals/{goal_id}/values"): Example(RECORD, 201, lambda *_: {"value": 90}),
    # This one is measured; of one in words the patient may say so too (tests/plans/test_goals.py).
    ("put", "/v1/plans/{plan_id}/goals/{goal_id}/outcome"): Example(
        ("lead",), json=lambda *_: {"state": "reached"}, if_match=of_goal, once=True, refusals={"patient": 403}
    ),
    ("post", "/v1/plans/{plan_id}/end"): treating(lambda *_: {"discharge_reason": "goals_met"}, 200),
    ("post", "/v1/plans/{plan_id}/revisions"): treating(a_new_revision),
    ("get", "/v1/plans/{plan_id}/revisions"): record(),
    ("get", "/v1/plans/{plan_id}/revisions/{number}"): record(),
    ("get", "/v1/plans/{plan_id}/draft"): Example(("lead",), is_record=True),
    ("get", "/v1/plans/{plan_id}/draft/changes"): Example(("lead",), is_record=True),
    ("put", "/v1/plans/{plan_id}/draft"): drafting(a_draft, 200),
    ("delete", "/v1/plans/{plan_id}/draft"): drafting(None, 204),
    ("post", "/v1/plans/{plan_id}/draft/publish"): drafting(lambda *_: {"effective_on": "today"}, 201),
    ("post", "/v1/plans/{plan_id}/copy"): Example(("lead",), 201, for_the_patient),
    ("post", "/v1/plans/{plan_id}/template"): Example(
        ("lead",), 201, lambda *_: {"title": "Knee", "without_missing": True}
    ),
    ("get", "/v1/plans/{plan_id}/revisions/{number}/changes"): record(),
    ("put", "/v1/plans/{plan_id}/revisions/{number}/acknowledgement"): Example(("patient",), json=lambda *_: {}),
    ("get", "/v1/patients/{patient_id}/changes"): record(),
    ("get", "/v1/unacknowledged-revisions"): Example(STAFF),
    ("post", "/v1/plans/{plan_id}/pauses"): treating(lambda *_: {"from": making.in_days(9), "reason": "Away."}),
    ("get", "/v1/plans/{plan_id}/pauses"): record(),
    ("patch", "/v1/plans/{plan_id}/pauses/{pause_id}"): treating(
        lambda *_: {"withdrawn": True, "reason": "Not away after all."}, 200
    ),
    ("get", "/v1/patients/{patient_id}/calendar"): record(),
    ("get", "/v1/plans/{plan_id}/calendar"): record(),
    ("get", "/v1/patients/{patient_id}/offline"): record(),
    ("get", "/v1/patients/{patient_id}/sync"): record(),
    # On paper.
    ("get", "/v1/plans/{plan_id}/handout"): record(),
    ("get", "/v1/plans/{plan_id}/handout.pdf"): record(),
    ("post", "/v1/plans/{plan_id}/handout-links"): Example(RECORD, 201, lambda *_: {}, is_record=True),
    ("get", "/v1/handouts/{token}"): Example(ANYONE),
    ("get", "/v1/handouts/{token}/pdf"): Example(ANYONE),
    ("post", "/v1/plans/{plan_id}/reports"): Example(("lead",), 201, lambda *_: {"audience": "patient"}),
    ("get", "/v1/plans/{plan_id}/reports"): record(),
    ("get", "/v1/plans/{plan_id}/reports/{report_id}"): record(),
    ("get", "/v1/plans/{plan_id}/reports/{report_id}.html"): record(),
    ("get", "/v1/plans/{plan_id}/reports/{report_id}.pdf"): record(),
    ("post", "/v1/patients/{patient_id}/media-links"): record(lambda scene, _: {"asset_ids": [str(scene.asset_id)]}),
    ("post", "/v1/patients/{patient_id}/calendar-feeds"): Example(("patient",), 201, lambda *_: {}),
    ("get", "/v1/patients/{patient_id}/calendar-feeds"): Example(("patient",)),
    ("delete", "/v1/patients/{patient_id}/calendar-feeds/{feed_id}"): Example(("patient",), 204, once=True),
    ("get", "/v1/calendars/{token}.ics"): Example(ANYONE),
    # Adherence.
    ("post", "/v1/patients/{patient_id}/events"): Example(RECORD, json=lambda scene, _: event(scene)),
    ("get", "/v1/patients/{patient_id}/events"): record(),
    ("get", "/v1/patients/{patient_id}/today"): record(),
    ("get", "/v1/patients/{patient_id}/adherence"): record(),
    ("get", "/v1/patients/{patient_id}/adherence/why"): record(),
    ("get", "/v1/plans/{plan_id}/adherence"): record(),
    ("get", "/v1/plans/{plan_id}/adherence/why"): record(),
    ("get", "/v1/prescriptions/{prescription_id}/adherence"): record(),
    ("get", "/v1/prescriptions/{prescription_id}/adherence/why"): record(),
    ("get", "/v1/patients/{patient_id}/suggestions"): Example(("lead",), is_record=True),
    ("get", "/v1/suggestions"): Example(STAFF),
    # The plan is the suggestion's own; another one's ETag is refused by 412 and tells nothing.
    ("post", "/v1/suggestions/{suggestion_id}/accept"): Example(
        ("lead",), json=lambda *_: {}, if_match=lambda *_: "*", once=True
    ),
    ("post", "/v1/suggestions/{suggestion_id}/dismiss"): Example(
        ("lead",), json=lambda *_: {"reason": "Too early."}, once=True
    ),
    # Who needs attention. The entry is one that was put off.
    ("get", "/v1/attention"): Example(STAFF),
    ("get", "/v1/attention/{attention_id}"): Example(("lead",), is_record=True),
    ("post", "/v1/attention/{attention_id}/dismiss"): of_attention(lambda *_: {"reason": "Called."}),
    ("post", "/v1/attention/{attention_id}/snooze"): of_attention(
        lambda *_: {"reason": "On Monday.", "until": f"{making.in_days(3)}T08:00:00+00:00"}
    ),
    ("post", "/v1/attention/{attention_id}/reopen"): of_attention(lambda *_: {}),
    ("put", "/v1/attention/{attention_id}/owner"): of_attention(lambda scene, _: {"member_id": str(scene.lead_id)}),
    ("get", "/v1/morning"): Example(STAFF),
    ("get", "/v1/clinic/adherence"): Example(STAFF),
    ("get", "/v1/clinic/adherence/why"): Example(STAFF),
    ("get", "/v1/clinic/adherence/practitioners"): Example(LEADERS),
    ("get", "/v1/clinic/adherence/locations"): Example(LEADERS),
    ("get", "/v1/practitioners/{member_id}/adherence"): Example(ADMINISTRATION),
    ("get", "/v1/practitioners/{member_id}/adherence/why"): Example(ADMINISTRATION),
    ("get", "/v1/locations/{location_id}/adherence"): Example(OUR_LEADERS),
    ("get", "/v1/clinic/response-times"): Example(STAFF),
    ("get", "/v1/practitioners/{member_id}/response-times"): Example(("lead", *OUR_LEADERS)),
    ("get", "/v1/locations/{location_id}/response-times"): Example(OUR_LEADERS),
    ("get", "/v1/locations/{location_id}/adherence/why"): Example(OUR_LEADERS),
    # Messaging.
    # Alerts. The flag is open, has one cause, and went all round the care team.
    ("get", "/v1/flags"): Example(STAFF),
    ("get", "/v1/flags/{flag_id}"): Example(("lead",), is_record=True),
    ("post", "/v1/flags/{flag_id}/acknowledge"): Example(("lead",), 200, lambda *_: {"cause_count": 1}),
    ("get", "/v1/clinic/unacknowledged-flags"): Example(LEADERS),
    ("put", "/v1/patients/{patient_id}/staff-conversation"): Example(("lead",)),
    ("get", "/v1/conversations"): Example(EVERYONE),
    ("get", "/v1/conversations/{conversation_id}"): record(),
    ("get", "/v1/conversations/{conversation_id}/messages"): record(),
    ("post", "/v1/conversations/{conversation_id}/messages"): Example(RECORD, 201, about),
    ("post", "/v1/conversations/{conversation_id}/attachments"): Example(RECORD, 201, sent=a_picture),
    # One that waits for its message, and an upload: their sender's alone.
    ("get", "/v1/conversations/{conversation_id}/attachments/{attachment_id}"): Example(("patient",)),
    ("delete", "/v1/conversations/{conversation_id}/attachments/{attachment_id}"): Example(
        ("patient",), 204, once=True
    ),
    ("post", "/v1/conversations/{conversation_id}/attachment-links"): record(
        lambda scene, _: {"attachment_ids": [str(scene.attachment_id)]}
    ),
    ("post", "/v1/conversations/{conversation_id}/attachments/uploads"): Example(RECORD, 201, sent=an_upload),
    ("get", "/v1/conversations/{conversation_id}/attachments/uploads/{upload_id}"): Example(("patient",)),
    ("patch", "/v1/conversations/{conversation_id}/attachments/uploads/{upload_id}"): Example(
        ("patient",), 204, sent=a_whole, once=True
    ),
    ("post", "/v1/conversations/{conversation_id}/attachments/uploads/{upload_id}"): Example(
        ("patient",), 204, sent=a_whole, once=True
    ),
    ("delete", "/v1/conversations/{conversation_id}/attachments/uploads/{upload_id}"): Example(
        ("patient",), 204, sent=taken_back, once=True
    ),
    ("get", "/v1/inbox"): Example(STAFF),
    ("get", "/v1/inbox/{conversation_id}"): Example(("lead",), is_record=True, refusals={"patient": 403}),
    ("put", "/v1/conversations/{conversation_id}/assignee"): Example(
        ("lead",), json=lambda scene, _: {"member_id": str(scene.lead_id)}, refusals={"patient": 403}
    ),
    ("post", "/v1/conversations/{conversation_id}/close"): Example(("lead",), refusals={"patient": 403}),
    ("post", "/v1/conversations/{conversation_id}/reopen"): Example(("lead",), refusals={"patient": 403}),
    ("post", "/v1/practitioners/{member_id}/hand-over"): Example(ADMINISTRATION, json=a_hand_over),
    ("get", "/v1/saved-replies"): Example(STAFF),
    ("post", "/v1/saved-replies"): Example(STAFF, 201, a_reply),
    ("get", "/v1/saved-replies/{reply_id}"): Example(OUR_STAFF),
    ("patch", "/v1/saved-replies/{reply_id}"): Example(
        OUR_LEADERS,
        json=lambda *_: {"title": "Hello"},
        if_match=of("/v1/saved-replies/{reply_id}"),
        refusals=dict.fromkeys(OUR_PRACTITIONERS, 403),
    ),
    ("delete", "/v1/saved-replies/{reply_id}"): Example(
        OUR_LEADERS, 204, once=True, refusals=dict.fromkeys(OUR_PRACTITIONERS, 403)
    ),
    ("post", "/v1/conversations/{conversation_id}/saved-replies/{reply_id}"): Example(("lead",)),
    ("put", "/v1/conversations/{conversation_id}/receipt"): Example(RECORD, json=lambda *_: {"read_seq": 1}),
    ("put", "/v1/conversations/{conversation_id}/mute"): Example(RECORD, json=lambda *_: {}),
    ("delete", "/v1/conversations/{conversation_id}/mute"): Example(RECORD),
    ("patch", "/v1/conversations/{conversation_id}/messages/{seq}"): of_the_sender(lambda *_: message()),
    ("post", "/v1/conversations/{conversation_id}/messages/{seq}/withdraw"): of_the_sender(),
    ("get", "/v1/conversations/{conversation_id}/messages/{seq}/versions"): record(),
    ("put", "/v1/conversations/{conversation_id}/messages/{seq}/reactions/{sign}"): Example(RECORD),
    ("delete", "/v1/conversations/{conversation_id}/messages/{seq}/reactions/{sign}"): Example(RECORD),
}


def in_conversation(**content: Any) -> Fill:
    """What names the patient's conversation."""
    return lambda scene, _: {"conversation_id": str(scene.conversation_id), **content}


# The same for the socket commands.
COMMANDS: dict[str, CommandExample] = {
    "connection.renew": CommandExample(EVERYONE, lambda scene, part: {"token": scene.people[part].token}),
    "message.send": CommandExample(
        RECORD, lambda scene, part: {**in_conversation()(scene, part), **about(scene, part)}
    ),
    "conversation.catch_up": CommandExample(RECORD, in_conversation(after=0), is_record=True),
    "presence.report": CommandExample(RECORD, in_conversation(state="typing")),
    "message.edit": CommandExample(
        ("lead",), lambda *each: {**in_conversation(seq=2)(*each), **message()}, refusals={"patient": 403}
    ),
    "message.withdraw": CommandExample(("lead",), in_conversation(seq=3), refusals={"patient": 403}),
    "message.react": CommandExample(RECORD, in_conversation(seq=2, sign="heart")),
    "message.unreact": CommandExample(RECORD, in_conversation(seq=2, sign="heart")),
    "receipt.report": CommandExample(RECORD, in_conversation(read_seq=1)),
}
