"""Who writes and who listens: in each conversation a patient with two phones and a lead write, with each other's ids;
a third phone listens by the numbers of messages, and a colleague by those of changes.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.world import Person, World
from torture.chat.ledger import Ledger
from torture.chat.phone import Phone
from torture.chat.reader import Reader, ReaderOfChanges

THINK_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Cast:
    """All devices; `leads` by conversation."""

    phones: Sequence[Phone]
    readers: Sequence[Reader]
    leads: Mapping[str, Person]


def make_cast(world: World, conversations: int, ports: Sequence[int], lots: Random, ledger: Ledger) -> Cast:
    """Make people of one clinic, signed in on all their devices."""
    lead = world.practitioner(world.clinic())
    phones: list[Phone] = []
    readers: list[Reader] = []
    leads: dict[str, Person] = {}
    for number in range(conversations):
        patient, colleague = world.patient(lead), world.practitioner(lead.clinic_id)
        world.join_care_team(patient, colleague)
        conversation_id = str(patient.http.get("/v1/conversations").get_json()["items"][0]["id"])
        leads[conversation_id] = lead
        of_patient, of_lead = itertools.count(1), itertools.count(1)
        writers = [
            (f"{number} patient", patient, of_patient, "thumbs_up"),
            (f"{number} tablet", world.sign_in(patient), of_patient, "thanks"),
            (f"{number} lead", lead, of_lead, "question"),
        ]
        phone, tablet, desk = (
            Phone(
                name,
                str(person.member_id),
                person.token,
                conversation_id,
                ports,
                Random(lots.getrandbits(32)),
                ledger,
                numbers,
                THINK_SECONDS,
                sign=sign,
            )
            for name, person, numbers, sign in writers
        )
        phone.other, tablet.other = tablet, phone
        for each in (phone, tablet, desk):
            each.peers = (phone, tablet, desk)
        phones += [phone, tablet, desk]
        readers += [
            reader(person.token, conversation_id, ports, Random(lots.getrandbits(32)), ledger)
            for reader, person in ((Reader, world.sign_in(patient)), (ReaderOfChanges, colleague))
        ]
    return Cast(phones, readers, leads)
