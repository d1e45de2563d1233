"""What was told goes to whom it was told to: not to a phone's next owner, and not past a phone's new token."""

from typing import Any

import pytest

from development.push_service import faults
from development.push_service.web_push import Browser
from tests.notifications.phones import DEVICES, a_token, addresses, an_endpoint, registered
from tests.notifications.pushing import Pushing
from tests.world import Person

GONE = ("dropped", "device_gone")
SENT = ("sent", "accepted")


@pytest.fixture
def lead(pushing: Pushing) -> Person:
    return pushing.world.practitioner(pushing.world.clinic())


@pytest.fixture
def patient(pushing: Pushing, lead: Person) -> Person:
    return pushing.world.patient(lead)


def test_what_waits_for_a_phone_is_not_shown_to_its_next_owner(pushing: Pushing, patient: Person, lead: Person) -> None:
    shared, own = pushing.phone(patient), pushing.phone(pushing.world.sign_in(patient))
    pushing.tell(patient)
    registered(lead, shared)
    assert GONE in pushing.came(patient), "at once, before any worker looks"
    pushing.run()
    assert sorted(pushing.came(patient)) == [GONE, SENT]
    assert (len(pushing.accepted(shared)), len(pushing.accepted(own))) == (0, 1)
    subject_id = pushing.tell(lead)
    pushing.run()
    assert [each.data["id"] for each in pushing.accepted(shared)] == [str(subject_id)]


def test_a_phone_that_changes_hands_while_a_worker_has_its_push_is_left_out(
    pushing: Pushing, patient: Person, lead: Person
) -> None:
    """While the first push of a turn is on its way; the others lie in the worker's hands already."""
    phones = [pushing.phone(pushing.world.sign_in(patient)) for _ in range(3)]

    def taking_the_others(address: str, _: int) -> None:
        pushing.service.plan = faults.nothing_wrong
        for phone in phones:
            if phone != address:
                registered(lead, phone)

    pushing.service.plan = taking_the_others
    pushing.tell(patient)
    pushing.run()
    pushing.later()
    assert sorted(pushing.came(patient)) == [GONE, GONE, SENT]
    [kept] = [phone for phone in phones if pushing.accepted(phone)]
    assert {each.value for each in addresses(pushing.world, lead)} == set(phones) - {kept}


def test_an_old_token_that_is_anothers_by_now_is_left_out_and_the_new_one_told(
    pushing: Pushing, patient: Person, lead: Person
) -> None:
    """The push lies in a worker's hands with the old token, while the one before it is on its way."""
    first, old, new = pushing.phone(lead), a_token(), a_token()
    device = f"{DEVICES}/{registered(patient, old)}"
    heir = pushing.world.practitioner(pushing.world.clinic())

    def handing_on(*_: object) -> None:
        pushing.service.plan = faults.nothing_wrong
        assert patient.http.patch(device, json={"value": new}).status_code == 200
        registered(heir, old)

    pushing.service.plan = handing_on
    pushing.tell(lead)
    pushing.tell(patient)
    pushing.run()
    assert (len(pushing.accepted(first)), pushing.accepted(old)) == (1, [])
    assert (len(pushing.accepted(new)), pushing.came(patient)) == (1, [SENT])


def test_a_phone_that_says_a_new_token_while_the_old_one_is_refused_is_told_there(
    pushing: Pushing, patient: Person
) -> None:
    old, new = a_token(), a_token()
    device = registered(patient, old)
    pushing.service.plan = _while_refusing(
        old, lambda: patient.http.patch(f"{DEVICES}/{device}", json={"value": new}).status_code
    )
    pushing.tell(patient)
    pushing.run()
    pushing.later()
    assert pushing.came(patient) == [SENT]
    assert [each.value for each in addresses(pushing.world, patient)] == [new]
    assert (len(pushing.accepted(new)), pushing.service.kept.after_death) == (1, [])


def test_a_browser_is_told_like_a_phone_and_ends_when_its_push_service_knows_it_no_more(
    pushing: Pushing, patient: Person
) -> None:
    endpoint, browser = an_endpoint(), Browser()
    pushing.service.browsers[endpoint] = browser
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    registered(patient, endpoint, kind="web_push", keys=keys, platform="web", language="de")
    subject_id = pushing.tell(patient)
    pushing.run()
    assert pushing.came(patient) == [SENT]
    [arrived] = pushing.accepted(endpoint)
    assert arrived.data == {"type": "test", "id": str(subject_id)}
    assert set(arrived.payload) == {"title", "body", "tag", "data"}

    pushing.service.fail(faults.GONE)
    pushing.tell(patient)
    pushing.run()
    assert pushing.came(patient) == [SENT, ("dropped", "unregistered")]
    assert addresses(pushing.world, patient) == []


def _while_refusing(token: str, do: Any) -> Any:
    """Say of a token that it is unregistered, and let something happen before that is said."""

    def plan(address: str, _: int) -> faults.Fault | None:
        if address != token:
            return None
        assert do() == 200
        return faults.UNREGISTERED

    return plan
