"""C25 to C30, C35: pages, their cursor, what is gone, resets, and what a later version may bring."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance import faults
from hep_api.sync.conformance.client.play import Bench, Play, making_up, outcome
from hep_api.sync.conformance.network import Line, Sent
from hep_api.sync.conformance.verdicts import expect

REFUSED_CURSOR = faults.problem(
    422, "invalid_input", errors=[{"field": "/cursor", "rule": "cursor", "detail": "Start again without one."}]
)
# Within the time that a phone needs to store a page.
MOMENTS = (0.0, 0.005, 0.02, 0.06)
# Refused without a cursor too, a pull is a try that failed: it may be repeated, with waits, but not for ever.
MOST_PULLS = 30


def in_one_step(bench: Bench) -> None:
    """C25: killed around the second and third page, the phone has what its cursor says, no more and no less."""
    for nth, moment in enumerate(MOMENTS, 1):
        with bench.play(page=4) as play:
            play.elsewhere(14)

            def deliver_and_wait(line: Line, moment: float = moment) -> None:
                faults.deliver(line)
                time.sleep(moment)

            play.sync_and_die(faults.pulls, nth, play.killing(deliver_and_wait))
            _expect_as_cursor(play)
            play.sync_well()
            _expect_all_pulled(play)


def by_id(bench: Bench) -> None:
    """C26: a page once more changes nothing; a pause that is gone goes, and a plan with all that is its own."""
    with bench.play() as play:
        play.elsewhere(5)
        play.sync_well()
        before = play.state()
        expect(before["pauses"] == [play.chart.pause_id], f"one pause was sent, and {before['pauses']} is there")
        whole = play.chart.pull(None, 500)
        play.network.choose = faults.in_turn(faults.pulls, [faults.says({**(whole or {}), "reset": False})])
        play.sync_well()
        after = play.state()
        same = all(after[name] == before[name] for name in ("plans", "pauses", "acknowledgements", "events"))
        expect(same, "the same page once more changed what is there")
        play.chart.withdraw("pause", play.chart.pause_id)
        play.sync_well()
        expect(play.state()["pauses"] == [], "a pause that is gone is still there")
        play.chart.withdraw("plan", play.chart.plan_id)
        play.sync_well()
        after = play.state()
        expect(
            after["plans"] == [] and after["acknowledgements"] == [], "a plan that is gone, or its own, is still there"
        )
        expect(set(after["events"]) == set(before["events"]), "with a plan events went")


def to_the_end(bench: Bench) -> None:
    """C27: page after page, each with the cursor of the last, escaped as an address needs it."""
    with bench.play(page=3) as play:
        play.elsewhere(8)
        play.sync_well()
        _expect_all_pulled(play)
        sent = [_cursor_of(each) for each in play.network.pulls]
        known = [cursor for cursor in sent if cursor is not None]
        told = {f"{play.chart.patient_id}.1.{number}" for number, _, _ in play.chart.log}
        odd = [cursor for cursor in known if cursor.rsplit(".", 1)[0] not in told]
        expect(not odd and len(known) >= 3, f"cursors were sent back otherwise than given: {odd[:1]}")
        expect(len(set(sent)) == len(sent), "one page was asked for twice")


def resets(bench: Bench) -> None:
    """C28: the server was restored; what it no longer knows goes, and what the phone alone knows stays."""
    with bench.play() as play:
        play.elsewhere(6)
        kept, bad = play.record(2)
        odd = {kept: outcome("retry", "busy"), bad: outcome("rejected", "range")}
        play.network.choose = faults.in_turn(faults.uploads, [], then=making_up(odd))
        play.sync()
        before = play.state()
        expect(len(before["events"]) == 6, f"6 events were sent, and {len(before['events'])} are there")
        play.chart.restore(2)
        play.sync()
        after = play.state()
        expect(set(after["events"]) == play.chart.events.keys(), "after a reset events of before it are still there")
        expect(after["resets"] > before["resets"], "the phone counts no reset")
        expect(
            (after["outbox"], set(play.aside())) == ([kept], {bad}), "a reset touched the outbox, or what was set aside"
        )


def refused_cursors(bench: Bench) -> None:
    """C29: dropped, and begun anew; and a server that refuses for ever is not asked for ever."""
    with bench.play() as play:
        play.elsewhere(3)
        play.sync_well()
        play.network.choose = faults.in_turn(faults.pulls, [REFUSED_CURSOR])
        play.elsewhere(1)
        play.sync_well()
        _expect_all_pulled(play)
        expect(None in [_cursor_of(each) for each in play.network.pulls[2:]], "a refused cursor was not dropped")
        play.network.choose = faults.in_turn(faults.pulls, [], then=REFUSED_CURSOR)
        before = len(play.network.pulls)
        (recorded,) = play.record()
        play.sync()
        asked = len(play.network.pulls) - before
        expect(asked <= MOST_PULLS, f"with every cursor refused one sync pulled {asked} times")
        expect(not play.missing([recorded]), "with every cursor refused nothing is uploaded")


def apart(bench: Bench) -> None:
    """C30: uploads that fail, then pulls that fail."""
    broken = faults.problem(500, "unexpected")
    with bench.play(faults.in_turn(faults.uploads, [], then=broken)) as play:
        recorded = play.record(8)
        play.elsewhere(3)
        play.sync()
        expect(set(play.state()["events"]) == play.chart.events.keys(), "with uploads failing nothing was pulled")
        play.network.choose = faults.in_turn(faults.pulls, [], then=broken)
        play.sync()
        expect(not play.missing(recorded), "with pulls failing nothing was uploaded")
        play.network.choose = faults.in_turn(faults.pulls, [faults.half_json, faults.hotel_page, faults.cut_answer])
        play.sync_well()
        _expect_all_pulled(play)


def what_is_new(bench: Bench) -> None:
    """C35: fields, lists and kinds of a later version."""

    def later(value: Any) -> Any:
        if "outcomes" in value:
            return {"outcomes": [{**each, "mood": {"of": "it"}} for each in value["outcomes"]], "more": 1}
        gone = [*value["gone"], {"kind": "spaceship", "id": str(new_id()), "plan_id": None, "crew": 7}]
        events = [{**each, "mood": "good"} for each in value["events"]]
        settings = value["settings"] and {**value["settings"], "gravity": 9.81}
        return {**value, "gone": gone, "events": events, "settings": settings, "ships": [{"id": str(new_id())}]}

    with bench.play(lambda _: faults.changed(later)) as play:
        recorded = play.record(2)
        play.elsewhere(3)
        play.sync_well()
        expect(not play.missing(recorded), "with fields that it does not know it uploaded nothing")
        _expect_all_pulled(play)


def _expect_all_pulled(play: Play) -> None:
    state = play.state()
    expect(set(state["events"]) == play.chart.events.keys(), "the events on the phone are not those of the server")
    expect(len(state["events"]) == len(set(state["events"])), "an event is on the phone twice")


def _expect_as_cursor(play: Play) -> None:
    state = play.state()
    number = int(state["cursor"].split(".")[2]) if state["cursor"] else 0
    told = {thing["id"] for at, kind, thing in play.chart.log if kind == "event" and at <= number}
    has = set(state["events"])
    expect(has == told, f"after a crash the cursor says {len(told)} events, and {len(has)} are there")


def _cursor_of(sent: Sent) -> str | None:
    return parse_qs(urlsplit(sent.path).query, keep_blank_values=True).get("cursor", [None])[0]
