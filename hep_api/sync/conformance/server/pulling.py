"""S19 to S23, S25 to S27: what a phone pulls, lists, and asks for again."""

from concurrent.futures import ThreadPoolExecutor

from hep_api.sync.conformance.pulling import Pulled
from hep_api.sync.conformance.server.comparing import expect_whole
from hep_api.sync.conformance.server.desk import STAFF, Desk, desk_of
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import NotApplicable, expect

PAUSES = 5
WRITERS, BATCHES, IN_EACH = 4, 6, 3


def everything_then_what_is_new(scene: Scene) -> str | None:
    """S19: a first sync has all that other doors show, the next one only what came since, plans that changed too."""
    pulled = scene.pulled().all(500)
    expect_whole(scene, pulled)
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
    desk = desk_of(scene)
    if desk is None:
        return f"that a plan which changes comes anew: {STAFF}"
    with desk.pausing():
        pulled.all(500)
        expect_whole(scene, pulled)
    pulled.all(500)
    expect_whole(scene, pulled)
    return None


def while_others_write(scene: Scene) -> str | None:
    """S20: writers on several connections, a practitioner among them, and a phone that pulls small pages meanwhile."""
    desk = desk_of(scene)
    pulled = scene.pulled().all(500)
    pulled.order.clear()
    sent = [[[scene.event() for _ in range(IN_EACH)] for _ in range(BATCHES)] for _ in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS + 1) as writers:
        pausing = writers.submit(_pauses, desk) if desk is not None else None
        working = [writers.submit(lambda mine: [scene.words(*each) for each in mine], mine) for mine in sent]
        while not all(each.done() for each in working) or (pausing is not None and not pausing.done()):
            pulled.page(2)
        outcomes = [each.result() for each in working]
    pulled.all(2)
    expect({word for mine in outcomes for batch in mine for word in batch} == {"applied"}, "not all were applied")
    ids = {item["id"] for mine in sent for batch in mine for item in batch}
    expect(ids <= set(pulled.order), f"{len(ids - set(pulled.order))} of {len(ids)} events were skipped")
    expect(len(pulled.order) == len(set(pulled.order)), "an event came on two pages")
    numbers = [pulled.things["events", each]["seq"] for each in pulled.order]
    expect(numbers == sorted(numbers), "events did not come in the order of seq")
    if desk is None or pausing is None:
        return f"changes of plans: {STAFF}"
    desk.tidy()
    _expect_pauses(pulled, *pausing.result())
    return None


def _pauses(desk: Desk) -> tuple[list[str], list[str]]:
    """Make pauses one after the other and take every other one back; return those that stand, and those that do not."""
    made = []
    for number in range(PAUSES):
        made.append(desk.pause())
        if number % 2:
            desk.withdraw(made[-1])
    return made[::2], made[1::2]


def _expect_pauses(pulled: Pulled, standing: list[str], gone: list[str]) -> None:
    there = pulled.ids("pauses")
    expect(set(standing) <= there, f"{len(set(standing) - there)} of {len(standing)} pauses were skipped")
    expect(not there & set(gone), "a pause that was withdrawn meanwhile is still there")


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


def bad_cursors(scene: Scene) -> str | None:
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
    return None if scene.other is not None else "another patient's cursor: --other-token, --other-patient"


def what_is_gone(scene: Scene) -> str:
    """S25: a pause that a practitioner makes and withdraws."""
    desk = desk_of(scene)
    if desk is None:
        raise NotApplicable(f"it takes the sign-in of a practitioner who treats the patient: {STAFF}")
    pulled = scene.pulled().all(500)
    with desk.pausing() as pause_id:
        pulled.all(500)
        expect(pause_id in pulled.ids("pauses"), "a new pause was not pulled")
    pulled.gone.clear()
    pulled.all(500)
    expect(("pause", pause_id) in pulled.gone, f"a withdrawn pause is not named in gone, but {pulled.gone}")
    return "goals that are withdrawn and plans that are readable no more"


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


def tags(scene: Scene) -> str | None:
    """S27: 304 while nothing changed; after an event the day, after a change of a plan the bundle is given anew."""
    bundle, today = f"{scene.path}/offline", f"{scene.path}/today?on={scene.event()['performed_on']}"
    known = {path: _tag(scene, path) for path in (bundle, today)}
    scene.outcomes(scene.event())
    _expect_anew(scene, today, known[today], "after one more event")
    desk = desk_of(scene)
    if desk is None:
        return f"that the bundle's ETag changes with a plan: {STAFF}"
    known[bundle] = _tag(scene, bundle)
    with desk.pausing():
        paused = _expect_anew(scene, bundle, known[bundle], "after a pause was made")
    _expect_anew(scene, bundle, paused, "after a pause was withdrawn")
    return None


def _tag(scene: Scene, path: str) -> str:
    """Return the ETag of a path, by which it is the same once more."""
    first = scene.caller.get(path)
    tag = first.headers.get("etag", "")
    expect(first.status == 200 and tag, f"{path} has no ETag: {first.status}")
    again = scene.caller.get(path, {"If-None-Match": tag})
    expect(again.status == 304 and not again.body, f"{path} unchanged is answered {again}")
    return tag


def _expect_anew(scene: Scene, path: str, tag: str, when: str) -> str:
    """Expect a path to be given anew under another ETag, and return that."""
    answer = scene.caller.get(path, {"If-None-Match": tag})
    expect(answer.status == 200, f"{path} {when} is answered {answer}")
    renewed = answer.headers.get("etag", "")
    expect(renewed not in ("", tag), f"{path} {when} has the ETag of before: {tag}")
    return renewed
