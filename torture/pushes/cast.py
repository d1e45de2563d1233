"""Whose phones ring: members of a clinic with several phones each, two of them patients of whom every table knows.

The words that are known of those two are canaries: none of them may be in anything that leaves the house.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from sqlalchemy import text

from tests.rights import planting, story
from tests.rights.conftest import Place, make_place
from tests.world import Person, World

DEVICES = "/v1/me/devices"
WORD = "canary7q"
# Firebase's two kinds of addresses, in turn.
KINDS = ("fcm_token", "fcm_installation")
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of a member's, on a sign-in of its own."""

    owner: Person
    kind: str
    address: str
    device_id: str


def make_known(world: World) -> Place:
    """Make a place whose two patients have a canary in every column of words."""
    place = make_place(world)
    beside = Place(**{**vars(place), "patient": place.neighbour, "neighbour": place.patient})
    for each in (place, beside):
        story.tell(each, each.patient)
    place.run_jobs()
    with world.transaction() as session:
        for number, each in enumerate((place, beside)):
            planting.plant(session, f"{WORD}{number}", each.patient.patient_id, each.patient.account_id)
        # Phones are registered by the doors; the planted ones have canaries for addresses.
        session.execute(text("DELETE FROM device WHERE clinic_id = :id"), {"id": place.clinic_id})
    return place


def register(world: World, owners: Sequence[Person], each: int, lots: Random) -> list[Phone]:
    """Let everyone sign in on so many phones, each of which is registered by the door."""
    wanted = [(owner, number, lots.getrandbits(64)) for owner in owners for number in range(each)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda one: _registered(world.sign_in(one[0]), *one[1:]), wanted))


def _registered(owner: Person, number: int, drawn: int) -> Phone:
    kind, address = KINDS[number % 2], f"phone-{drawn:016x}-{number}"
    said = {"kind": kind, "value": address, "platform": "android", "zone": "Europe/Berlin", "language": None}
    answer = owner.http.post(DEVICES, json=said)
    assert answer.status_code == 201, answer.json
    return Phone(owner, kind, address, answer.get_json()["id"])
