"""Cards: strong pain, and what is unclear, stand in the conversation once for each entry, and follow it."""

from typing import Any
from uuid import uuid4

import pytest

from tests.counting import StatementCounter
from tests.messaging.alerting import Alerting, make_alerting
from tests.messaging.conftest import Scene
from tests.messaging.hearing import told


@pytest.fixture
def alerting(scene: Scene) -> Alerting:
    """One whose clinic has no red flag by pain, so that there is nothing but cards."""
    made = make_alerting(scene)
    made.settle(red_flag_pain=None)
    return made


def skipped(alerting: Alerting, reason: str, **fields: Any) -> dict[str, Any]:
    return alerting.event(kind="skipped", skip_reason=reason, **fields)


def test_strong_pain_and_what_is_unclear_are_put_into_the_conversation_for_both_sides(alerting: Alerting) -> None:
    hurts, unclear = alerting.event(7, hours_ago=2), skipped(alerting, "unclear", hours_ago=1)
    with told(alerting.talk.world.app) as heard:
        answer = alerting.upload(unclear, hurts, alerting.event(6), skipped(alerting, "forgot"))
    assert answer["emergency"] is None
    for person in (alerting.patient, alerting.lead, alerting.colleague):
        assert heard.names_to(person) == ["message.created"] * 2
    pain, skip = alerting.messages("card")
    assert pain["card"] == {
        "type": "pain_alert",
        "event_id": hurts["id"],
        "entry_id": hurts["id"],
        "prescription_id": hurts["prescription_id"],
        "performed_on": hurts["performed_on"],
        "pain": 7,
        "withdrawn": False,
    }
    assert (pain["about"], pain["sender_id"]) == ({"kind": "event", "id": hurts["id"]}, None)
    assert pain["body"] == "Pain of 7 out of 10 was reported."
    assert (skip["card"]["type"], skip["card"]["event_id"], skip["card"]["pain"]) == (
        "skip_unclear",
        unclear["id"],
        None,
    )
    alerting.upload(unclear, hurts)
    assert len(alerting.messages("card")) == 2
    assert alerting.flags() == []


def test_a_card_follows_its_entry(alerting: Alerting) -> None:
    first = alerting.event(7)
    alerting.upload(first)
    [before] = alerting.messages("card")
    for revision, change, expected in (
        (1, {"pain": 9}, ("pain_alert", 9, False)),
        (2, {"kind": "skipped", "skip_reason": "unclear", "pain": None}, ("skip_unclear", None, False)),
        (3, {"kind": "void"}, ("skip_unclear", None, True)),
        (4, {"kind": "done", "skip_reason": None, "pain": 8}, ("pain_alert", 8, False)),
    ):
        corrected = alerting.correction(first, revision, **change)
        with told(alerting.talk.world.app) as heard:
            alerting.upload(corrected)
        assert heard.names_to(alerting.patient) == ["message.changed"]
        [card] = alerting.messages("card")
        assert (card["card"]["type"], card["card"]["pain"], card["card"]["withdrawn"]) == expected
        assert (card["card"]["event_id"], card["seq"]) == (corrected["id"], before["seq"])
        assert card["change"] > before["change"]
        before = card
    with told(alerting.talk.world.app) as heard:
        alerting.upload(alerting.correction(first, 3, pain=10), corrected)
    assert heard.all == []


def test_a_correction_that_hurts_posts_a_card_and_one_of_what_never_hurt_posts_none(alerting: Alerting) -> None:
    calm, hurt_later = alerting.event(1), alerting.event(2)
    alerting.upload(calm, hurt_later)
    alerting.upload(alerting.correction(calm, pain=0), alerting.correction(hurt_later, pain=9))
    [card] = alerting.messages("card")
    assert (card["card"]["entry_id"], card["card"]["pain"]) == (hurt_later["id"], 9)


def test_cards_are_of_the_last_days_in_the_patients_language_and_as_the_clinic_has_settled(
    alerting: Alerting,
) -> None:
    alerting.settle(card_on_pain=4, card_on_unclear=False)
    tag = {"If-Match": alerting.patient.http.get(_path(alerting)).headers["ETag"]}
    chosen = alerting.patient.http.patch(_path(alerting), json={"language": "de"}, headers=tag)
    assert chosen.status_code == 200, chosen.json
    alerting.upload(alerting.event(10, hours_ago=7 * 24 + 1), alerting.event(4), skipped(alerting, "unclear"))
    assert [each["body"] for each in alerting.messages("card")] == ["Es wurden Schmerzen von 4 von 10 gemeldet."]
    alerting.settle(card_on_pain=None)
    alerting.upload(alerting.event(10))
    assert len(alerting.messages("card")) == 1


def _path(alerting: Alerting) -> str:
    return f"/v1/patients/{alerting.patient.patient_id}"


def test_a_phone_that_was_away_brings_twenty_cards_at_most_at_a_bounded_cost(
    alerting: Alerting, statements: StatementCounter
) -> None:
    alerting.upload(alerting.event(1))
    with statements() as calm:
        alerting.upload(alerting.event(1))
    with statements() as seen:
        alerting.upload(*(alerting.event(9, hours_ago=n / 10, id=str(uuid4())) for n in range(500)))
    cards = alerting.messages("card")
    assert len(cards) == 20
    assert len(seen) <= len(calm) + 20 + 4
    with statements() as seen:
        alerting.upload(*(alerting.event(3, hours_ago=n / 10) for n in range(50)))
    assert len(seen) == len(calm)
