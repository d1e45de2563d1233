"""Random plans and what patients report on them, in the API's own shapes, and how the product's rules read them.

A history is drawn from one seed, so that Hypothesis hunts through seeds and names the one that fails; drawn part by
part it would lean to few and small, and doings would hardly ever meet on a day.
"""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from hypothesis import strategies as st

from hep_api.adherence.counting import count_week
from hep_api.adherence.days import monday_of
from hep_api.adherence.entries import Event, EventKind, SkipReason, entries_in_force
from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.timeline import Item, RevisionContent, cut_timeline

# A leap day, a year's end, a plain month.
BEGINNINGS = (date(2024, 2, 14), date(2025, 12, 18), date(2026, 6, 3))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LENGTH = 38
PRESCRIPTIONS = tuple(UUID(int=0x5EED_0000 + n) for n in range(2))

randoms = st.integers(0, 2**32 - 1).map(Random)


def dose(random):
    unit = random.choice(("reps", "reps", "hold_seconds", "duration_seconds"))
    drawn = {"sets": random.randint(1, 3), "reps": None, "hold_seconds": None, "duration_seconds": None}
    drawn[unit] = random.randint(1, 8)
    if unit == "reps" and random.random() < 0.3:
        drawn["hold_seconds"] = random.randint(1, 5)
    return {**drawn, "sides": random.randint(1, 2), "rest_seconds": None, "load": None, "note": ""}


def schedule(random):
    kind = random.choice(("daily", "daily", "weekdays", "every_n_days", "weekly_quota", "weekly_quota", "as_needed"))
    times = random.randint(1, 3)
    return {
        "daily": {"kind": kind, "times_per_day": times},
        "weekdays": {
            "kind": kind,
            "weekdays": sorted(random.sample(WEEKDAYS, random.randint(1, 6))),
            "times_per_day": times,
        },
        "every_n_days": {"kind": kind, "every_n_days": random.randint(2, 5), "times_per_day": times},
        "weekly_quota": {"kind": kind, "times_per_week": random.randint(1, 7)},
        "as_needed": {"kind": kind, "max_per_day": random.choice((None, 1, 2))},
    }[kind]


def plan(random, prescriptions=PRESCRIPTIONS, begin=None):
    """A plan with up to four revisions over `LENGTH` days; of few items, so that many stay unchanged."""
    begin = begin or random.choice(BEGINNINGS)
    starts_on = begin + timedelta(days=random.choice((0, 0, random.randint(0, 10))))
    lasts = random.choice((None, None, random.randint(1, LENGTH - 12)))
    choices = {each: [item(random) for _ in range(random.randint(1, 3))] for each in prescriptions}
    revisions = []
    for number in range(1, random.randint(1, 4) + 1):
        held = [each for each in prescriptions if random.random() < 0.8] or [prescriptions[0]]
        revisions.append(
            {
                "number": number,
                "effective_on": starts_on + timedelta(days=0 if number == 1 else random.randint(0, 25)),
                "items": {each: random.choice(choices[each]) for each in held},
            }
        )
    return {
        "begin": begin,
        "starts_on": starts_on,
        "ends_on": None if lasts is None else starts_on + timedelta(days=lasts),
        "pauses": [pause(random, begin) for _ in range(random.choice((0, 0, 1, 2)))],
        "revisions": revisions,
    }


def item(random):
    return {"dose": dose(random), "schedule": schedule(random)}


def pause(random, begin):
    start = begin + timedelta(days=random.randint(0, LENGTH))
    until = None if random.random() < 0.2 else start + timedelta(days=random.randint(1, 9))
    return start, until


