"""C8 to C17, C20, C22, C23: uploads, and what the phone makes of each answer."""

from itertools import pairwise

from hep_api.sync.conformance import faults
from hep_api.sync.conformance.client.play import Bench, making_up, outcome
from hep_api.sync.conformance.network import Choose, Fault, Line, Network, Sent, between
from hep_api.sync.conformance.verdicts import expect

MOST_EVENTS, MOST_BYTES = 500, 2 * 1024 * 1024
# Over one batch in number, and in bytes.
MANY, LONG = 501, "é" * 2000


def by_index(bench: Bench) -> None:
    """C8: the outcomes come in another order, and one without its id."""
    with bench.play() as play:
        recorded = play.record(3)

        def shuffled(line: Line) -> None:
            told = [{"index": index, "id": each} | outcome("applied") for index, each in enumerate(line.sent.ids)]
            for each in told:
                if each["id"] == recorded[0]:
                    each |= {"id": None} | outcome("rejected", "range")
            faults.says({"outcomes": told[::-1]})(line)

        play.network.choose = faults.in_turn(faults.uploads, [], then=shuffled)
        play.sync()
        expect(
            set(play.aside()) == {recorded[0]}, f"the first of 3 was rejected, and set aside is {list(play.aside())}"
        )
        expect(not play.outbox(), "what was applied is still in the outbox")


def sizes(bench: Bench) -> None:
    """C9: more events than one batch may have, in number and in bytes."""
    for sent in _many(bench).uploads:
        expect(len(sent.ids) <= MOST_EVENTS, f"a batch has {len(sent.ids)} events")
        expect(len(sent.body) <= MOST_BYTES, f"a batch has {len(sent.body)} bytes")


def one_at_a_time(bench: Bench) -> None:
    """C23: no upload begins before the last one has ended."""
    for one, two in pairwise(_many(bench).uploads):
        expect(one.ended is not None and one.ended <= two.began + 0.005, "two uploads were on their way at one time")


def settled(bench: Bench) -> None:
    """C10: applied the first time, a duplicate the second, and then never again."""
    with bench.play(faults.in_turn(faults.uploads, [faults.lose_answer, faults.twice])) as play:
        recorded = play.record(3)
        play.sync_well()
        play.expect_all(recorded)
        before = len(play.network.uploads)
        play.sync_well()
        expect(len(play.network.uploads) == before, "what was settled is sent again")


def set_aside(bench: Bench) -> None:
    """C11: a rejected and a conflicting event, with the reason, and not again."""
    with bench.play() as play:
        good, bad, clash = play.record(3)
        odd = {bad: outcome("rejected", "range"), clash: outcome("conflict", "conflict")}
        play.network.choose = faults.in_turn(faults.uploads, [], then=making_up(odd))
        play.sync()
        aside = play.aside()
        told = {each: (aside[each]["outcome"], (aside[each]["error"] or {}).get("rule")) for each in aside}
        expected = {bad: ("rejected", "range"), clash: ("conflict", "conflict")}
        expect(told == expected, f"set aside is {told} and not {expected}; applied was {good}")
        before = len(play.network.uploads)
        play.sync()
        again = {each for sent in play.network.uploads[before:] for each in sent.ids}
        expect(not again, "what was set aside is sent again")


def kept_for_later(bench: Bench) -> None:
    """C12: retry, and an outcome of a later version."""
    with bench.play() as play:
        first, odd, good = play.record(3)
        told = {first: outcome("retry", "busy"), odd: outcome("postponed")}
        play.network.choose = faults.in_turn(faults.uploads, [], then=making_up(told))
        play.sync()
        expect(play.outbox() == {first, odd}, "retry, or an outcome that nobody knows, does not keep just its event")
        expect(not play.aside(), "retry, or an outcome that nobody knows, sets aside")
        play.network.choose = faults.nothing
        play.sync_well()
        expect(not play.missing([first, odd]), f"what got retry was not sent again; applied was {good}")


def no_answers(bench: Bench) -> None:
    """C13: pages, halves, and lists that are too short or name one place twice: none says that it was recorded."""
    row = {"id": None, **outcome("applied")}
    odd = [
        faults.hotel_page,
        faults.half_json,
        faults.says({"outcomes": []}),
        faults.says({"outcomes": [{"index": 0, **row}]}),
        faults.says({"outcomes": [{"index": 0, **row}] * 3}),
        faults.says({"outcomes": [{"index": index + 7, **row} for index in range(3)]}),
        faults.says([]),
        faults.says(None),
    ]
    for fault in odd:
        with bench.play(faults.in_turn(faults.uploads, [fault])) as play:
            recorded = play.record(3)
            play.sync_well()
            play.expect_all(recorded)


