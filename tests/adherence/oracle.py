"""Section 4 of the domain a second time: slow, obvious, day by day, from raw events and raw revisions.

Written from the text and not from the product: it imports nothing of it and takes plain dicts in the API's own
shapes. A plan is {"starts_on", "ends_on", "pauses": [(from, to)], "revisions": [{"number", "effective_on", "items":
{prescription_id: {"dose", "schedule"}}}]}; an event has the fields of the upload, dates as dates and ids as UUIDs.
"""

import math
from collections import Counter
from datetime import timedelta
from fractions import Fraction

HALF = Fraction(1, 2)
ONE_DAY = timedelta(days=1)


# --- which event of an entry holds -------------------------------------------------------------------------


def entries_that_hold(events):
    """Of every entry the event with the highest revision, then the highest id; voided entries are gone."""
    known = {event["id"]: event for event in events}
    holding = {}
    for event in known.values():
        original = known.get(event["entry_id"])
        if original is not None and original["prescription_id"] != event["prescription_id"]:
            continue
        rival = holding.get(event["entry_id"])
        if rival is None or (rival["revision"], rival["id"].bytes) < (event["revision"], event["id"].bytes):
            holding[event["entry_id"]] = event
    return [event for event in holding.values() if event["kind"] != "void"]


# --- what the plan said ------------------------------------------------------------------------------------


def revision_on(plan, day):
    """The revision with the latest effective date, among equals the one published last."""
    begun = [revision for revision in plan["revisions"] if revision["effective_on"] <= day]
    return max(begun, key=lambda each: (each["effective_on"], each["number"]), default=None)


def versions_by_day(plan, last):
    """{day: {prescription_id: {"version", "anchor", "dose", "schedule"}}} up to `last`, walked day by day."""
    walked, yesterday = {}, {}
    day = min(revision["effective_on"] for revision in plan["revisions"])
    while day <= last:
        revision, today = revision_on(plan, day), {}
        for prescription, item in revision["items"].items():
            was = yesterday.get(prescription)
            now = {"version": first_to_say(plan, revision, prescription), "anchor": day, **item}
            if was and was["schedule"] == item["schedule"]:
                now["anchor"] = was["anchor"]
                if was["dose"] == item["dose"]:
                    now["version"] = was["version"]
            today[prescription] = now
        walked[day] = yesterday = today
        day += ONE_DAY
    return walked


def first_to_say(plan, revision, prescription):
    """The lowest number of a revision for the same date that says the same of the prescription."""
    same = [each for each in plan["revisions"] if each["effective_on"] == revision["effective_on"]]
    content = revision["items"][prescription]
    return min(each["number"] for each in same if each["items"].get(prescription) == content)


def plan_asks(plan, day):
    if day < plan["starts_on"] or (plan["ends_on"] is not None and day >= plan["ends_on"]):
        return False
    return not any(start <= day and (end is None or day < end) for start, end in plan["pauses"])


def expected(plan, version, day):
    """E of a prescription that names its days; 0 for the others."""
    if version is None or not plan_asks(plan, day):
        return 0
    schedule = version["schedule"]
    match schedule["kind"]:
        case "daily":
            due = True
        case "weekdays":
            due = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()] in schedule["weekdays"]
        case "every_n_days":
            due = (day - version["anchor"]).days % schedule["every_n_days"] == 0
        case _:
            due = False
    return schedule["times_per_day"] if due else 0


# --- what was done -----------------------------------------------------------------------------------------


def ratio(event, dose):
    """v: sets x (reps, else seconds) x sides over the same as planned."""
    if event["kind"] == "skipped":
        return Fraction(0)
    planned = {"sets": dose["sets"], "sides": dose["sides"]}
    if dose["reps"] is not None:
        planned["reps"] = dose["reps"]
    else:
        planned["seconds"] = dose["hold_seconds"] or dose["duration_seconds"]
    value = Fraction(1)
    for component, amount in planned.items():
        if event[component] is not None:
            value *= Fraction(event[component], amount)
    return value


