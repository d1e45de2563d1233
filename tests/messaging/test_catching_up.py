"""Catching up with what changed: a reader by `changed_after` ends with what everyone sees, whatever is going on."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

from flask import Flask

from hep_api.foundation import clock
from hep_api.foundation.errors import Problem
from hep_api.messaging.actions import editing, reacting, sending, withdrawing
from hep_api.messaging.models.messages import Sign
from hep_api.messaging.queries import messages
from hep_api.messaging.shown import ShownMessage
from tests.messaging.conftest import Scene
from tests.messaging.test_numbers_under_load import act

WRITERS, EACH = 8, 14


def write(app: Flask, scene: Scene, number: int) -> None:
    """Send, edit, withdraw and react as one of the two, at random."""
    chance = Random(number)
    person = (scene.patient, scene.lead)[number % 2]
    mine: list[int] = []
    for step in range(EACH):
        with act(app, scene) as session:
            viewer, now = person.viewer, clock.now()
            seq = chance.choice(mine) if mine else 0
            said: dict[str, Any] = {
                "client_id": uuid4(),
                "body": f"{number} {step}",
                "about": None,
                "reply_to_seq": None,
            }
            act_of = chance.random()
            try:
                if act_of < 0.4 or not mine:
                    mine.append(sending.send_message(session, viewer, scene.id, said, now).seq)
                elif act_of < 0.6:
                    editing.edit_message(session, viewer, scene.id, seq, said, now)
                elif act_of < 0.7:
                    withdrawing.withdraw_message(session, viewer, scene.id, seq, now)
                elif act_of < 0.9:
                    reacting.react_to_message(session, viewer, scene.id, seq, chance.choice(list(Sign)), now)
                else:
                    reacting.take_back_reaction(session, viewer, scene.id, seq, chance.choice(list(Sign)))
            except Problem as problem:
                if problem.code != "message_withdrawn":
                    raise


def read(app: Flask, scene: Scene, known: dict[int, ShownMessage], changed_after: int) -> int:
    """Read one page of what changed, and return up to where."""
    with act(app, scene) as session:
        query = {"after": None, "before": None, "changed_after": changed_after, "limit": 5}
        page = messages.list_messages_for(session, scene.patient.viewer, scene.id, query)
    numbers = [each.change for each in page.items]
    assert numbers == sorted(set(numbers))
    assert all(number > changed_after for number in numbers)
    known.update({each.seq: each for each in page.items})
    return numbers[-1] if numbers else changed_after


def test_a_reader_among_eight_writers_misses_nothing(app: Flask, scene: Scene) -> None:
    known: dict[int, ShownMessage] = {}
    have = 0
    with ThreadPoolExecutor(WRITERS) as pool:
        at_work = [pool.submit(write, app, scene, number) for number in range(WRITERS)]
        while not all(each.done() for each in at_work):
            have = read(app, scene, known, have)
        for each in at_work:
            each.result()
    for _ in count():
        before, have = have, read(app, scene, known, have)
        if have == before:
            break
    with act(app, scene) as session:
        query = {"after": 0, "before": None, "changed_after": None, "limit": 200}
        everything = messages.list_messages_for(session, scene.lead.viewer, scene.id, query)
    assert [known[seq] for seq in sorted(known)] == list(everything.items)
    assert have == everything.changes > everything.last_seq
    assert any(each.withdrawn_at for each in everything.items)
    assert any(each.edited_at for each in everything.items)


def test_what_changed_is_read_in_the_order_of_the_changes(scene: Scene) -> None:
    scene.say(scene.patient, "one", "two", "three")
    scene.lead.http.put(scene.path("/messages/1/reactions/heart"))
    page = scene.read(scene.lead, "?changed_after=1&limit=2")
    assert ([each["seq"] for each in page["items"]], page["has_more"], page["changes"]) == ([2, 3], True, 4)
    page = scene.read(scene.lead, "?changed_after=3")
    assert ([each["seq"] for each in page["items"]], page["has_more"]) == ([1], False)
    assert scene.read(scene.lead, "?changed_after=4")["items"] == []
    assert scene.read(scene.lead, "?changed_after=0")["last_seq"] == 3
