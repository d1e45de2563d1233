"""Who is at work while all breaks down: people who write, listen, report, pull and sign in; and the books of them."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

from tests.plans import making
from tests.world import Person, World
from torture.chat.ledger import Json, Ledger
from torture.chat.reader import Reader, ReaderOfChanges
from torture.outages.listening import Ears
from torture.outages.reporters import Reporter
from torture.outages.signing_in import Device
from torture.outages.watching import GivenUp, Watch
from torture.outages.writers import Probe, WatchedPhone
from torture.phones.courses import make_course

THINK_SECONDS = 0.4
PASSWORD = "a horse and a stapler"
CAUGHT_UP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each are at work, and how long any of them is to wait for an answer at most."""

    conversations: int
    reporters: int
    devices: int
    limit_seconds: float


class Cast:
    """All of them; `crowd` and `slow` report only when they are asked to."""

    def __init__(self, world: World, ports: Sequence[int], size: Size, lots: Random) -> None:
        self.watch, self.ledger = Watch(size.limit_seconds), Ledger()
        self._world, self._ports, self._lots = world, ports, lots
        self.leads: dict[str, Person] = {}
        self.phones: list[WatchedPhone] = []
        self.readers: list[Reader] = []
        self._lead = world.practitioner(world.clinic())
        for number in range(size.conversations):
            self._add_conversation(str(number))
        squat = making.exercise(self._lead)
        self.reporters = [self._reporter(self._lead, squat) for _ in range(size.reporters)]
        self.devices = [self._device(number) for number in range(size.devices)]
        self.crowded, self.slow = (self._reporter(self._lead, squat) for _ in range(2))
        # In a clinic of its own, so that nobody else stands between it and who is in its way.
        elsewhere = world.practitioner(world.clinic())
        self.deadlocked = self._reporter(elsewhere, making.exercise(elsewhere))
        self.probe, self.ears = self._probe()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have everyone at work for the block, and a last word said after it."""
        over = Event()
        workers: Sequence[Any] = [*self.phones, *self.readers, *self.reporters, *self.devices]
        with ThreadPoolExecutor(len(workers)) as pool, self.ears.open():
            working = [pool.submit(each.work, over.is_set) for each in workers]
            try:
                yield
            finally:
                over.set()
                _await(working)
        self.probe.hang_up()

    @property
    def is_amiss(self) -> bool:
        """Tell whether there is something to complain of."""
        return bool(self.watch.complaints or self.ledger.complaints)

    @property
    def all_reporters(self) -> Sequence[Reporter]:
        """Return those who report by themselves, and those who did when they were asked to."""
        return [*self.reporters, self.crowded, self.slow, self.deadlocked]

    def last_words(self) -> None:
        """Have everyone say one more word while readers listen, and wait until they have heard all there is."""
        over = Event()
        with ThreadPoolExecutor(len(self.readers)) as pool:
            listening = [pool.submit(reader.work, over.is_set) for reader in self.readers]
            try:
                for phone in self.phones:
                    phone.deliver(phone.new())
                    phone.hang_up()
                self._await_readers()
            finally:
                over.set()
                _await(listening)

    def read(self, conversation_id: str) -> list[Json]:
        """Read a conversation from its first message to its last, as its lead."""
        read: list[Json] = []
        while True:
            after = read[-1]["seq"] if read else 0
            path = f"/v1/conversations/{conversation_id}/messages?after={after}&limit=100"
            answer = self.leads[conversation_id].http.get(path)
            if answer.status_code != 200:
                self.watch.complain(f"a conversation could not be read in the end: {answer.status_code}")
                return read
            page = answer.get_json()
            read += page["items"]
            if not page["has_more"]:
                return read

    def _await_readers(self) -> None:
        names = {reader.conversation_id for reader in self.readers}
        there = {each: self.leads[each].http.get(f"/v1/conversations/{each}").get_json() for each in names}
        until = time.monotonic() + CAUGHT_UP_SECONDS
        while self._behind(there) and time.monotonic() < until:
            time.sleep(0.05)

    def _behind(self, there: dict[str, Json]) -> bool:
        return any(each.number < there[each.conversation_id][each.number_of_all] for each in self.readers)

    def _add_conversation(self, name: str) -> None:
        patient, colleague = self._world.patient(self._lead), self._world.practitioner(self._lead.clinic_id)
        self._world.join_care_team(patient, colleague)
        conversation_id = self._conversation_of(patient, self._lead)
        of_patient, of_lead = itertools.count(1), itertools.count(1)
        tablet = self._world.sign_in(patient)
        phones = [
            self._phone(WatchedPhone, f"{name} {what}", person, conversation_id, numbers, sign)
            for what, person, numbers, sign in (
                ("patient", patient, of_patient, "thumbs_up"),
                ("tablet", tablet, of_patient, "thanks"),
                ("lead", self._lead, of_lead, "question"),
            )
        ]
        phones[0].other, phones[1].other = phones[1], phones[0]
        for phone in phones:
            phone.peers = phones
        self.phones += phones
        for reader, person in ((Reader, self._world.sign_in(patient)), (ReaderOfChanges, colleague)):
            lots = Random(self._lots.getrandbits(32))
            self.readers.append(reader(person.token, conversation_id, self._ports, lots, self.ledger))

    def _phone(
        self,
        kind: Callable[..., WatchedPhone],
        name: str,
        person: Person,
        conversation_id: str,
        numbers: Iterator[int],
        sign: str = "",
    ) -> WatchedPhone:
        lots = Random(self._lots.getrandbits(32))
        said = (name, str(person.member_id), person.token, conversation_id, self._ports, lots, self.ledger, numbers)
        return kind(*said, THINK_SECONDS, sign=sign, watch=self.watch)

    def _probe(self) -> tuple[Probe, Ears]:
        patient = self._world.patient(self._lead)
        probe = self._phone(Probe, "probe", patient, self._conversation_of(patient, self._lead), itertools.count(1))
        assert isinstance(probe, Probe)
        return probe, Ears(self._lead.token, probe.conversation_id, self._ports)

    def _conversation_of(self, patient: Person, lead: Person) -> str:
        conversation_id = str(patient.http.get("/v1/conversations").get_json()["items"][0]["id"])
        self.leads[conversation_id] = lead
        return conversation_id

    def _reporter(self, lead: Person, exercise_id: UUID) -> Reporter:
        patient = self._world.patient(lead)
        # What they report is spoken of in their conversations, too.
        self._conversation_of(patient, lead)
        course, lots = make_course(lead, patient, exercise_id), Random(self._lots.getrandbits(32))
        return Reporter(self._ports, patient.token, str(patient.patient_id), course, lots, self.watch)

    def _device(self, number: int) -> Device:
        email = self._world.give_password(self._world.practitioner(self._lead.clinic_id), PASSWORD)
        lots = Random(self._lots.getrandbits(32))
        return Device(self._ports, email, PASSWORD, f"device {number}", lots, self.watch)


def _await(working: Sequence[Future[None]]) -> None:
    for each in working:
        with suppress(GivenUp):
            each.result()
