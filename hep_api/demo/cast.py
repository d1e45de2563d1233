"""Who is in the demo clinic, and how each patient gets on. All of them are made up.

How a way of getting on turns into days is decided by `habits`, which exercises a course holds by `courses`.
"""

from dataclasses import dataclass
from enum import StrEnum

from hep_api.accounts.viewer import Role

# No clinic of somebody's own would be called so, and be taken for this one.
SLUG = "demo-riverside"
CLINIC = "Riverside Physiotherapy"
ZONE = "Europe/London"
RIVERSIDE, HILLSIDE = "Riverside", "Hillside"
LOCATIONS = (RIVERSIDE, HILLSIDE)
# Known to everyone on purpose: it opens made-up records, and only where somebody seeded them.
PASSWORD = "demo demo demo"  # noqa: S105


class Way(StrEnum):
    """How a patient gets on with the exercises."""

    GOOD = "good"
    UNEVEN = "uneven"
    FADING = "fading"
    DROPPED_OUT = "dropped out"
    OVER_DOING = "over-doing"
    PAUSED = "paused"
    NEW = "new"
    INVITED = "invited"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One of the clinic's staff."""

    role: Role
    name: str
    location: str

    @property
    def email(self) -> str:
        return email_of(self.name)


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """One patient: lead practitioner, location, course of exercises, way of getting on, and days since the start."""

    name: str
    lead: str
    location: str
    course: str
    way: Way
    days: int
    traits: frozenset[str] = frozenset()

    @property
    def email(self) -> str:
        return email_of(self.name)


def email_of(name: str) -> str:
    """Return somebody's address, in a domain that can never be anyone's."""
    return f"{name.split()[0].lower()}.{name.split()[-1].lower()}@riverside.example"


NORA, BEN, PRIYA, TOM = "Nora Whitfield", "Ben Okafor", "Priya Raman", "Tom Lindqvist"

STAFF = (
    StaffMember(Role.OWNER, "Daniel Marsh", RIVERSIDE),
    StaffMember(Role.MANAGER, "Grace Holloway", RIVERSIDE),
    StaffMember(Role.PRACTITIONER, NORA, RIVERSIDE),
    StaffMember(Role.PRACTITIONER, BEN, RIVERSIDE),
    StaffMember(Role.PRACTITIONER, PRIYA, HILLSIDE),
    # New at the clinic: with three patients, a group too small to be shown to those who may not see each of them.
    StaffMember(Role.PRACTITIONER, TOM, HILLSIDE),
)

# Traits: what else there is to see in a patient's record.
CORRECTS = "corrects"  # took back or changed what was entered
OFFLINE = "offline"  # the phone was without network for days: late uploads
STEPPED_UP = "stepped up"  # the dose was raised half way
WRITES = "writes"  # has written, and was answered
WAITS = "waits"  # has written, and waits for an answer
GRADUATED = "graduated"  # the first plan was ended with its goals met, a second one runs
SECOND = "second"  # a colleague is on the care team too
SORE = "sore"  # pain goes up


def _patient(name: str, lead: str, location: str, course: str, way: Way, days: int, *traits: str) -> DemoPatient:
    return DemoPatient(name, lead, location, course, way, days, frozenset(traits))


