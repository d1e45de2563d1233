"""C18, C19, C21: how long the phone waits, and that it does not wait for ever. Only lower bounds are asked closely."""

import threading
from itertools import pairwise

from hep_api.sync.conformance import faults
from hep_api.sync.conformance.client.play import SCALE, Bench, Play
from hep_api.sync.conformance.network import Line
from hep_api.sync.conformance.verdicts import expect

# A clock that ticks in milliseconds on either side.
TOLERANCE = 0.005
# What a busy machine may add.
SLACK = 10.0
HANG = 8.0


def as_told(bench: Bench) -> None:
    """C18: Retry-After of 30 and 20 seconds, and one of eleven days, which counts as an hour."""
    busy = [
        faults.problem(503, "unavailable", {"retry-after": "30"}),
        faults.problem(429, "busy", {"retry-after": "20"}),
    ]
    with bench.play(faults.in_turn(faults.uploads, busy), scale=SCALE) as play:
        recorded = play.record(2)
        play.sync_well()
        play.expect_all(recorded)
        for gap, told in zip(_gaps(play), (30, 20), strict=False):
            expect(gap >= told * SCALE - TOLERANCE, f"Retry-After {told} was kept for {gap / SCALE:.1f} s")
    scale = SCALE / 100
    long = faults.problem(503, "unavailable", {"retry-after": "1000000"})
    with bench.play(faults.in_turn(faults.uploads, [long]), scale=scale) as play:
        play.record()
        play.sync_well()
        gap = _gaps(play)[0]
        expect(gap >= 3600 * scale - TOLERANCE, f"Retry-After of eleven days was kept for {gap / scale:.0f} s")
        expect(gap <= 3600 * scale + SLACK, f"Retry-After of eleven days was kept for {gap / scale:.0f} s, not an hour")


def longer_and_longer(bench: Bench) -> None:
    """C19: 2, 4, 8, 16, 32 seconds, of which at least half is waited, and not each time the same share."""
    with bench.play(faults.in_turn(faults.uploads, [faults.lose_request] * 5), scale=SCALE) as play:
        # So many that also after the third failure there is something to send (C20).
        recorded = play.record(8)
        play.sync_well()
        play.expect_all(recorded)
        steps = [2.0**power * SCALE for power in range(1, 6)]
        shares = [gap / step for gap, step in zip(_gaps(play), steps, strict=False)]
        told = ", ".join(f"{share:.2f}" for share in shares)
        expect(len(shares) == len(steps), f"5 lost requests were followed by {len(shares)} tries")
        short = [share for share, step in zip(shares, steps, strict=True) if share * step < step / 2 - TOLERANCE]
        expect(not short, f"waits are too short: in shares of the step {told}")
        late = [share for share, step in zip(shares, steps, strict=True) if share * step > step + SLACK]
        expect(not late, f"waits are too long: in shares of the step {told}")
        expect(min(shares) <= 0.97, f"there is no chance in the waits: in shares of the step {told}")


def tries_end(bench: Bench) -> None:
    """C21: a server that says nothing, and one that stops in the middle."""
    over = threading.Event()

    def silence(line: Line) -> None:
        over.wait(HANG)
        line.cut()

    def stop_in_the_middle(line: Line) -> None:
        whole = line.forward()
        line.answer(whole, share=0.5, then_cut=False)
        over.wait(HANG)
        line.cut()

    with bench.play(faults.in_turn(faults.uploads, [silence, stop_in_the_middle]), timeout=0.5) as play:
        recorded = play.record(2)
        play.sync_well()
        waits = [two.began - one.began for one, two in pairwise(play.network.uploads)]
        over.set()
        play.expect_all(recorded)
        expect(max(waits) <= 0.5 + SLACK, f"a try that got no answer was ended after {max(waits):.1f} s, not 0.5")


def _gaps(play: Play) -> list[float]:
    """Return how long it was from the end of each upload to the beginning of the next."""
    return [two.began - (one.ended or one.began) for one, two in pairwise(play.network.uploads)]
