"""R5: after access has ended nothing more is heard, answered or read: at both processes, with the queue up, with the
queue taken away, and without one.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.revoking.cases import make_cases
from torture.revoking.watching import TOLD, Seen, Watch
from torture.stage import Stage

PROMISED = {"queue up": 2.0, "queue down": 30.0, "no queue": 30.0}
WATCHED = {"queue up": 6, "queue down": 35, "no queue": 35}
WATCHED_IN_SHORT = {"queue up": 3, "queue down": 12, "no queue": 12}


def prove(stage: Stage, order: Order) -> Outcome:
    """Watch every case in every mode; a broken build only with the queue up."""
    outcome = Outcome()
    for mode in ["queue up"] if order.broken else PROMISED:
        seen = _watch(stage, order, mode, outcome)
        figures = {
            name: max(getattr(each, name) for each in seen) for name in ("last_frame", "last_answer", "last_read")
        }
        outcome.figures |= {f"{mode}: {name} (s)".replace(" ", "_"): round(value, 3) for name, value in figures.items()}
        if mode == "queue up":
            outcome.value = round(max(figures.values()), 3)
        for each in seen:
            outcome.complaints += _judge(each, mode)
    return outcome


def _watch(stage: Stage, order: Order, mode: str, outcome: Outcome) -> list[Seen]:
    settings = stage.settings()
    queue = stage.queue() if mode != "no queue" else None
    if queue is not None:
        settings = replace(settings, redis_url=queue.url)
    webs = [stage.web(settings, order.broken) for _ in range(2)]
    cases = make_cases(remote_world(settings, webs))
    if queue is not None and mode == "queue down":
        queue.take_away()
    seconds = (WATCHED_IN_SHORT if order.quick or order.broken else WATCHED)[mode]
    with ThreadPoolExecutor(len(cases)) as pool:
        seen = list(pool.map(lambda case: Watch(case, [web.port for web in webs], seconds).run(), cases))
    outcome.complaints += [line for web in webs for line in web.unforeseen()]
    for web in webs:
        web.child.stop()
    return seen


def _judge(seen: Seen, mode: str) -> list[str]:
    where = f"{seen.case}, {mode}"
    complaints = []
    if not (200 <= seen.revoked_with < 300 and seen.heard_before >= TOLD and seen.questions_before):
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
    broken=("recognition_cached", "rooms_remembered", "covers_end_by_a_worker"),
)