def named_item(plan, event):
    """Dose and schedule of the version that the event names."""
    (revision,) = [each for each in plan["revisions"] if each["number"] == event["version"]]
    return revision["items"][event["prescription_id"]]


def doings(plan, version, entries):
    """[{"v", "skip", "reason", "as_needed", "most"}] of a day: one per slot, and one per entry without a slot."""
    groups = {}
    for entry in sorted(entries, key=lambda each: each["id"].bytes):
        key = ("slot", entry["slot"], b"") if entry["slot"] is not None else ("without", 0, entry["id"].bytes)
        groups.setdefault(key, []).append(entry)
    found = []
    for key in sorted(groups):
        rated = []
        for entry in groups[key]:
            item = version or named_item(plan, entry)
            rated.append((ratio(entry, item["dose"]), entry["version"], item["schedule"]))
        v, _, schedule = max(rated, key=lambda each: (each[0], each[1]))
        skips = [entry for entry in groups[key] if entry["kind"] == "skipped"]
        reasons = [entry["skip_reason"] for entry in skips if entry["skip_reason"] is not None]
        found.append(
            {
                "v": v,
                "skip": v == 0 and bool(skips),
                "reason": reasons[-1] if reasons else None,
                "as_needed": schedule["kind"] == "as_needed",
                "most": schedule.get("max_per_day"),
            }
        )
    return found


# --- one prescription, day by day --------------------------------------------------------------------------


def count_prescription(plan, prescription, events, first, last):
    """{day: counts} of every day in first..last; whole weeks around them are looked at for the quotas."""
    start, stop = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    versions = versions_by_day(plan, stop)
    entries = [each for each in entries_that_hold(events) if each["prescription_id"] == prescription]
    counts, seen, day = {}, {}, start
    while day <= stop:
        version = versions.get(day, {}).get(prescription)
        of_day = [entry for entry in entries if entry["performed_on"] == day]
        seen[day] = (version, doings(plan, version, of_day))
        counts[day] = count_day(plan, version, day, of_day, seen[day][1])
        if day.weekday() == 6:
            book_quota(plan, [day - timedelta(days=back) for back in range(6, -1, -1)], seen, counts)
        day += ONE_DAY
    return {day: counted for day, counted in counts.items() if first <= day <= last}


def count_day(plan, version, day, entries, found):
    needed = [each for each in found if each["as_needed"] and each["v"] > 0]
    others = [each for each in found if not each["as_needed"]]
    counted = {
        "version": version["version"] if version else None,
        "volume": sum((each["v"] for each in others), Fraction(0)),
        "as_needed": len(needed),
        "over_maximum": any(each["most"] is not None and len(needed) > each["most"] for each in needed),
        "entries": len(entries),
        "pains": sorted(entry["pain"] for entry in entries if entry["pain"] is not None),
        "efforts": sorted(entry["effort"] for entry in entries if entry["effort"] is not None),
        "due": False,
    }
    if is_eligible(plan, version, day):
        return {**counted, **states(0, 0, Fraction(0), [])}
    e = expected(plan, version, day)
    credited = sorted((min(Fraction(1), each["v"]) for each in others), reverse=True)
    completed = len([credit for credit in credited if credit >= HALF])
    return {**counted, "due": e > 0, **states(e, completed, sum(credited[:e], Fraction(0)), others)}


def is_eligible(plan, version, day):
    return version is not None and version["schedule"]["kind"] == "weekly_quota" and plan_asks(plan, day)


def book_quota(plan, week, seen, counts):
    """Book the quota of a week (seven days from Monday) on its last eligible day."""
    days = [day for day in week if is_eligible(plan, seen[day][0], day)]
    if not days:
        return
    owed = sum((Fraction(seen[day][0]["schedule"]["times_per_week"], 7) for day in days), Fraction(0))
    e = math.floor(owed + HALF)
    completed, credited, all_doings = 0, Fraction(0), []
    for day in days:
        best = max([min(Fraction(1), each["v"]) for each in seen[day][1]], default=Fraction(0))
        credited += best
        completed += best >= HALF
        all_doings += seen[day][1]
    counts[days[-1]].update(states(e, completed, min(Fraction(e), credited), all_doings))


