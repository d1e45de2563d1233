"""Searching in a conversation: by words, folded, newest first, and nothing that is not to be found."""

from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import insert, update

from hep_api.foundation import clock
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message, MessageKind
from tests.messaging.conftest import Scene, make_scene, named
from tests.messaging.test_changing import edit, withdraw


def found(scene: Scene, q: str, **more: Any) -> list[str]:
    answer = scene.lead.http.get(scene.path("/messages"), query_string={"q": q, **more})
    assert answer.status_code == 200, answer.get_json()
    return [each["body"] for each in answer.get_json()["items"]]


def test_words_are_found_in_any_order_case_and_accent(scene: Scene) -> None:
    scene.say(
        scene.patient, "Mein Knie schmerzt beim Straßenüberqueren", "MÜDE, aber gut", "膝が痛い", "knee PAIN at 3%"
    )
    (elsewhere := make_scene(scene.world, scene.lead.clinic_id)).say(elsewhere.lead, "Knie")
    assert found(scene, "knie") == ["Mein Knie schmerzt beim Straßenüberqueren"]
    assert found(scene, "STRASSENUBER mein") == ["Mein Knie schmerzt beim Straßenüberqueren"]
    assert found(scene, "mude") == found(scene, "Müde") == ["MÜDE, aber gut"]
    assert found(scene, "痛い") == ["膝が痛い"]
    assert found(scene, "kn") == ["knee PAIN at 3%", "Mein Knie schmerzt beim Straßenüberqueren"]
    assert found(scene, "pain knie") == found(scene, "%") == found(scene, "_") == []


def test_pages_go_back_and_what_is_gone_is_not_found(scene: Scene) -> None:
    scene.say(scene.patient, *[f"step {number}" for number in range(1, 8)])
    edit(scene, scene.patient, 6, "walked instead")
    withdraw(scene, scene.patient, 4)
    assert found(scene, "step", limit=3) == ["step 7", "step 5", "step 3"]
    assert found(scene, "step", limit=3, before=3) == ["step 2", "step 1"]
    assert found(scene, "walked") == ["walked instead"]
    lines = scene.lead.http.get(scene.path("/messages?q=step&limit=2"), headers={"Accept": "text/csv"}).text
    assert [line for line in lines.splitlines() if "step" in line] != []
    assert lines.count("step") == 5


@pytest.mark.parametrize("query", ["q=a&after=1", "q=a&changed_after=1", "q=", "q=" + "a" * 201, "q=a%00b"])
def test_a_search_that_is_none_is_refused(scene: Scene, query: str) -> None:
    status, code, _ = named(scene.lead.http.get(scene.path(f"/messages?{query}")))
    assert (status, code) == (422, "invalid_input")


def test_ten_thousand_messages_are_looked_through_in_a_blink(scene: Scene) -> None:
    row = {"clinic_id": scene.lead.clinic_id, "conversation_id": scene.id, "sender_id": scene.lead.member_id}
    rows = [
        {**row, "seq": seq, "change": seq, "client_id": scene.id.__class__(int=seq), "kind": MessageKind.TEXT}
        | {"body": f"Wie geht es dem Knie heute, am Tag {seq}? Bitte übe weiter.", "sent_at": clock.now()}
        for seq in range(1, 10_001)
    ]
    with scene.world.transaction() as session:
        session.execute(insert(Message), rows)
        session.execute(update(Conversation).where(Conversation.id == scene.id).values(last_seq=10_000, changes=10_000))
    began = perf_counter()
    assert found(scene, "nirgends") == []
    assert len(found(scene, "UBE knie", limit=200)) == 200
    print(f"two searches in 10,000 messages took {perf_counter() - began:.2f} s")
