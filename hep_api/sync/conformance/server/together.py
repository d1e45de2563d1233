"""S28, S29, S31, S32: what else is written late, the same moment, and a network that does its worst."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from hep_api.foundation import clock
from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance import faults
from hep_api.sync.conformance.making import correction
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import NotApplicable, expect, leaving_out

PHONES, EVENTS = 3, 24
AT_ONCE = 6


def again(scene: Scene) -> str | None:
    """S28: an acknowledgement, a goal's value and a message, twice each."""
    left_out = [
        None if _acknowledged_twice(scene) else "acknowledgements: no revision waits for one",
        None if _measured_twice(scene) else "values of goals: no open goal has a measure",
    ]
    conversation = _conversation(scene)
    if conversation is None:
        left_out.append("messages: the patient has no conversation")
    if conversation is not None:
        path = f"/v1/conversations/{conversation}/messages"
        message = {"client_id": str(new_id()), "body": "A test of the sync."}
        first, second = (scene.caller.write("POST", path, message) for _ in range(2))
        same = first.status == second.status == 201 and first.json()["seq"] == second.json()["seq"]
        expect(same, f"a message sent again is answered {first} and {second}")
    if all(left_out) and conversation is None:
        raise NotApplicable(str(leaving_out(*left_out)))
    return leaving_out(*left_out)


def messages(scene: Scene) -> None:
    """S29: page by page, without gaps."""
    conversation = _conversation(scene)
    if conversation is None:
        raise NotApplicable("the patient has no conversation")
    path = f"/v1/conversations/{conversation}/messages"
    for _ in range(3):
        scene.caller.write("POST", path, {"client_id": str(new_id()), "body": "A test of the sync."})
    seen: list[int] = []
    while True:
        page = scene.caller.get(path, after=seen[-1] if seen else 0, limit=50).json()["items"]
        seen += [each["seq"] for each in page]
        if len(page) < 50:
            break
    expect(
        seen == list(range(1, len(seen) + 1)), f"the numbers of messages have gaps, or come out of order: {seen[-9:]}"
    )


def at_once(scene: Scene) -> None:
    """S31: one batch over many connections at the same moment is applied once."""
    before = scene.newest_seq()
    batch = [scene.event() for _ in range(10)]
    with ThreadPoolExecutor(AT_ONCE) as phones:
        turns = [phones.submit(scene.words, *batch) for _ in range(AT_ONCE)]
        outcomes = [turn.result() for turn in turns]
    for place in range(len(batch)):
        got = Counter(each[place] for each in outcomes)
        expect(got == {"applied": 1, "duplicate": AT_ONCE - 1}, f"one event over {AT_ONCE} connections got {dict(got)}")
    expect(len(scene.events_after(before)) == len(batch), "the list has more or fewer events than were sent")


def a_hostile_network(scene: Scene) -> None:
    """S32: phones that keep the rules, with originals, corrections and voids in their outboxes."""
    before = scene.newest_seq()
    scene.network.choose = faults.lottery(scene.random.randrange(2**31))
    phones = []
    for _ in range(PHONES):
        events = [scene.event(sets=scene.random.randint(1, 5)) for _ in range(EVENTS)]
        phones.append(scene.phone([*events, *(correction(each, sets=9) for each in events[:6])]))
    sent = {event["id"]: event for phone in phones for event in phone.outbox.values()}
    try:
        with ThreadPoolExecutor(PHONES) as working:
            for done in [working.submit(phone.upload) for phone in phones]:
                done.result()
    finally:
        scene.network.choose = faults.nothing
        for event in sent.values():
            scene.note(event)
    aside = [each for phone in phones for each in phone.aside.values()]
    expect(not aside, f"good events were refused: {aside[:1]}")
    found = Counter(each["id"] for each in scene.events_after(before))
    lost = sent.keys() - found.keys()
    expect(not lost, f"{len(lost)} of {len(sent)} events that were settled are not in the record")
    doubled = [each for each, times in found.items() if times > 1 or each not in sent]
    expect(not doubled, f"{len(doubled)} events are in the record more than once, or were never sent")


def _acknowledged_twice(scene: Scene) -> bool:
    waiting: list[dict[str, Any]] = scene.caller.get(f"{scene.path}/offline").json()["changes_to_acknowledge"]
    for each in waiting[:1]:
        path = f"/v1/plans/{each['plan_id']}/revisions/{each['number']}/acknowledgement"
        first = scene.caller.write("PUT", path, {})
        later = (clock.now() + timedelta(hours=1)).isoformat()
        second = scene.caller.write("PUT", path, {"acknowledged_at": later})
        same = first.status == second.status == 200 and first.json() == second.json()
        expect(same, f"an acknowledgement sent again is answered {first} and {second}")
    return bool(waiting)


def _measured_twice(scene: Scene) -> bool:
    found = _measured(scene)
    for goal in found[:1]:
        path = f"/v1/plans/{goal['plan_id']}/goals/{goal['id']}/values"
        # What was measured last, once more: the goal stands as it stood.
        value = next((each for each in (goal["latest_value"], goal.get("start_value")) if each is not None), 1)
        said = {"id": str(new_id()), "value": value}
        first, held = scene.caller.write("POST", path, said), _measured(scene)
        second, then = scene.caller.write("POST", path, said), _measured(scene)
        same = first.status == second.status == 201 and first.json() == second.json()
        expect(same, f"a goal's value sent again is answered {first} and {second}")
        expect(held == then, "a goal's value sent again changed the goal")
    return bool(found)


def _measured(scene: Scene) -> list[dict[str, Any]]:
    """Return the open goals with a measure, as the bundle has them."""
    plans = scene.caller.get(f"{scene.path}/offline").json()["plans"]
    goals = [{**goal, "plan_id": plan["id"]} for plan in plans for goal in plan["goals_in_full"]]
    return [goal for goal in goals if goal["measure"] is not None and goal["state"] == "open"]


def _conversation(scene: Scene) -> str | None:
    answer = scene.caller.get("/v1/conversations")
    items = answer.json()["items"] if answer.status == 200 else []
    return str(items[0]["id"]) if items else None
