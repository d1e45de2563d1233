"""Who tells whom what while workers are killed: notices in transactions of their own, some of which are rolled back,
and phones that sign out, are removed or become another's just after they were told something.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random
from typing import IO
from uuid import UUID, uuid4

from development.push_service.kept import Kept, now
from tests.world import World
from torture.forking.asking import Forked
from torture.pushes.cast import DEVICES, Phone
from torture.pushes.judging import UNDER_WAY, Books

AT_A_TIME = 5
# So many waves to each that is taken back, and to each phone that ends.
TO_ONE_TAKEN_BACK, TO_ONE_ENDED = 5, 2
URGENT = 0.1


# Has a process forked whose input and output are two pipes.
Announce = Callable[[tuple[int, int]], Forked]


class Announcer:
    """A process that tells what it is told to, in the build that is tried."""

    def __init__(self, given: IO[str], taken: IO[str]) -> None:
        self._given = given
        self._taken = taken
        self._await("ready")

    @classmethod
    @contextmanager
    def started(cls, announce: Announce) -> Iterator["Announcer"]:
        """Run it for the block."""
        reads, gives = os.pipe()
        takes, writes = os.pipe()
        with os.fdopen(gives, "w") as given, os.fdopen(takes) as taken:
            try:
                forked = announce((reads, writes))
            finally:
                os.close(reads)
                os.close(writes)
            try:
                yield cls(given, taken)
            finally:
                forked.stop()

    def tell(self, told: Sequence[tuple[UUID, UUID, bool]], *, takes_back: bool = False) -> None:
        """Tell members of subjects in one transaction, which is rolled back in the end if it is to be."""
        order = {"told": [[str(member), str(subject), urgent] for member, subject, urgent in told]}
        self._given.write(json.dumps({**order, "takes_back": takes_back}) + "\n")
        self._given.flush()
        self._await("done")

    def _await(self, word: str) -> None:
        for line in self._taken:
            if line.strip() == word:
                return
        raise RuntimeError("who announces has ended")


@dataclass
class Teller:
    """Tells members on all their phones, wave by wave."""

    world: World
    clinic_id: UUID
    phones: Sequence[Phone]
    books: Books
    lots: Random
    kept: Kept
    told: int = 0
    ended: int = 0
    _subjects: dict[UUID, set[str]] = field(default_factory=dict)

    def tell(self, announcer: Announcer, pushes: int, may_go_on: Callable[[], bool]) -> None:
        """Tell of things until so many pushes are on their way; `may_go_on` is asked before each wave."""
        of_members: dict[UUID, list[Phone]] = {}
        for phone in self.phones:
            of_members.setdefault(phone.owner.member_id, []).append(phone)
        everyone, endings = cycle(of_members), cycle((self._sign_out, self._remove, self._move))
        bereft: dict[UUID, None] = {}
        wave = 0
        while self.told < pushes:
            if not may_go_on():
                return
            wave += 1
            some = list(islice(everyone, AT_A_TIME))
            if wave % TO_ONE_TAKEN_BACK == 0:
                self._take_back(announcer, some)
            self._tell(announcer, some)
            self.told += sum(len(of_members[member_id]) for member_id in some)
            # One phone is left, so that there is something to tell.
            if wave % TO_ONE_ENDED == 0 and len(of_members[some[0]]) > 1:
                next(endings)(of_members[some[0]].pop())
                self.ended += 1
                bereft[some[0]] = None
        # Once more when nothing of before can be under way: what rings now on a phone that ended should not.
        gone = dict.fromkeys(phone.owner.member_id for phone in self.phones if phone.address in self.kept.dead)
        time.sleep(UNDER_WAY.total_seconds())
        self._tell(announcer, list(dict.fromkeys([*list(bereft)[:AT_A_TIME], *list(gone)[:AT_A_TIME]])))

    def _tell(self, announcer: Announcer, members: Sequence[UUID]) -> None:
        told = [(member_id, uuid4(), self.lots.random() < URGENT) for member_id in members]
        announcer.tell(told)
        for member_id, subject, _ in told:
            self._subjects.setdefault(member_id, set()).add(str(subject))

    def _take_back(self, announcer: Announcer, members: Sequence[UUID]) -> None:
        told = [(member_id, uuid4(), False) for member_id in members]
        self.books.taken_back |= {str(subject) for _, subject, _ in told}
        announcer.tell(told, takes_back=True)

    def _sign_out(self, phone: Phone) -> None:
        assert phone.owner.http.delete("/v1/sign-ins/current").status_code == 204
        self.books.ended[phone.address] = now()

    def _remove(self, phone: Phone) -> None:
        # From another sign-in of the same person: the phone itself may be lost.
        assert self.world.sign_in(phone.owner).http.delete(f"{DEVICES}/{phone.device_id}").status_code == 204
        self.books.ended[phone.address] = now()

    def _move(self, phone: Phone) -> None:
        """Let somebody else sign in on the phone, whom nobody tells anything."""
        heir = self.world.patient(self.world.practitioner(self.clinic_id))
        said = {"kind": phone.kind, "value": phone.address, "platform": "android"}
        assert heir.http.post(DEVICES, json=said).status_code == 201
        self.books.moved[phone.address] = now()
        self.books.subjects_of_former |= self._subjects.get(phone.owner.member_id, set())
