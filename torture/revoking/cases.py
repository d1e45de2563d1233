"""The ways in which somebody loses access, each with people of its own, done through the public doors."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any
from uuid import UUID

from sqlalchemy import update

from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import Role
from hep_api.clinics.models import CareTeamPlace, Cover
from tests.world import Person, World

PASSWORD = "a horse and a stapler"
NEW_PASSWORD = "a donkey and a paperclip"
COME_AGAIN, TRIES, PAUSE_SECONDS = 503, 10, 0.5


@dataclass(frozen=True)
class Case:
    """Who is to lose access to whose conversation, and how; its name says in which way."""

    victim: Person
    sender: Person
    patient_id: UUID
    conversation_id: UUID
    revoke: Callable[[], int]
    name: str = ""

    @property
    def has_flags(self) -> bool:
        """Tell whether what is written may raise a red flag, which the victim is told of: a patient writes to staff."""
        return self.sender.role is Role.PATIENT


def make_cases(world: World, names: Collection[str] = ()) -> list[Case]:
    """Make one case of each kind, or of those that are named."""
    return [replace(make(world), name=name) for name, make in MAKERS.items() if not names or name in names]


def _sign_out(world: World) -> Case:
    """The patient signs out."""
    lead, patient = _people(world)
    return _case(patient, lead, patient, lambda: _status(patient, "DELETE", "/v1/sign-ins/current"))


def _sign_in_ended(world: World) -> Case:
    """The patient ends the sign-in of a phone that was lost, from another one."""
    lead, patient = _people(world)
    other = world.sign_in(patient)
    address = f"/v1/me/sign-ins/{patient.sign_in_id}"
    return _case(patient, lead, patient, lambda: _status(other, "DELETE", address))


def _password(world: World) -> Case:
    """The practitioner changes the password on another device."""
    lead, patient = _people(world)
    world.give_password(lead, PASSWORD)
    other = world.sign_in(lead)
    body = {"current_password": PASSWORD, "password": NEW_PASSWORD}
    return _case(lead, patient, patient, lambda: _status(other, "PUT", "/v1/me/password", json=body))


def _disabled(world: World) -> Case:
    """The owner disables a practitioner of the care team."""
    lead, patient = _people(world)
    owner = _owner(world, lead)
    colleague = _colleague(world, lead, patient)
    return _case(colleague, patient, patient, lambda: _change(owner, colleague, {"disabled": True}))


def _role(world: World) -> Case:
    """The owner makes a practitioner a manager; the care team has to be left first, and is."""
    lead, patient = _people(world)
    owner = _owner(world, lead)
    colleague = _colleague(world, lead, patient)

    def revoke() -> int:
        left = _status(owner, "DELETE", f"/v1/patients/{patient.patient_id}/care-team/{colleague.member_id}")
        assert left == 204, left
        return _change(owner, colleague, {"role": "manager"})

    return _case(colleague, patient, patient, revoke)


def _care_team(world: World) -> Case:
    """The lead takes a colleague off the care team."""
    lead, patient = _people(world)
    colleague = _colleague(world, lead, patient)
    address = f"/v1/patients/{patient.patient_id}/care-team/{colleague.member_id}"
    return _case(colleague, patient, patient, lambda: _status(lead, "DELETE", address))


def _care_team_among_staff(world: World) -> Case:
    """The lead takes a colleague off the care team, who listened where the staff talk among themselves."""
    lead, patient = _people(world)
    colleague = _colleague(world, lead, patient)
    opened: Any = lead.http.put(f"/v1/patients/{patient.patient_id}/staff-conversation").get_json()
    address = f"/v1/patients/{patient.patient_id}/care-team/{colleague.member_id}"
    return Case(
        colleague,
        lead,
        patient.patient_id,
        UUID(opened["id"]),
        lambda: _status(lead, "DELETE", address),
    )


def _cover_ended(world: World) -> Case:
    """The lead is back early and ends the cover, by which a colleague of another team listened."""
    lead, patient = _people(world)
    colleague, cover_id = _cover(world, lead)
    revoke = lambda: _status(lead, "POST", f"/v1/covers/{cover_id}/end")  # noqa: E731
    return _case(colleague, patient, patient, revoke)


def _cover_over(world: World) -> Case:
    """A cover runs out, and no worker is there to say so: time is let pass in the database."""
    lead, patient = _people(world)
    colleague, cover_id = _cover(world, lead)

    def revoke() -> int:
        now = datetime.now(UTC)
        with world.transaction() as session:
            session.execute(update(Cover).where(Cover.id == cover_id).values(ends_at=now))
            places = (CareTeamPlace.clinic_id == lead.clinic_id) & CareTeamPlace.until.is_not(None)
            session.execute(update(CareTeamPlace).where(places).values(until=now))
        return 200

    return _case(colleague, patient, patient, revoke)


def _cover(world: World, lead: Person) -> tuple[Person, UUID]:
    """Let a colleague stand in for the lead for a week."""
    colleague = world.practitioner(lead.clinic_id)
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    answer = lead.http.post("/v1/covers", json={"covering_id": str(colleague.member_id), "ends_at": until})
    return colleague, UUID(answer.get_json()["id"])


def _case(victim: Person, sender: Person, patient: Person, revoke: Callable[[], int]) -> Case:
    answer: Any = patient.http.get("/v1/conversations").get_json()
    [conversation] = answer["items"]
    return Case(victim, sender, patient.patient_id, UUID(conversation["id"]), revoke)


def _people(world: World) -> Sequence[Person]:
    lead = world.practitioner(world.clinic())
    return lead, world.patient(lead)


def _colleague(world: World, lead: Person, patient: Person) -> Person:
    colleague = world.practitioner(lead.clinic_id)
    world.join_care_team(patient, colleague)
    return colleague


def _owner(world: World, lead: Person) -> Person:
    """An owner who has just shown a second factor, as changing roles asks for one."""
    owner = world.owner(lead.clinic_id)
    with world.transaction() as session:
        shown = update(SignIn).where(SignIn.id == owner.sign_in_id).values(second_factor_at=datetime.now(UTC))
        session.execute(shown)
    return owner


def _change(owner: Person, member: Person, body: dict[str, Any]) -> int:
    address = f"/v1/members/{member.member_id}"
    tag = owner.http.get(address).headers["ETag"]
    return _status(owner, "PATCH", address, json=body, headers={"If-Match": tag})


def _status(person: Person, method: str, address: str, **options: Any) -> int:
    """Ask until it is answered: on a busy machine a server may say to come again, and then access has not ended."""
    for _ in range(TRIES):
        status = person.http.send(method, address, **options).status_code
        if status != COME_AGAIN:
            break
        sleep(PAUSE_SECONDS)
    return status


MAKERS: Mapping[str, Callable[[World], Case]] = {
    "signed out": _sign_out,
    "ended from another device": _sign_in_ended,
    "password changed": _password,
    "disabled": _disabled,
    "role changed": _role,
    "removed from the care team": _care_team,
    "removed from the care team, among staff": _care_team_among_staff,
    "cover ended": _cover_ended,
    "cover over": _cover_over,
}