def states(e, completed, credited, found):
    """Fill e occurrences: done, partial, skipped, and what is left is not recorded."""
    rest = ["partial" for each in found if 0 < each["v"] < HALF]
    rest += [("skipped", each["reason"]) for each in found if each["skip"]]
    filled = (["done"] * min(completed, e) + rest)[:e]
    filled += ["not recorded"] * (e - len(filled))
    return {
        "expected": e,
        "completed": completed,
        "credited": credited,
        "done": filled.count("done"),
        "partial": filled.count("partial"),
        "skip_reasons": [each[1] for each in filled if isinstance(each, tuple)],
        "not_recorded": filled.count("not recorded"),
        "extra": max(0, completed - e),
    }


# --- figures -----------------------------------------------------------------------------------------------


def measures(counted, first, last):
    """Figures over the closed days first..last; `counted` is [(prescription, day, counts)], also of earlier days.

    Ratios come as (numerator, denominator).
    """
    rows = [(day, counts) for _, day, counts in counted if first <= day <= last]
    total = lambda name: sum((counts[name] for _, counts in rows), Fraction(0))  # noqa: E731
    dates = {day for day, counts in rows if counts["due"]}
    of_date = {day: [counts for other, counts in rows if other == day and counts["due"]] for day in dates}
    active = [day for day in dates if any(counts["completed"] >= 1 for counts in of_date[day])]
    full = [day for day in dates if all(counts["completed"] >= counts["expected"] for counts in of_date[day])]
    closed = max(0, (last - first).days + 1)
    return {
        "completion": (total("done"), total("expected")),
        "dose": (total("credited"), total("expected")),
        "active_days": (len(active), len(dates)),
        "full_days": (len(full), len(dates)),
        "relative_dose": (total("volume"), total("expected")),
        "over_performance": (total("extra"), total("expected")),
        "states": tuple(total(name) for name in ("done", "partial", "not_recorded", "expected", "extra")),
        "skip_reasons": Counter(reason for _, counts in rows for reason in counts["skip_reasons"]),
        "as_needed": (total("as_needed"), total("as_needed") / Fraction(closed, 7) if closed else None),
        "days_over_maximum": total("over_maximum"),
        "pain": trend(counted, "pains", first, last),
        "effort": trend(counted, "efforts", first, last),
    }


def trend(counted, name, first, last):
    """({day: median} of the window, slope per day over its last 14 dates)."""
    medians = {}
    for day in sorted({day for _, day, _ in counted}):
        values = sorted(value for _, other, counts in counted if other == day for value in counts[name])
        if values:
            low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
            medians[day] = Fraction(low + high, 2)
    points = [((last - day).days, y) for day, y in medians.items() if 0 <= (last - day).days < 14]
    n = len(points)
    slope = None
    if n >= 2 and first <= last:
        # The textbook's sums; x runs backwards here, so the sign turns.
        sx, sy = sum(x for x, _ in points), sum(y for _, y in points)
        sxy, sxx = sum(x * y for x, y in points), sum(x * x for x, _ in points)
        slope = -(n * sxy - sx * sy) / Fraction(n * sxx - sx * sx)
    return {day: y for day, y in medians.items() if first <= day <= last}, slope


def group(patients):
    """[(done, expected, reported)] -> (mean, median, measurable, excluded, coverage)."""
    shares = sorted(Fraction(done, e) for done, e, _ in patients if e >= 3)
    expecting = [reported for _, e, reported in patients if e > 0]
    coverage = (len([reported for reported in expecting if reported]), len(expecting))
    if not shares:
        return None, None, 0, len(patients), coverage
    n = len(shares)
    middle = (shares[(n - 1) // 2] + shares[n // 2]) / 2
    return sum(shares) / n, middle, n, len(patients) - n, coverage


def shown(value):
    """Four decimals, half towards plus infinity, by going there step by step in whole ten-thousandths."""
    if value is None:
        return None
    whole, rest = divmod(value * 10_000, 1)
    return (whole + (1 if rest >= HALF else 0)) / 10_000
