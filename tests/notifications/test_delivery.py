"""What is told leaves for each device, once, as fixed words; what came of it is known."""

import pytest

from hep_api.notifications.kinds import NoticeKind
from tests.notifications.pushing import Pushing
from tests.world import Person


@pytest.fixture
def lead(pushing: Pushing) -> Person:
    return pushing.world.practitioner(pushing.world.clinic())


@pytest.fixture
def patient(pushing: Pushing, lead: Person) -> Person:
    return pushing.world.patient(lead)


def test_a_push_says_its_kind_an_id_and_fixed_words_in_the_phones_language(pushing: Pushing, patient: Person) -> None:
    german, english = pushing.phone(patient, language="de"), pushing.phone(pushing.world.sign_in(patient))
    subject_id = pushing.tell(patient, kind=NoticeKind.MESSAGE)
    assert pushing.came(patient) == [("waiting", None)] * 2
    pushing.run()
    assert pushing.came(patient) == [("sent", "accepted")] * 2
    [first], [second] = pushing.accepted(german), pushing.accepted(english)
    assert first.data == second.data == {"type": "message", "id": str(subject_id)}
    assert first.payload["notification"] != second.payload["notification"]
    assert first.collapse_keys == second.collapse_keys
    assert len(first.collapse_keys) == 1
    assert {row.provider_id for row in pushing.rows(patient)} != {None}
    assert pushing.run() == 0
