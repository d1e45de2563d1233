"""R5: after access has ended nothing more is heard, answered or read: at both processes, with the queue up, with the
queue taken away, and without one.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.revoking.cases import make_cases
from torture.revoking.watching import Seen, Watch
from torture.stage import Stage

UP, DOWN, NONE = "queue up", "queue down", "no queue"
PROMISED = {UP: 2.0, DOWN: 30.0, NONE: 30.0}
WATCHED = {UP: 6.0, DOWN: 32.0, NONE: 32.0}
WATCHED_IN_SHORT = {UP: 3.0, DOWN: 7.0, NONE: 7.0}
# By which case a broken build is tried, with the queue up.
TRIED_BY: Mapping[str, str] = {
    "recognition_cached": "disabled",
    "rooms_remembered": "removed from the care team",
    "covers_end_by_a_worker": "cover over",
    "token_kept_after_sign_out": "signed out",
}


def prove(stage: Stage, order: Order) -> Outcome:
    """Watch every case with the queue up, then in the other modes at the same time; a broken build in the case that it
    concerns.
    """
    outcome = Outcome()
    modes = [UP] if order.broken else list(PROMISED)
    with ThreadPoolExecutor(2) as pool:
        # What is measured to the second has the machine for itself.
        watched = [_watch(stage, order, UP), *pool.map(lambda mode: _watch(stage, order, mode), modes[1:])]
    for mode, (seen, unforeseen) in zip(modes, watched, strict=True):
        last = {name: max(getattr(each, name) for each in seen) for name in ("last_frame", "last_answer", "last_read")}
        outcome.figures |= {f"{mode}: {name} (s)".replace(" ", "_"): round(value, 3) for name, value in last.items()}
        outcome.complaints += [*(line for each in seen for line in _judge(each, mode)), *unforeseen]
        if mode == UP:
            outcome.value = round(max(last.values()), 3)
    everything = [each for seen, _ in watched for each in seen]
    outcome.figures |= {
        "cases": len(everything),
        "frames_before": sum(each.frames_before for each in everything),
        "answers_before": sum(each.questions_before for each in everything),
    }
    return outcome


def _watch(stage: Stage, order: Order, mode: str) -> tuple[Sequence[Seen], Sequence[str]]:
    """Return what was seen in each case, and what the processes did not foresee."""
    settings = stage.settings()
    queue = stage.queue() if mode != NONE else None
    if queue is not None:
        settings = replace(settings, redis_url=queue.url)
    webs = [stage.web(settings, order.broken) for _ in range(2)]
    cases = make_cases(remote_world(settings, webs), [TRIED_BY[order.broken]] if order.broken else [])
    if queue is not None and mode == DOWN:
        queue.take_away()
    seconds = (WATCHED_IN_SHORT if order.quick or order.broken else WATCHED)[mode]
    with ThreadPoolExecutor(len(cases)) as pool:
        seen = list(pool.map(lambda case: Watch(case, [web.port for web in webs], seconds).run(), cases))
    return seen, [line for web in webs for line in web.unforeseen()]


def _judge(seen: Seen, mode: str) -> list[str]:
    where = f"{seen.case}, {mode}"
    complaints = []
    if seen.not_heard_before or not seen.questions_before or not 200 <= seen.revoked_with < 300:
        complaints.append(f"{where}: nothing to lose: {seen}")
    # A question that was on its way when the answer to the revocation was may have been answered before it.
    late = {"frame": seen.last_frame, "answer": seen.last_answer, "read": seen.last_read}
    complaints += [
        f"{where}: last {what} {after:.2f} s after" for what, after in late.items() if after > PROMISED[mode]
    ]
    return complaints


R5 = Proof(
    "R5",
    "revocation: the last of anything, queue up (s)",
    prove,
    goal=2.0,
    better="lower",
    waits=True,
    broken=tuple(TRIED_BY),
)