PATIENTS = (
    _patient("Ada Bennett", NORA, RIVERSIDE, "knee", Way.GOOD, 56, STEPPED_UP, WRITES),
    _patient("Arthur Coleman", NORA, RIVERSIDE, "knee", Way.GOOD, 56, CORRECTS),
    _patient("Beatrix Doyle", NORA, RIVERSIDE, "shoulder", Way.GOOD, 49, OFFLINE, SECOND),
    _patient("Callum Fraser", NORA, RIVERSIDE, "hip", Way.UNEVEN, 56, WAITS),
    _patient("Clara Hughes", NORA, RIVERSIDE, "back", Way.UNEVEN, 56, WRITES),
    _patient("Dev Patel", NORA, RIVERSIDE, "ankle", Way.FADING, 56, STEPPED_UP),
    _patient("Edith Palmer", NORA, RIVERSIDE, "balance", Way.FADING, 56, WAITS, SECOND),
    _patient("Finn Gallagher", NORA, RIVERSIDE, "knee", Way.FADING, 42),
    _patient("Gloria Mensah", NORA, RIVERSIDE, "neck", Way.DROPPED_OUT, 56, SORE, WAITS),
    _patient("Harvey Stone", NORA, RIVERSIDE, "back", Way.DROPPED_OUT, 49),
    _patient("Imogen Clarke", NORA, RIVERSIDE, "knee", Way.OVER_DOING, 56, SORE, WRITES),
    _patient("Jonas Berg", NORA, RIVERSIDE, "hip", Way.PAUSED, 56),
    _patient("Kirsten Moore", NORA, RIVERSIDE, "shoulder", Way.NEW, 1),
    _patient("Leo Fontaine", NORA, RIVERSIDE, "ankle", Way.INVITED, 2),
    _patient("Mabel Turner", BEN, RIVERSIDE, "hip", Way.GOOD, 56, GRADUATED, WRITES),
    _patient("Nils Andersen", BEN, RIVERSIDE, "back", Way.GOOD, 56, OFFLINE),
    _patient("Olive Barker", BEN, RIVERSIDE, "balance", Way.GOOD, 56, CORRECTS),
    _patient("Pablo Reyes", BEN, RIVERSIDE, "shoulder", Way.UNEVEN, 49, SECOND),
    _patient("Queenie Marlow", BEN, RIVERSIDE, "knee", Way.UNEVEN, 56, OFFLINE, WAITS),
    _patient("Rafe Sutton", BEN, RIVERSIDE, "ankle", Way.FADING, 56),
    _patient("Saskia Vos", BEN, RIVERSIDE, "neck", Way.FADING, 49, CORRECTS),
    _patient("Theo Lambert", BEN, RIVERSIDE, "back", Way.DROPPED_OUT, 56),
    _patient("Uma Krishnan", BEN, RIVERSIDE, "shoulder", Way.DROPPED_OUT, 42, SORE),
    _patient("Victor Hale", BEN, RIVERSIDE, "knee", Way.OVER_DOING, 56, SORE),
    _patient("Wanda Kowalska", BEN, HILLSIDE, "hip", Way.PAUSED, 56, WRITES),
    _patient("Xavier Dunn", BEN, HILLSIDE, "balance", Way.NEW, 0),
    _patient("Yara Haddad", PRIYA, HILLSIDE, "shoulder", Way.GOOD, 56, STEPPED_UP, WRITES),
    _patient("Zachary Pike", PRIYA, HILLSIDE, "knee", Way.GOOD, 56, OFFLINE, CORRECTS),
    _patient("Agnes Norwood", PRIYA, HILLSIDE, "balance", Way.GOOD, 42),
    _patient("Bruno Castell", PRIYA, HILLSIDE, "back", Way.UNEVEN, 56, WAITS),
    _patient("Carmen Ruiz", PRIYA, HILLSIDE, "neck", Way.UNEVEN, 49),
    _patient("Desmond Achebe", PRIYA, HILLSIDE, "knee", Way.FADING, 56, SORE),
    _patient("Elsie Wren", PRIYA, HILLSIDE, "hip", Way.DROPPED_OUT, 56, WAITS),
    _patient("Farah Nasser", PRIYA, HILLSIDE, "ankle", Way.OVER_DOING, 56, SECOND),
    _patient("George Tallis", PRIYA, HILLSIDE, "shoulder", Way.OVER_DOING, 42),
    _patient("Hanna Virtanen", PRIYA, HILLSIDE, "back", Way.PAUSED, 56),
    _patient("Ivor Maddox", PRIYA, HILLSIDE, "knee", Way.UNEVEN, 35, OFFLINE),
    _patient("June Ashby", TOM, HILLSIDE, "ankle", Way.GOOD, 28, WRITES),
    _patient("Kofi Boateng", TOM, HILLSIDE, "shoulder", Way.FADING, 28),
    _patient("Lena Hartmann", TOM, HILLSIDE, "neck", Way.DROPPED_OUT, 28),
)