def signed_out(bench: Bench) -> None:
    """C14: the token has run out; a renewed one goes on."""
    with bench.play() as play:
        recorded = play.record(2)
        old, play.chart.token = play.chart.token, f"{play.chart.token}-renewed"
        answer = play.sync()
        expect(answer["stopped"] == "signed_out", f"after 401 a sync ended with {answer}")
        shown = [each for each in play.network.passed if old in each.headers.get("Authorization", "")]
        expect(len(shown) <= 3, f"a token that was refused was shown {len(shown)} times")
        expect(play.outbox() == set(recorded), "after 401 the outbox has changed")
        bench.driver.ask("token", token=play.chart.token)
        play.sync_well()
        play.expect_all(recorded)


def not_yours(bench: Bench) -> None:
    """C15: stops, keeps all, and works again when access is back."""
    for status in (403, 404):
        with bench.play(lambda _, status=status: faults.problem(status, "not_yours")) as play:  # type: ignore[misc]
            recorded = play.record(2)
            answer = play.sync()
            expect(answer["stopped"] == "not_yours", f"after {status} a sync ended with {answer}")
            expect(len(play.network.passed) <= 2, f"after {status} it asked {len(play.network.passed)} times")
            expect(play.outbox() == set(recorded), f"after {status} the outbox has changed")
            play.network.choose = faults.nothing
            play.sync_well()
            play.expect_all(recorded)


def halves(bench: Bench) -> None:
    """C16: one event for which every batch is refused is set aside, and the others go through."""
    for status in (400, 413, 422):
        with bench.play() as play:
            recorded = play.record(9)
            play.network.choose = _with(recorded[4], faults.problem(status, "refused"))
            play.sync()
            expect(not play.missing(recorded[:4] + recorded[5:]), f"one event that gets {status} blocks others")
            expect(set(play.aside()) == {recorded[4]}, f"an event that alone gets {status} is not set aside alone")
            expect(not play.outbox(), f"after {status} something is left in the outbox")


def pages_say_nothing(bench: Bench) -> None:
    """C17: web pages with 401, 403, 404 and 413."""
    for status in (401, 403, 404):
        with bench.play(faults.in_turn(lambda _: True, [faults.page(status)])) as play:
            recorded = play.record(2)
            play.sync_well()
            play.expect_all(recorded)
    with bench.play(faults.in_turn(faults.uploads, [], then=faults.page(413))) as play:
        recorded = play.record(2)
        play.sync()
        expect(play.outbox() == set(recorded), "a web page with 413 took an event out of the outbox")


def nothing_blocks(bench: Bench) -> None:
    """C20: one event for which the server always breaks."""
    for fault in (faults.problem(500, "unexpected"), faults.unavailable):
        with bench.play() as play:
            recorded = play.record(10)
            play.network.choose = _with(recorded[0], fault)
            for _ in range(3):
                play.sync()
            missing = play.missing(recorded[1:])
            expect(not missing, f"one event that breaks the server blocks {len(missing)} others")
            expect(play.outbox() == {recorded[0]}, "an event that breaks the server did not stay in the outbox alone")


def no_redirects(bench: Bench) -> None:
    """C22: another address asks for the request and its token."""
    with between(bench.stand_in.url, faults.nothing) as elsewhere, bench.play() as play:

        def redirect(line: Line) -> None:
            faults.problem(307, "moved", {"location": elsewhere.url + line.sent.path})(line)

        recorded = play.record(2)
        play.network.choose = faults.in_turn(lambda _: True, [redirect, redirect])
        play.sync_well()
        play.expect_all(recorded)
        expect(not elsewhere.passed, "a redirect was followed")
        shown = [each.path for each in play.network.passed if play.chart.token in each.path]
        expect(not shown, "the token stands in an address")


def _with(event_id: str, fault: Fault) -> Choose:
    """Choose the fault for every upload that has this event, and deliver all else."""

    def choose(sent: Sent) -> Fault:
        return fault if sent.is_upload and event_id in sent.ids else faults.deliver

    return choose


def _many(bench: Bench) -> Network:
    """Return what passed when a phone sent a great many events; played once for the rules that look at it."""
    if bench.many is None:
        with bench.play(faults.in_turn(faults.uploads, [], then=faults.slowly), timeout=30) as play:
            recorded = play.record(MANY, comment=LONG)
            play.sync_well()
            play.expect_all(recorded)
            bench.many = play.network
    return bench.many