def content(random, plan, prescription, busy):
    """What a phone says of one doing, without its ids."""
    kind = random.choice(("done", "done", "done", "partial", "partial", "skipped"))
    amounts = dict.fromkeys(("sets", "reps", "seconds", "sides"))
    if kind == "partial" or random.random() < 0.4:
        for name in random.sample(("sets", "reps", "seconds"), random.randint(1, 3)):
            amounts[name] = random.choice((0, 1, 1, 2, 3, 6))
        amounts["sides"] = random.choice((None, None, 1, 2))
    numbers = [each["number"] for each in plan["revisions"] if prescription in each["items"]]
    day = random.choice(busy) if random.random() < 0.7 else random.randint(-3, LENGTH)
    return {
        "prescription_id": prescription,
        "version": random.choice(numbers),
        "kind": kind,
        "performed_on": plan["begin"] + timedelta(days=day),
        "slot": random.choice((None, None, 1, 2, 3)),
        **amounts,
        "pain": random.choice((None, random.randint(0, 10))),
        "effort": random.choice((None, random.randint(0, 10))),
        "skip_reason": random.choice((None, *SkipReason)) if kind == "skipped" else None,
    }


def events(random, plan, most=40):
    """Entries and corrections of them: moved, voided, contradicted, some without their original.

    Most of what is reported falls on a few days of one week, so that doings meet in slots, days and quotas.
    """
    held = prescriptions_of(plan)
    monday = random.choice((7, 14, 21)) - plan["begin"].weekday()
    busy = [monday + random.randint(0, 6) for _ in range(3)]
    made = []
    for _ in range(random.randint(0, most)):
        entry_id, prescription = _new_id(random), random.choice(held)
        original = content(random, plan, prescription, busy)
        made.append({"id": entry_id, "entry_id": entry_id, "revision": 0, **original})
        for _ in range(random.choice((0, 0, 0, 1, 2))):
            # Now and then a correction names another prescription than its entry.
            named = prescription if random.random() < 0.8 else random.choice(held)
            correction = content(random, plan, named, busy)
            if random.random() < 0.25:
                correction["kind"] = "void"
            made.append({"id": _new_id(random), "entry_id": entry_id, "revision": random.randint(1, 3), **correction})
    return [event for event in made if random.random() > 0.05]


def prescriptions_of(plan):
    return sorted({each for revision in plan["revisions"] for each in revision["items"]})


def _new_id(random):
    return UUID(int=random.getrandbits(128))


# --- the same things as the product's rules take them -------------------------------------------------------


def as_item(item):
    return Item(Dose.from_json(item["dose"]), Schedule.from_json(item["schedule"]))


def as_revisions(plan):
    return [
        RevisionContent(
            each["number"],
            each["effective_on"],
            {prescription: as_item(item) for prescription, item in each["items"].items()},
        )
        for each in plan["revisions"]
    ]


def as_terms(plan):
    return PlanTerms(plan["starts_on"], plan["ends_on"], tuple(plan["pauses"]))


def as_events(raw):
    return [
        Event(
            **{
                **event,
                "kind": EventKind(event["kind"]),
                "skip_reason": None if event["skip_reason"] is None else SkipReason(event["skip_reason"]),
            }
        )
        for event in raw
    ]


def weeks_of(plan, prescription, raw_events):
    """Yield (monday, arguments of count_week) of every week that the history touches."""
    versions = [each for each in cut_timeline(as_revisions(plan)) if each.prescription_id == prescription]
    named = {each.number: each.items[prescription] for each in as_revisions(plan) if prescription in each.items}
    entries = [each for each in entries_in_force(as_events(raw_events)) if each.prescription_id == prescription]
    monday = monday_of(plan["begin"] - timedelta(days=7))
    while monday <= plan["begin"] + timedelta(days=LENGTH + 7):
        of_week = [each for each in entries if monday_of(each.performed_on) == monday]
        yield monday, (versions, as_terms(plan), monday, of_week, named)
        monday += timedelta(days=7)


def count_all(plan, prescription, raw_events):
    """Return {day: DayCount} of the whole history, as the product counts it."""
    weeks = (count_week(*arguments) for _, arguments in weeks_of(plan, prescription, raw_events))
    return {count.day: count for week in weeks for count in week}
