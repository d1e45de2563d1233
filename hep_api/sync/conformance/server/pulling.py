"""S19 to S23, S25 to S27: what a phone pulls, lists, and asks for again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from hep_api.foundation import clock
from hep_api.sync.conformance.pulling import Pulled
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import NotApplicable, expect

WRITERS, BATCHES, IN_EACH = 4, 6, 3


def everything_then_what_is_new(scene: Scene) -> None:
    """S19: a first sync has all plans and events, the next one only what came since."""
    pulled = scene.pulled().all(500)
    listed = {each["id"] for each in scene.events_after()}
    missing = listed ^ pulled.ids("events")
    expect(not missing, f"the first sync and the list of events differ by {len(missing)} events")
    plans = {each["id"] for each in scene.caller.get(f"{scene.path}/offline").json()["plans"]}
    expect(plans <= pulled.ids("plans"), "the first sync lacks a plan that the bundle has")
    sent = scene.event()
    scene.outcomes(sent)
    pulled.order.clear()
    pulled.all(500)
    expect(pulled.order == [sent["id"]], f"after one event the next sync brought {len(pulled.order)}")
    held = pulled.things["events", sent["id"]]
    expect(held["sets"] == sent.get("sets") and held["kind"] == "done", f"the event was pulled as {held}")
    pulled.order.clear()
    pulled.all(500)
    expect(not pulled.order, "with nothing new a sync brought events")


def while_others_write(scene: Scene) -> None:
    """S20: writers on several connections, and one phone that pulls small pages meanwhile."""
    pulled = scene.pulled().all(500)
    pulled.order.clear()
    sent = [[[scene.event() for _ in range(IN_EACH)] for _ in range(BATCHES)] for _ in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as writers:
        working = [writers.submit(lambda mine: [scene.words(*each) for each in mine], mine) for mine in sent]
        while not all(each.done() for each in working):
            pulled.page(2)
        outcomes = [each.result() for each in working]
    pulled.all(2)
    expect({word for mine in outcomes for batch in mine for word in batch} == {"applied"}, "not all were applied")
    ids = {item["id"] for mine in sent for batch in mine for item in batch}
    expect(ids <= set(pulled.order), f"{len(ids - set(pulled.order))} of {len(ids)} events were skipped")
    expect(len(pulled.order) == len(set(pulled.order)), "an event came on two pages")
    numbers = [pulled.things["events", each]["seq"] for each in pulled.order]
    expect(numbers == sorted(numbers), "events did not come in the order of seq")


def limits(scene: Scene) -> None:
    """S21: small pages from one cursor give what a large one gives."""
    small = scene.pulled().all(500)
    large = small.copy()
    scene.outcomes(*(scene.event() for _ in range(11)))
    small.pages = 0
    small.all(2)
    large.all(500)
    expect(small.things == large.things, "small pages give something else than a large one")
    expect(small.pages >= 6, f"11 events came on {small.pages} pages of at most 2")
    for limit in (0, 501):
        answer = scene.pulled().ask(limit)
        expect(answer.status == 422, f"a limit of {limit} is answered {answer}")


def again(scene: Scene) -> None:
    """S22: the same cursor gives at least what it gave."""
    pulled = scene.pulled().all(500)
    scene.outcomes(*(scene.event() for _ in range(4)))
    one, two = pulled.copy(), pulled.copy()
    one.page(3)
    two.page(3)
    expect(set(one.order) <= set(two.order) and one.order, "asked again, a page lacks what it had")


def bad_cursors(scene: Scene) -> None:
    """S23: garbage, a cursor cut short or changed, and another patient's."""
    cursor = scene.pulled().all(500).cursor or ""
    wrong = ["garbage", "", cursor[: len(cursor) // 2], cursor[::-1], "é" * 20, "\x00"]
    if scene.other is not None:
        theirs = Pulled(scene.other, scene.other_id)
        theirs.page()
        wrong.append(theirs.cursor or "")
    for each in wrong:
        answer = Pulled(scene.caller, scene.patient_id, each).ask()
        fields = [error["field"] for error in answer.json().get("errors", [])] if answer.status == 422 else []
        expect("/cursor" in fields, f"the cursor {each[:40]!r} is answered {answer}")


def what_is_gone(scene: Scene) -> None:
    """S25: a pause that a practitioner makes and withdraws."""
    if scene.staff is None:
        raise NotApplicable("it takes the sign-in of a practitioner who treats the patient: --staff-token")
    pulled = scene.pulled().all(500)
    plan = f"/v1/plans/{scene.target.plan_id}"
    far = clock.now().date() + timedelta(days=200)
    pause = {"from": far.isoformat(), "to": (far + timedelta(days=1)).isoformat(), "reason": "A test of the sync."}
    made = scene.staff.write("POST", f"{plan}/pauses", pause, _match(scene, plan))
    if made.status != 201:
        raise NotApplicable(f"the practitioner cannot pause the plan: {made}")
    pause_id = made.json()["id"]
    pulled.all(500)
    expect(pause_id in pulled.ids("pauses"), "a new pause was not pulled")
    withdrawn = {"withdrawn": True, "reason": "A test of the sync."}
    scene.staff.write("PATCH", f"{plan}/pauses/{pause_id}", withdrawn, _match(scene, plan))
    pulled.gone.clear()
    pulled.all(500)
    expect(("pause", pause_id) in pulled.gone, f"a withdrawn pause is not named in gone, but {pulled.gone}")


def the_list(scene: Scene) -> None:
    """S26: pages of any size of the list give each event once, by seq."""
    before = scene.newest_seq()
    sent = [scene.event() for _ in range(7)]
    scene.outcomes(*sent[:4])
    scene.outcomes(*sent[4:])
    for limit in (1, 3, 200):
        listed = scene.events_after(before, limit)
        numbers = [each["seq"] for each in listed]
        expect(numbers == sorted(set(numbers)), f"pages of {limit} are not in the order of seq: {numbers}")
        expect([each["id"] for each in listed] == [each["id"] for each in sent], f"pages of {limit} have other events")


def tags(scene: Scene) -> None:
    """S27: 304 while nothing changed, 200 and another tag after an event."""
    today = f"{scene.path}/today?on={scene.event()['performed_on']}"
    for path in (f"{scene.path}/offline", today):
        first = scene.caller.get(path)
        tag = first.headers.get("etag", "")
        expect(first.status == 200 and tag, f"{path} has no ETag: {first.status}")
        again = scene.caller.get(path, {"If-None-Match": tag})
        expect(again.status == 304 and not again.body, f"{path} unchanged is answered {again}")
    scene.outcomes(scene.event())
    after = scene.caller.get(today, {"If-None-Match": tag})
    expect(after.status == 200, f"the day after one more event is answered {after}")


def _match(scene: Scene, plan: str) -> dict[str, str]:
    assert scene.staff is not None, "asked for above"
    return {"If-Match": scene.staff.get(plan).headers.get("etag", "")}
