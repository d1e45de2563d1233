"""The practitioner sees how the week went, and why each number is what it is."""

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

from demo.stage import Stage
from demo.telling import four_decimals, weekday
from demo.week import PLAN, Expected

Json = dict[str, Any]


def play(stage: Stage) -> None:
    see_figures(stage)
    see_why(stage)


def see_figures(stage: Stage) -> None:
    teller = stage.teller
    teller.step(f"The practitioner looks at the week, {weekday(stage.monday)} to {weekday(stage.sunday)}")
    answer = stage.practitioner.ask("GET", f"/patients/{stage.patient_id}/adherence?{stage.week}")
    window = answer["windows"][0]
    total, due = window["total"], Expected.EXPECTED
    teller.check("days looked at", total["closed_days"], 7)
    teller.check_ratio("completion", total["completion"], Expected.COMPLETED, due)
    teller.check("band", total["band"], "watch", "watch (50 % to 80 %)")
    teller.check_ratio("dose", total["dose"], Expected.CREDITED, due)
    teller.check_ratio("active days", total["active_days"], Expected.ACTIVE_DAYS, Expected.DAYS_DUE)
    teller.check_ratio("full days", total["full_days"], Expected.FULL_DAYS, Expected.DAYS_DUE)
    teller.check_ratio("relative dose", total["relative_dose"], Expected.VOLUME, due)
    teller.check_ratio("over-performance", total["over_performance"], Expected.EXTRA, due)
    check_details(stage, total)
    show_exercises(stage, window["prescriptions"])


def check_details(stage: Stage, total: Json) -> None:
    teller = stage.teller
    states = {name: total["states"][name] for name in Expected.STATES}
    teller.check("what became of 24 due", states, Expected.STATES)
    skips = {each["reason"]: each["count"] for each in total["skip_reasons"]}
    teller.check("why skipped", skips, Expected.SKIP_REASONS)
    medians = tuple(each["median"] for each in total["pain"]["medians"])
    teller.check("pain, Mon to Sat", medians, Expected.PAIN_BY_DAY)
    slope = four_decimals(Expected.PAIN_SLOPE)
    teller.check("pain's slope", total["pain"]["slope"], slope, f"{slope:+.4f} a day")
    teller.check("as needed", total["as_needed"], Expected.AS_NEEDED)


def show_exercises(stage: Stage, prescriptions: list[Json]) -> None:
    """Print the week exercise by exercise, in the plan's order."""
    by_id = {each["prescription_id"]: each for each in prescriptions}
    rows = [("exercise", "schedule", "done", "credited", "extra", "as needed")]
    for identifier, prescribed in zip(stage.prescriptions, PLAN, strict=True):
        found = by_id[identifier]
        completion, dose = found["completion"], found["dose"]
        done, extra = f"{completion['numerator']:g} of {completion['denominator']}", f"{found['states']['extra']}"
        rows.append(
            (
                prescribed.name,
                prescribed.words,
                done,
                f"{dose['numerator']:g}",
                extra,
                f"{found['as_needed']['doings']}",
            )
        )
    stage.teller.table(rows)


def see_why(stage: Stage) -> None:
    teller = stage.teller
    teller.step("The practitioner opens the number: why is it what it is?")
    path = f"/patients/{stage.patient_id}/adherence/why?{stage.week}&limit=100"
    days = stage.practitioner.ask("GET", path)["items"]
    teller.note("Days that were not simply done as prescribed:")
    teller.table(row(each) for each in days if shortfall(each))
    occurrences = [each for day in days for each in day["occurrences"]]
    due = [each for each in occurrences if each["expected"]]
    teller.check("occurrences due", len(due), Expected.EXPECTED)
    states = Counter(each["state"] for each in due)
    teller.check("they add up to", {name: states[name] for name in Expected.STATES}, Expected.STATES)
    reasons = Counter(each["skip_reason"] for each in due if each["state"] == "skipped")
    teller.check("skips with reasons", dict(reasons), Expected.SKIP_REASONS)
    teller.check("beyond what was due", sum(each["extra"] for each in occurrences), Expected.EXTRA)
    credit = sum((Fraction(str(each["credit"])) for each in occurrences), Fraction(0))
    teller.check("credit adds up to", four_decimals(credit), four_decimals(Expected.CREDITED))


def row(day: Json) -> tuple[str, ...]:
    """Return a line of the day: exercise, what was done of what was due, and what became of the rest."""
    done = f"{day['done']} of {day['expected']}"
    return weekday(date.fromisoformat(day["day"])), day["exercise"], done, ", ".join(shortfall(day))


def shortfall(day: Json) -> list[str]:
    """Return in words what on the day was not done as prescribed, or was done beyond it."""
    words = []
    for each in day["occurrences"]:
        if each["extra"]:
            words.append("one more than due")
        elif each["state"] == "skipped":
            words.append(f"skipped: {each['skip_reason']}")
        elif each["state"] == "partial":
            words.append(f"{each['credit']:.0%} done")
        elif each["state"] == "not_recorded":
            words.append("not recorded")
    return words
