"""A world for door tests: clinics with people in them, each with a signed-in HTTP client.

Rows of people are written directly here, so that every capability can be tested without going through all others;
the doors of accounts and clinics have their own tests, and the journeys go through public doors only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.facts import PatientInvited
from hep_api.clinics.models import CareTeamPlace, Clinic, Location, Member, MemberStatus, Patient
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from tests.contract import answers
from tests.everything import everything

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A member who is signed in on one device."""

    http: "Phone"
    clinic_id: UUID
    member_id: UUID
    account_id: UUID
    sign_in_id: UUID
    role: Role
    token: str

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.account_id, self.sign_in_id, self.clinic_id, self.member_id, self.role, False)

    @property
    def patient_id(self) -> UUID:
        assert self.role is Role.PATIENT
        return self.member_id


class Phone:
    """An HTTP client that sends a person's token; `json=` bodies as the phone would.

    Every answer is held against the contract.
    """

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self._client = client
        self.token = token

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        answer = self._client.open(path, method=method, headers=headers, buffered=True, **options)
        answers.check(answer, self._client.application)
        return answer

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.send("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.send("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self.send("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.send("DELETE", path, **options)


class World:
    """Makes clinics, members, patients and sign-ins."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with everything(self.app) as session:
            yield session

    def anyone(self) -> Phone:
        """Return a client that is not signed in."""
        return Phone(self.app.test_client(), None)

    def clinic(self, *, managers_may_read_records: bool = False, zone: str = "Europe/Berlin") -> UUID:
        """Make a clinic with one location."""
        clinic_id = new_id()
        with self.transaction() as session:
            session.add(
                Clinic(
                    id=clinic_id,
                    slug=f"clinic-{clinic_id}",
                    name="Test clinic",
                    zone=zone,
                    managers_may_read_records=managers_may_read_records,
                    created_at=LONG_AGO,
                )
            )
            session.flush()
            session.add(Location(clinic_id=clinic_id, id=clinic_id, name="Main", created_at=LONG_AGO))
        return clinic_id

    def location(self, clinic_id: UUID, name: str) -> UUID:
        location = Location(clinic_id=clinic_id, name=name, created_at=LONG_AGO, id=new_id())
        with self.transaction() as session:
            session.add(location)
        return location.id

    def practitioner(self, clinic_id: UUID) -> Person:
        return self.member(clinic_id, Role.PRACTITIONER)

    def manager(self, clinic_id: UUID) -> Person:
        return self.member(clinic_id, Role.MANAGER)

    def owner(self, clinic_id: UUID) -> Person:
        return self.member(clinic_id, Role.OWNER)

    def member(self, clinic_id: UUID, role: Role) -> Person:
        """Make an active member with an account, signed in."""
        with self.transaction() as session:
            return self._member(session, clinic_id, role)

    def patient(
        self,
        lead: Person,
        *,
        zone: str = "Europe/Berlin",
        day_starts_at: time = time(0),
        location_id: UUID | None = None,
    ) -> Person:
        """Make an active patient whose care team is `lead`, at the clinic's main location, signed in."""
        with self.transaction() as session:
            person = self._member(session, lead.clinic_id, Role.PATIENT)
            session.add(
                Patient(
                    clinic_id=lead.clinic_id,
                    id=person.member_id,
                    location_id=location_id or lead.clinic_id,
                    birth_date=date(1980, 2, 29),
                    zone=zone,
                    day_starts_at=day_starts_at,
                    created_at=LONG_AGO,
                )
            )
            session.flush()
            self._join(session, person.member_id, lead, is_lead=True)
            session.flush()
            publish(session, PatientInvited(lead.clinic_id, person.member_id))
        return person

    def join_care_team(self, patient: Person, practitioner: Person) -> None:
        with self.transaction() as session:
            self._join(session, patient.member_id, practitioner, is_lead=False)

    def sign_in(self, person: Person) -> Person:
        """Sign the person in on one more device."""
        with self.transaction() as session:
            return self._sign_in(session, person.clinic_id, person.member_id, person.account_id, person.role)

    def step_up(self, person: Person) -> Person:
        """Let the person's sign-in have shown a second factor just now, and return the person."""
        with self.transaction() as session:
            session.get_one(SignIn, person.sign_in_id).second_factor_at = datetime.now(UTC)
        return person

    def give_password(self, person: Person, password: str) -> str:
        """Let the person sign in by password, and return their e-mail."""
        with self.transaction() as session:
            account = session.get_one(Account, person.account_id)
            account.password_hash = self.app.extensions["hep_passwords"].make_hash(password)
            return account.email

    def also_member_of(self, clinic_id: UUID, person: Person, role: Role) -> UUID:
        """Make the person's account a member of one more clinic, and return the member's id."""
        with self.transaction() as session:
            account = session.get_one(Account, person.account_id)
            member = Member(
                clinic_id=clinic_id,
                id=new_id(),
                account_id=account.id,
                role=role,
                status=MemberStatus.ACTIVE,
                name="Also a member",
                email=account.email,
                created_at=LONG_AGO,
            )
            session.add(member)
            return member.id

    def _join(self, session: Session, patient_id: UUID, practitioner: Person, *, is_lead: bool) -> None:
        session.add(
            CareTeamPlace(
                clinic_id=practitioner.clinic_id,
                patient_id=patient_id,
                member_id=practitioner.member_id,
                is_lead=is_lead,
                joined_at=LONG_AGO,
            )
        )

    def _member(self, session: Session, clinic_id: UUID, role: Role) -> Person:
        member_id, account_id = new_id(), new_id()
        email = f"{role.value}-{member_id}@example.org"
        session.add(Account(id=account_id, email=email, password_hash="unusable", created_at=LONG_AGO))
        session.flush()
        session.add(
            Member(
                clinic_id=clinic_id,
                id=member_id,
                account_id=account_id,
                location_id=None,
                role=role,
                status=MemberStatus.ACTIVE,
                name=f"{role.value.title()} {str(member_id)[-4:]}",
                email=email,
                created_at=LONG_AGO,
            )
        )
        session.flush()
        return self._sign_in(session, clinic_id, member_id, account_id, role)

    def _sign_in(self, session: Session, clinic_id: UUID, member_id: UUID, account_id: UUID, role: Role) -> Person:
        now = datetime.now(UTC)
        sign_in = SignIn(id=new_id(), account_id=account_id, clinic_id=clinic_id, member_id=member_id, created_at=now)
        session.add(sign_in)
        session.flush()
        token = self.app.extensions["hep_tokens"].issue(account_id, sign_in.id, now)
        phone = Phone(self.app.test_client(), token)
        return Person(phone, clinic_id, member_id, account_id, sign_in.id, role, token)


def expired(now: datetime) -> datetime:
    """Return an instant at which a token issued then has expired by `now`."""
    return now - timedelta(days=1)
