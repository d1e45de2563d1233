"""The stage of one playing: who is on it, and what the chapters have brought about so far."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from demo.people import Person
from demo.telling import Teller
from demo.week import monday_of_last_whole_week

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cast:
    """Where the story is played, who of the demo clinic plays it, and the Node that the phone runs on.

    `pushes` is where pushes arrive on this machine; empty where they do not.
    """

    url: str
    practitioner_email: str
    leader_email: str
    password: str
    node: Path
    packages: Path
    pushes: str = ""


@dataclass(slots=True)
class Stage:
    """Everything that a chapter needs of those before it."""

    cast: Cast
    teller: Teller
    practitioner: Person
    patient: Person
    leader: Person
    email: str
    story: UUID = field(default_factory=uuid4)
    practitioner_id: str = ""
    patient_id: str = ""
    location_id: str = ""
    zone: str = ""
    today: date = date.min
    plan_id: str = ""
    prescriptions: list[str] = field(default_factory=list)
    clinic_before: dict[str, Json] = field(default_factory=dict)

    def live_in(self, zone: str) -> None:
        """From now on it is the patient's date that counts, asked once: a story may be played at midnight."""
        self.zone = zone
        self.today = datetime.now(ZoneInfo(zone)).date()

    @property
    def monday(self) -> date:
        return monday_of_last_whole_week(self.today)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def week(self) -> str:
        """Return the week as a query."""
        return f"from={self.monday}&to={self.sunday}"


def set_stage(cast: Cast, teller: Teller) -> Stage:
    """Return a stage with everyone on it, nobody signed in, and a patient whom nobody has invited before."""
    mark = secrets.token_hex(3)
    return Stage(
        cast=cast,
        teller=teller,
        practitioner=Person("Nora", cast.url, teller),
        patient=Person(f"Sam Carter {mark}", cast.url, teller),
        leader=Person("Grace", cast.url, teller),
        email=f"sam.{mark}@patients.example",
    )
