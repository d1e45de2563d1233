"""S1 to S9, S12, S13, S18: what becomes of the events of a batch."""

from datetime import datetime, timedelta
from typing import Any

from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance.making import correction, event, find_target, hours, server_time
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import NotApplicable, expect

AHEAD = hours(26)
# Wider than any difference of clocks and any wait in a run, and far under a wrong unit, zone or number of days.
MARGIN = hours(0.2)


def any_order(scene: Scene) -> None:
    """S1: an entry whose correction came first stands as one whose original came first."""
    held = []
    for turn in (0, 1):
        first = scene.event()
        second, third = correction(first, 1, kind="void"), correction(first, 2, sets=2)
        items = [first, second, third] if turn == 0 else [third, second, first]
        for item in items:
            expect(scene.words(item) == ["applied"], f"a correction, or what it corrects, was not taken: turn {turn}")
        day = scene.caller.get(f"{scene.path}/today", on=first["performed_on"]).json()
        held.append([each["revision"] for each in _entries(day) if each["entry_id"] == first["id"]])
    expect(held == [[2], [2]], f"the revisions that hold differ by the order of arrival: {held}")


def kept_as_sent(scene: Scene) -> None:
    """S2: the list has each event as sent, and what the server adds."""
    before = scene.newest_seq()
    said = {"sets": 2, "reps": 5, "pain": 3, "effort": 4, "difficulty": "right", "comment": "ça va 💪", "slot": 1}
    alone = scene.event(**said)
    long_ago = event(scene.target, server_time(scene.caller.get(f"{scene.path}/today")) - hours(30))
    corrected = correction(alone, 1, kind="void", reason="Counted wrong.")
    expect(scene.words(alone) == ["applied"], "an event was not taken")
    expect(scene.words(long_ago, corrected) == ["applied"] * 2, "an event of yesterday, or a void, was not taken")
    kept = {each["id"]: each for each in scene.events_after(before)}
    for sent in (alone, long_ago, corrected):
        expect(sent["id"] in kept, "an event that was applied is not in the list")
        for name, value in sent.items():
            got = kept[sent["id"]][name]
            same = got == value or (name == "performed_at" and _instant(got) == _instant(value))
            expect(same, f"{name} was sent as {value!r} and is listed as {got!r}")
        for name in ("seq", "received_at", "recorded_by", "source", "target", "late", "batched"):
            expect(name in kept[sent["id"]], f"the list does not say {name}")
    notes = [(kept[each["id"]]["late"], kept[each["id"]]["batched"]) for each in (alone, long_ago)]
    expect(notes == [(False, False), (True, True)], f"late and batched are {notes}")


def sources(scene: Scene) -> str:
    """S3: what a patient's sign-in may say."""
    before = scene.newest_seq()
    named = ("patient", "carer", "device")
    expect(scene.words(*(scene.event(source=each) for each in named)) == ["applied"] * 3, "a source was not taken")
    listed = [each["source"] for each in scene.events_after(before)]
    expect(listed == list(named), f"{list(named)} were sent and {listed} listed")
    for each in ("practitioner", "paper"):
        (got,) = scene.outcomes(scene.event(source=each))
        refused = got["outcome"] == "rejected" and got["error"]["rule"] == "source"
        expect(refused, f"a patient's sign-in reported as {each}: {got}")
    return "what a practitioner's sign-in may say"


def unknown_fields(scene: Scene) -> None:
    """S4: a misspelled field is named."""
    (got,) = scene.outcomes(scene.event(mood="good"))
    refused = got["outcome"] == "rejected" and got["error"]["field"] == "/mood"
    expect(refused, f"an event with an unknown field got {got}")


def batches(scene: Scene) -> None:
    """S5: 500 items are answered one by one, in order."""
    one = scene.event()
    items: list[Any] = [one, {}, {"id": "no id"}, *[one] * 496, {**one, "id": one["id"].upper()}]
    outcomes = scene.outcomes(*items)
    expect(
        [each["index"] for each in outcomes] == list(range(500)),
        "index does not count from 0 in the order of the batch",
    )
    ids = [each["id"] for each in outcomes]
    expect(ids == [one["id"], None, None, *[one["id"]] * 497], f"ids are answered as {ids[:4]} ... {ids[-1]}")
    got = [each["outcome"] for each in outcomes]
    expect(got == ["applied", "rejected", "rejected", *["duplicate"] * 497], f"500 items got {sorted(set(got))}")


def applied_is_recorded(scene: Scene) -> None:
    """S6: what is applied can be read."""
    before = scene.newest_seq()
    sent = [scene.event() for _ in range(5)]
    for item in sent:
        expect(scene.words(item) == ["applied"], "an event was not taken")
        listed = [each["id"] for each in scene.events_after(before)]
        expect(item["id"] in listed, "an event that was applied is not in the list")


def repeats(scene: Scene) -> None:
    """S7: a repeat is known, alone, in a batch, and however it is spelled."""
    sent = scene.event(sets=3, pain=0)
    expect(
        scene.words(sent, sent) == ["applied", "duplicate"], "an event twice in one batch is not applied and duplicate"
    )
    before = scene.newest_seq()
    spelled = {name: sent[name] for name in reversed(sent)} | {"sets": 3.0, "revision": 0, "comment": None}
    for item in (sent, spelled, {**spelled, "id": sent["id"].upper(), "entry_id": sent["id"]}):
        got = scene.words(item)
        expect(got == ["duplicate"], f"the same event again got {got}")
    expect(scene.newest_seq() == before, "a duplicate was recorded")


