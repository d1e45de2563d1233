"""One patient's story in one clinic, and everyone who has no part in it: the ground on which the who-may matrix stands.

Whatever may be read somewhere carries a canary: a word that must not reach those who may not read it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from hep_api.accounts.models.identity import SignIn
from hep_api.clinics.models import Clinic, Location, Member, MemberStatus
from tests.plans import making
from tests.world import Person, Phone, World, expired

RECORD, ADMINISTRATION, CLINIC = "canary-of-the-record", "canary-of-administration", "canary-of-the-clinic"
PASSWORD = "canary and a battery"

# Who may read which canaries; the others of the scene none.
READERS = {
    RECORD: {"lead", "patient"},
    ADMINISTRATION: {"lead", "patient", "manager", "owner"},
    CLINIC: {"lead", "patient", "manager", "owner", "other_practitioner", "former", "other_patient"},
}
NOT_SIGNED_IN = ("anonymous", "expired", "signed_out", "disabled")


@dataclass(frozen=True)
class Scene:
    """The people by their part, and the ids of what belongs to the patient."""

    world: World
    people: dict[str, Person]
    phones: dict[str, Phone]
    clinic_id: UUID
    plan: making.MadePlan
    exercise_id: UUID
    prescription_id: UUID
    pause_id: UUID
    conversation_id: UUID
    invited: dict[str, Any]
    invited_member_id: str
    entered: dict[str, Any]

    @property
    def patient_id(self) -> UUID:
        return self.people["patient"].patient_id

    def etag(self, path: str, part: str) -> str:
        """Return the ETag of something as this part gets it, or else the owner."""
        for asking in (part, "owner"):
            answer = self.phones[asking].get(path)
            if answer.status_code == 200:
                return answer.headers["ETag"]
        raise AssertionError(path)


def make(world: World, *, managers_may_read_records: bool = False) -> Scene:
    """Make the scene: a plan with a pause, an event, a message, and people all around."""
    clinic_id = world.clinic(managers_may_read_records=managers_may_read_records)
    people = _people(world, clinic_id)
    lead, patient = people["lead"], people["patient"]
    _name(world, clinic_id, patient)
    plan = making.start(lead, patient, title=RECORD)
    exercise_id = making.exercise(lead, name=CLINIC, scope="clinic")
    [prescription_id] = making.publish(plan, making.new_item(exercise_id), note=RECORD)
    pause = plan.send("POST", "/pauses", {"from": making.in_days(3), "to": making.in_days(5), "reason": RECORD})
    conversation_id = UUID(patient.http.get("/v1/conversations").json["items"][0]["id"])
    scene = Scene(
        world,
        people,
        _phones(world, people),
        clinic_id,
        plan,
        exercise_id,
        prescription_id,
        UUID(pause.json["id"]),
        conversation_id,
        _invite(lead),
        people["owner"].http.post("/v1/members", json=new_person(role="practitioner")).json["id"],
        _enter(world, lead),
    )
    assert patient.http.post(f"/v1/patients/{patient.patient_id}/events", json=event(scene)).status_code == 200
    assert lead.http.post(f"/v1/conversations/{conversation_id}/messages", json=message()).status_code == 201
    return scene


def event(scene: Scene) -> dict[str, Any]:
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
    }
    return {"events": [done]}


def message() -> dict[str, Any]:
    return {"client_id": str(uuid4()), "body": RECORD}


def new_person(**more: Any) -> dict[str, Any]:
    return {"name": "Kim", "email": f"kim-{uuid4()}@example.org", **more}


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
    return {
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


def _phones(world: World, people: dict[str, Person]) -> dict[str, Phone]:
    lead, now = people["lead"], datetime.now(UTC)
    old_token = world.app.extensions["hep_tokens"].issue(lead.account_id, lead.sign_in_id, expired(now))
    gone = world.sign_in(lead)
    with world.transaction() as session:
        session.execute(
            update(SignIn).where(SignIn.id == gone.sign_in_id).values(ended_at=now, end_reason="signed_out")
        )
    extra = {
        "anonymous": world.anyone(),
        "expired": Phone(world.app.test_client(), old_token),
        "signed_out": gone.http,
    }
    return {name: person.http for name, person in people.items()} | extra


def _name(world: World, clinic_id: UUID, patient: Person) -> None:
    with world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == clinic_id).values(name=CLINIC))
        session.execute(update(Location).where(Location.id == clinic_id).values(name=f"{CLINIC} too"))
        session.execute(update(Member).where(Member.id == patient.member_id).values(name=ADMINISTRATION))


def _invite(lead: Person) -> dict[str, Any]:
    """Invite a patient of the lead's who has not come in yet."""
    answer = lead.http.post("/v1/patients", json=new_person(name=ADMINISTRATION))
    assert answer.status_code == 201, answer.json
    invited: dict[str, Any] = answer.json
    return invited


def _enter(world: World, lead: Person) -> dict[str, Any]:
    """Let an invited patient come in; return the e-mail and the tokens of the sign-in."""
    invited = _invite(lead)
    body = {"code": invited["invitation"]["code"], "password": PASSWORD}
    answer = world.anyone().post("/v1/invitations/accept", json=body)
    assert answer.status_code == 201, answer.json
    return {"email": invited["email"], **answer.json}
