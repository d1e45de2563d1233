"""Whatever people do with entries while reports come in: the list is what holds, less what somebody has seen to."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.errors import Problem
from hep_api.insights.actions import reviewing, settling
from hep_api.insights.models import AttentionChange, AttentionEntry
from hep_api.insights.queries.standings import standings_of
from hep_api.insights.rules.table import ROWS
from hep_api.insights.vocabulary import LIVE_STATES, Change, State
from tests.adherence.conftest import correction, event
from tests.insights.conftest import NOW, Watched

STEPS = 30


def test_the_list_is_what_holds_less_what_was_seen_to(watched: Watched) -> None:
    random, now = Random(20260506), NOW
    reported = watched.report("01", pain=8)
    done: Counter[str] = Counter()
    for _ in range(STEPS):
        now += timedelta(hours=random.choice([0, 1, 6]))
        _report(random, watched, reported)
        with watched.world.transaction() as session:
            done[_do_something(random, session, watched, now)] += 1
            reviewing.review(session, watched.lead.clinic_id, [watched.patient.patient_id], now)
            _compare(session, watched, now)
    refused = {what for what in done if "refused" in what}
    assert {"dismiss", "snooze", "reopen"} <= done.keys(), done
    assert refused, done
    assert all(what.endswith("by 409") for what in refused), refused


def _report(random: Random, watched: Watched, reported: list[dict[str, object]]) -> None:
    """Report something, or take something back."""
    if random.random() < 0.5:
        said = random.choice([{"pain": random.randint(0, 10)}, {"kind": "skipped", "skip_reason": "unclear"}])
        reported.append(event(watched.plan.daily, f"2026-05-{random.randint(1, 7):02}", **said))
    else:
        of = random.choice(reported)
        kind = random.choice(["done", "void"])
        revision = len(reported) + random.randint(1, 99)
        reported.append(correction(of, revision, kind=kind, pain=random.randint(0, 10), skip_reason=None))
    assert watched.plan.outcomes(reported[-1]) == ["applied"]


def _do_something(random: Random, session: Session, watched: Watched, now: datetime) -> str:
    """Let somebody do something with any entry; what they may not is refused as always."""
    entries = session.scalars(
        select(AttentionEntry).where(AttentionEntry.patient_id == watched.patient.patient_id)
    ).all()
    if not entries:
        return "nothing"
    # Mostly one that can still be settled.
    present = [each for each in entries if each.state is not State.RESOLVED]
    entry, what = (
        random.choice(present if present and random.random() < 0.9 else entries),
        random.choice(["dismiss", "snooze", "reopen", "nothing"]),
    )
    who = watched.lead.viewer
    try:
        match what:
            case "dismiss":
                settling.dismiss(session, who, entry, "Seen.", now)
            case "snooze":
                until = now + timedelta(hours=random.choice([1, 30]))
                settling.snooze(session, who, entry, until, "Later.", now)
            case "reopen":
                settling.reopen(session, who, entry, None, now)
    except Problem as problem:
        return f"{what} refused by {problem.status}"
    return what


def _compare(session: Session, watched: Watched, now: datetime) -> None:
    patient_id = watched.patient.patient_id
    standing = standings_of(session, watched.lead.clinic_id, [patient_id], now)[patient_id]
    session.expire_all()
    entries = session.scalars(select(AttentionEntry).where(AttentionEntry.patient_id == patient_id)).all()
    for rule, row in ROWS.items():
        found = row.find(standing)
        live = [each for each in entries if each.rule is rule and each.state in LIVE_STATES]
        dismissed = [each for each in entries if each.rule is rule and each.state is State.DISMISSED]
        if found is None:
            assert live == []
        elif live:
            (entry,) = live
            assert entry.evidence == found.evidence
            assert entry.snoozed_until is None or entry.snoozed_until > now
        else:
            seen = max(dismissed, key=lambda each: (each.opened_at, each.id))
            assert not row.is_new(found.evidence, seen.evidence)
    changes = Counter(
        session.scalars(select(AttentionChange.change).where(AttentionChange.patient_id == patient_id)).all()
    )
    over = sum(each.state is State.RESOLVED for each in entries)
    assert (changes[Change.OPENED], changes[Change.RESOLVED]) == (len(entries), over)
