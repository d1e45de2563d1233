"""Several who want the same phone at the same moment, from real connections: one of them has it afterwards."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Barrier
from typing import Any

from sqlalchemy import select, text, update

from hep_api.accounts.models.identity import SignIn
from hep_api.notifications.models.devices import Device, DeviceHolder
from tests.notifications.phones import DEVICES, a_token, addresses, holders_of, register, registered, said
from tests.world import World

ROUNDS = 3


def at_once(*doings: Callable[[], Any]) -> Sequence[Any]:
    """Do several things in threads that all wait for each other first."""
    gate = Barrier(len(doings))

    def run(do: Callable[[], Any]) -> Any:
        gate.wait(10)
        return do()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))


def test_of_several_accounts_that_register_one_phone_at_once_one_has_it(world: World) -> None:
    """Two of one clinic, one of another, and one of them from two sign-ins."""
    lead = world.practitioner(world.clinic())
    people = [lead, world.patient(lead), world.patient(world.practitioner(world.clinic()))]
    askers = [*people, world.sign_in(people[1])]
    for _ in range(ROUNDS):
        value = a_token()
        answers = at_once(*(partial(register, asker, value) for asker in askers))
        assert [answer.status_code for answer in answers] == [201] * len(askers)
        with world.transaction() as session:
            holder = session.scalars(
                select(DeviceHolder.account_id)
                .join(Device, Device.digest == DeviceHolder.digest)
                .where(Device.value == value)
            ).all()
        found = [each for person in people for each in addresses(world, person) if each.value == value]
        assert (len(holder), len(found)) == (1, 1)
        [owner] = [person for person in people if person.account_id == holder[0]]
        assert found[0].member_id == owner.member_id


def test_phones_that_change_hands_crosswise_wait_for_each_other_and_nobody_is_refused(world: World) -> None:
    here, there = (world.practitioner(world.clinic()) for _ in range(2))
    for _ in range(ROUNDS):
        one, two = a_token(), a_token()
        mine, theirs = registered(here, one), registered(there, two)
        answers = at_once(
            partial(here.http.patch, f"{DEVICES}/{mine}", json={"value": two}),
            partial(there.http.patch, f"{DEVICES}/{theirs}", json={"value": one}),
        )
        # The later one may find that its own device has gone to the former in the meantime, and registers anew.
        assert {answer.status_code for answer in answers} <= {200, 404}
        values = [each.value for person in (here, there) for each in addresses(world, person)]
        assert len(values) == len(set(values))
        for person in (here, there):
            for item in person.http.get(DEVICES).json["items"]:
                assert person.http.delete(f"{DEVICES}/{item['id']}").status_code == 204
    assert holders_of(world, here, there) == 0


def test_a_phone_that_registers_while_its_owner_signs_out_is_nobodys(world: World) -> None:
    """Whichever of the two the database takes first."""
    for _ in range(ROUNDS):
        person = world.practitioner(world.clinic())
        registration, _ = at_once(partial(register, person), partial(person.http.delete, "/v1/sign-ins/current"))
        assert registration.status_code in (201, 401)
        assert holders_of(world, person) == 0


def test_a_device_is_not_registered_for_a_sign_in_that_ends_meanwhile(world: World) -> None:
    """The door has let the phone in; before its device is there, the sign-in has ended."""
    person = world.practitioner(world.clinic())
    with ThreadPoolExecutor(1) as pool, world.transaction() as session:
        of_person = SignIn.id == person.sign_in_id
        session.execute(select(SignIn.id).where(of_person).with_for_update())
        asked = pool.submit(lambda: person.http.post(DEVICES, json=said()))
        _wait_for_somebody_who_waits(session)
        session.execute(update(SignIn).where(of_person).values(ended_at=datetime.now(UTC), end_reason="signed_out"))
        session.commit()
        answer = asked.result()
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_ended")
    assert holders_of(world, person) == 0


def _wait_for_somebody_who_waits(session: Any) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(500):
        if session.scalar(waiting):
            return
        session.execute(text("SELECT pg_sleep(0.01)"))
    raise AssertionError("nobody waits for the sign-in")
