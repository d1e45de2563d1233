"""C1 to C3, C5 to C7, C36: what survives, and what never changes."""

import re
from collections import Counter
from typing import Any

from hep_api.sync.conformance import faults
from hep_api.sync.conformance.client.driver import Killed
from hep_api.sync.conformance.client.play import Bench, Play
from hep_api.sync.conformance.network import Choose, Fault, Sent
from hep_api.sync.conformance.stand_in.chart import Chart
from hep_api.sync.conformance.verdicts import expect

ID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
TURNS, DYING, EVENTS = 6, (1, 4), 4


def recorded_is_stored(bench: Bench) -> None:
    """C1: killed right after it said so, the phone still has the event."""
    with bench.play() as play:
        for _ in range(2):
            (recorded,) = play.record()
            bench.driver.kill()
            bench.renew()
            play.open()
            expect(recorded in play.outbox(), "an event that was recorded is gone after kill -9")


def crashes(bench: Bench) -> None:
    """C2: killed before and after the server got an upload, in the middle of the answer, and right after it."""
    with bench.play() as play:
        recorded: list[str] = []
        for before in (None, faults.lose_answer, faults.cut_answer, faults.deliver):
            recorded += play.record(3)
            play.sync_and_die(faults.uploads, 0, play.killing(before))
        play.sync_well()
        play.expect_all(recorded)
        expect(set(play.state()["events"]) == set(recorded), "after crashes what was pulled is not what the server has")


def two_patients(bench: Bench) -> None:
    """C3: one store, two people."""
    with bench.play() as play:
        (theirs,) = play.record()
        other = bench.stand_in.admit(Chart())
        play.open(other)
        play.sync()
        sent = [each for each in play.network.uploads if theirs in each.ids]
        expect(not sent, "one patient's event was sent with another's sign-in")
        expect(not other.events, "one patient's event is in another's record")
        play.open()
        play.sync_well()
        play.expect_all([theirs])


def never_changed(bench: Bench) -> None:
    """C5: the same id, the same content, through losses and a crash."""
    with bench.play() as play:
        losses = [faults.lose_answer, faults.half_json, faults.unavailable, faults.gateway_page]
        play.network.choose = faults.in_turn(faults.uploads, losses)
        made = [play.event(sets=3, comment="ça va 💪"), play.event(kind="partial", reps=4)]
        for each in made:
            bench.driver.ask("record", event=each)
        play.sync_and_die(faults.uploads, 0, play.killing())
        play.network.choose = faults.in_turn(faults.uploads, losses)
        play.sync()
        play.sync()
        said: dict[str, dict[str, Any]] = {each["id"]: each for each in made}
        for sent in play.network.uploads:
            for each in sent.events:
                expect(each["id"] in said, "what was recorded under one id was sent under another")
                known = said[each["id"]]
                changed = [name for name in known if each.get(name) != known[name]]
                expect(not changed, f"{changed} of an event changed between two requests")
                said[each["id"]] = each


def ids(bench: Bench) -> None:
    """C6: the phone's own id, in lower case, the same in every request."""
    with bench.play(faults.in_turn(faults.uploads, [faults.lose_answer, faults.cut_answer])) as play:
        bare = play.event()
        del bare["id"]
        made = [bench.driver.ask("record", event=bare)["id"] for _ in range(2)]
        expect(all(ID.fullmatch(each) for each in made), f"{made} are no UUIDs in lower case")
        given = play.event()
        expect(bench.driver.ask("record", event=given)["id"] == given["id"], "an id that was given was replaced")
        play.sync_well()
        play.expect_all([*made, given["id"]])
        sent = {each for upload in play.network.uploads for each in upload.ids}
        expect(sent == {*made, given["id"]}, "events were sent again under other ids")


def nothing_leaves(bench: Bench) -> None:
    """C7: however often it fails."""
    with bench.play(lambda _: faults.gateway_page) as play:
        recorded = play.record(3)
        for _ in range(2):
            answer = play.sync()
            expect(answer["stopped"] == "offline", f"with no usable answer a sync ended with {answer}")
        expect(play.outbox() == set(recorded), "events left the outbox without an outcome")
        play.network.choose = faults.nothing
        play.sync_well()
        play.expect_all(recorded)


def each_once(bench: Bench) -> None:
    """C36: a network that does its worst, and crashes; in front of a server that was named, or of the stand-in."""
    with bench.play() as play:
        if bench.real is not None:
            bench.real.take_over(play)
        lottery = faults.lottery(bench.random.randrange(2**31))
        recorded: list[str] = []
        for turn in range(TURNS):
            recorded += play.record(EVENTS)
            dies = turn in DYING
            play.network.choose = _killing_at(lottery, play, bench.random.randrange(1, 4)) if dies else lottery
            try:
                play.sync()
            except Killed:
                bench.renew()
                play.open()
        play.network.choose = faults.nothing
        play.sync_well()
        found = Counter(list(play.chart.events)) if bench.real is None else bench.real.found()
        lost = [each for each in recorded if found[each] != 1]
        expect(not lost, f"{len(lost)} of {len(recorded)} events are not in the record exactly once")
        expect(sum(found.values()) == len(recorded), "the record has events that were never recorded")
        state = play.state()
        expect(not state["outbox"] and not state["set_aside"], "events that the server has are still on the phone")


def _killing_at(lottery: Choose, play: Play, nth: int) -> Choose:
    """Return a choice that plays the lottery, and kills the driver at the nth request."""
    begun, kill = len(play.network.passed), play.killing()

    def choose(sent: Sent) -> Fault:
        return kill if len(play.network.passed) - begun == nth else lottery(sent)

    return choose
