"""What a round of R7 has shown: the rows held against what came in, while it still goes on and in the end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from torture.proof import Order, Outcome
from torture.pushes import judging
from torture.pushes.cast import WORD
from torture.pushes.ground import Ground
from torture.pushes.judging import COUNTED, Row, judge

# What one sees of while it still goes on, and what not before the end.
SEEN_AT_ONCE = {*COUNTED, "early", "misshapen", "with_health_data", "held_too_long"} - {"lost", "unfounded"}
ALSO_COUNTED = ("early", "misshapen", "with_health_data", "held_too_long", "not_reminded", "reminded_twice")
LONGEST_LINE = 300
ROWS = text("SELECT device_id, kind, subject_id, state, result FROM push")
AMISS = text("SELECT kind, error_type FROM job WHERE outcome = 'dead'")


def is_seen(ground: Ground, order: Order) -> bool:
    """Tell whether a broken build has been seen to be one, so that more of it would tell nothing."""
    if not order.broken:
        return False
    rows = _rows(ground)
    found = _found(ground, rows)
    return any(found[what] for what in SEEN_AT_ONCE) or found["twice"] > len(kills(ground)) or _lost(ground, rows) > 0


def kills(ground: Ground) -> Sequence[object]:
    """Return when workers were killed."""
    return ground.teller.books.kills


def reckon(ground: Ground, order: Order, outcome: Outcome) -> None:
    """Say what should not have been."""
    seen, found = is_seen(ground, order), _found(ground, _rows(ground))
    with ground.world.transaction() as session:
        dead = session.execute(AMISS).all()
    if seen:
        # What is still under way is not lost.
        found["lost"] = _lost(ground, _rows(ground))
    else:
        found.update(ground.due.misses(ground.world))
    amiss = {what: found[what] for what in (*COUNTED, *ALSO_COUNTED) if found[what]}
    outcome.value = sum(amiss.values())
    outcome.complaints += ground.faults.complaints
    if not order.broken and ground.faults.counts["kills_too_late"]:
        outcome.complaints.append(f"{ground.faults.counts['kills_too_late']} kills came too late")
    outcome.complaints += [f"{times} pushes {what.replace('_', ' ')}" for what, times in amiss.items()]
    if found["twice"] > len(kills(ground)):
        outcome.complaints.append(f"{found['twice']} pushes twice, with {len(kills(ground))} kills")
    outcome.complaints += [f"a job was given up: {kind} {error}" for kind, error in dead]
    outcome.complaints += [line[:LONGEST_LINE] for each in ground.processes for line in each.unforeseen()]
    outcome.figures |= _figures(ground, found)


def _rows(ground: Ground) -> list[Row]:
    with ground.world.transaction() as session:
        rows = session.execute(ROWS).all()
    addresses = {phone.device_id: phone.address for phone in ground.phones}
    return [_row(row, addresses) for row in rows]


def _row(row: Any, addresses: Mapping[str, str]) -> Row:
    device_id, kind, subject_id, state, result = row
    return Row(addresses.get(str(device_id), str(device_id)), kind, str(subject_id), state, result)


def _found(ground: Ground, rows: Sequence[Row]) -> Counter[str]:
    """Hold rows, which were read before, against what came in."""
    service = ground.service
    found = judge(rows, list(service.kept.pushes), ground.teller.books)
    found["early"] = len(service.kept.early)
    found["misshapen"] = len(service.kept.misshapen)
    found["with_health_data"] = sum(WORD.encode() in raw for raw in service.kept.raw)
    found["held_too_long"] = ground.faults.counts["held_too_long"]
    return found


def _lost(ground: Ground, rows: Sequence[Row]) -> int:
    """Return how many were done with and lost, though others are still under way. Of a device that its owner ends the
    books are written a moment later.
    """
    done = [row for row in rows if row.state != "waiting" and row.result != "device_gone"]
    return judge(done, list(ground.service.kept.pushes), ground.teller.books)["lost"]


def _figures(ground: Ground, found: Mapping[str, int]) -> dict[str, object]:
    pushes = ground.service.kept.pushes
    wrong = sum(not push.is_answered for push in pushes)
    return {
        **dict(sorted(found.items())),
        **dict(sorted(ground.faults.counts.items())),
        "kills": len(kills(ground)),
        "tries": len(pushes),
        "answered_wrongly": f"{wrong / max(len(pushes), 1):.0%}",
        "accepted": len(ground.service.accepted),
        "addresses_gone": len(judging.deaths(pushes)),
        "phones_ended": ground.teller.ended,
        "reminded_in_one_minute": len(ground.due.patients),
        "bytes_searched": sum(len(raw) for raw in ground.service.kept.raw),
    }