def conflicts(scene: Scene) -> None:
    """S8: other content under a known id changes nothing."""
    before = scene.newest_seq()
    sent = scene.event(sets=3)
    other = {**sent, "sets": 2}
    expect(
        scene.words(sent, other) == ["applied", "conflict"],
        "other content under the same id, in one batch, is no conflict",
    )
    expect(scene.words(other) == ["conflict"], "other content under the same id is no conflict")
    listed = [each["sets"] for each in scene.events_after(before) if each["id"] == sent["id"]]
    expect(listed == [3], f"after a conflict the event is listed with sets {listed}")


def bad_items(scene: Scene) -> None:
    """S9: each bad item is named, and the good ones around it are taken."""
    bad: list[Any] = [None, 7, "text", [], {}, scene.event(pain=11), scene.event(kind="finished")]
    bad += [
        {**scene.event(), "prescription_id": str(new_id())},
        scene.event(version=9999),
        scene.event(zone="Mars/Hill"),
    ]
    first, last = scene.event(), scene.event()
    outcomes = scene.outcomes(first, *bad, last)
    got = [each["outcome"] for each in outcomes]
    expect((got[0], got[-1]) == ("applied", "applied"), f"good events among bad ones got {got[0]} and {got[-1]}")
    for item, each in zip(bad, outcomes[1:-1], strict=True):
        error = each["error"]
        named = each["outcome"] == "rejected" and {"field", "rule", "detail"} <= (error or {}).keys()
        expect(named, f"{str(item)[:80]} got {each}")
    expect(scene.words(bad[0], bad[5]) == ["rejected"] * 2, "a bad item is not rejected again")


def ids_of_patients(scene: Scene) -> None:
    """S12: one id, reported for two patients, each by their own sign-in."""
    if scene.other is None:
        raise NotApplicable("it takes a second patient: --other-token, --other-patient")
    target = find_target(scene.other, scene.other_id)
    if target is None:
        raise NotApplicable("the second patient has no plan with a prescription that holds today")
    theirs = event(target, sets=1)
    for sent in (theirs, correction(theirs, kind="void")):
        (got,) = scene.upload(sent, by=scene.other, to=scene.other_id).json()["outcomes"]
        expect(got["outcome"] == "applied", f"the second patient's event got {got}")
    got = scene.words(scene.event(id=theirs["id"], sets=2))
    expect(got == ["applied"], f"an id that another patient had used got {got}")
    (got,) = scene.outcomes({**theirs, "id": str(new_id())})
    expect(got["outcome"] == "rejected", f"another patient's prescription was reported against: {got}")


def over_the_dose(scene: Scene) -> str | None:
    """S13: as planned and up to twice as much are taken without a warning, more with one."""
    (got,) = scene.outcomes(scene.event(sets=1000, reps=1000))
    expect(got["outcome"] == "applied" and _warns(got), f"1,000 sets got {got}")
    (got,) = scene.outcomes(scene.event())
    expect(got["outcome"] == "applied" and not _warns(got), f"an event as planned got {got}")
    planned = scene.target.sets
    if not planned:
        return "where the warning begins: the bundle says of no sets"
    for sets in (planned, planned + 1, 2 * planned, 2 * planned + 1):
        (got,) = scene.outcomes(scene.event(sets=sets))
        right = got["outcome"] == "applied" and _warns(got) is (sets > 2 * planned)
        expect(right, f"{sets} sets of {planned} planned got {got['outcome']} with warnings {got['warnings']}")
    return None


def bounds_of_time(scene: Scene) -> str:
    """S18: a little within and a little beyond each bound; how far back is taken the pull says."""
    now = server_time(scene.caller.get(f"{scene.path}/today"))
    back = timedelta(days=scene.pulled().ask(1).json()["settings"]["events_accepted_days_back"])
    expect(timedelta(days=1) <= back <= timedelta(days=365), f"the pull says that events are taken from {back} back")
    wrong = [
        ("too_old", event(scene.target, now - back - MARGIN)),
        ("in_future", event(scene.target, now + AHEAD + MARGIN)),
        *(("far_from_performed_at", _dated(scene, now, by)) for by in (-2, 2)),
    ]
    for rule, item in wrong:
        (got,) = scene.outcomes(item)
        named = got["outcome"] == "rejected" and got["error"]["rule"] == rule
        expect(named, f"an event that is {rule} got {got['outcome']} {got['error']}: {_told(item)}")
    right = [event(scene.target, now + by) for by in (AHEAD - MARGIN, MARGIN - back)]
    right += [_dated(scene, now, by) for by in (-1, 1)]
    for item in right:
        expect(scene.words(item) == ["applied"], f"an event within the bounds of time was not taken: {_told(item)}")
    # At once: by the end of the run the oldest may be too old to be voided.
    scene.words(*(correction(item, kind="void") for item in right))
    return "that a repeat stays a duplicate, however old: it would take days"


def _dated(scene: Scene, at: datetime, days: int) -> dict[str, Any]:
    """Return an event of an instant on a date so many days from that of the instant."""
    item = event(scene.target, at)
    return {**item, "performed_on": (_instant(item["performed_at"]) + timedelta(days=days)).date().isoformat()}


def _told(item: dict[str, Any]) -> str:
    return f"performed at {item['performed_at']} on {item['performed_on']}"


def _warns(outcome: dict[str, Any]) -> bool:
    return any(each["rule"] == "over_twice_planned" for each in outcome["warnings"])


def _entries(day: dict[str, Any]) -> list[dict[str, Any]]:
    doings = [doing for item in day["items"] for doing in item["doings"]]
    return [entry for doing in doings for entry in doing["entries"]] + list(day["others"])


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said)
