"""The clinic's leader sees the clinic by practitioner and by location, before and after, and no patient's record."""

from fractions import Fraction
from typing import Any

from demo.stage import Stage
from demo.telling import Teller, weekday
from demo.week import Expected

Json = dict[str, Any]

COLUMNS = ("", "patients", "measured", "mean", "median", "on track", "watch", "low", "reported")
# A mean comes rounded to four decimals, so one that is worked out from another is off by up to half of the last, twice.
ROUNDING = Fraction(1, 10_000)


def look_before(stage: Stage) -> None:
    teller = stage.teller
    teller.step("The clinic's leader signs in, and looks at the same week before the new patient's is in")
    entered = stage.leader.sign_in(stage.cast.leader_email, stage.cast.password)
    stage.leader.name = entered["member"]["name"]
    leads = entered["member"]["role"] in ("manager", "owner")
    teller.check("leads the clinic", leads, expected=True, shown=f"{stage.leader.name}, {entered['member']['role']}")
    stage.clinic_before = look(stage)
    teller.table([COLUMNS, line(stage.clinic_before["clinic"])])


def play(stage: Stage) -> None:
    teller = stage.teller
    teller.step(
        f"The clinic's leader looks again: the clinic by practitioner and location, from {weekday(stage.monday)}"
    )
    after = look(stage)
    teller.table([COLUMNS, *(line(group) for group in after.values())])
    for what in ("clinic", stage.practitioner_id, stage.location_id):
        check_one_more(teller, stage.clinic_before[what], after[what])
    check_parts_add_up(teller, after)
    teller.note("A leader sees figures, and no patient's record:")
    stage.leader.ask("GET", f"/patients/{stage.patient_id}/adherence", expects=404)


def look(stage: Stage) -> dict[str, Json]:
    """Return the clinic's figures of the week under `clinic`, and each practitioner's and location's under its id."""
    groups = {"clinic": stage.leader.ask("GET", f"/clinic/adherence?{stage.week}")}
    for kind in ("practitioners", "locations"):
        answer = stage.leader.ask("GET", f"/clinic/adherence/{kind}?{stage.week}")
        groups |= {group["id"]: {**group, "kind": kind} for group in answer["items"]}
    return groups


def figures(group: Json) -> Json:
    found: Json = group["windows"][0]
    return found


def check_one_more(teller: Teller, before: Json, after: Json) -> None:
    """The new patient had no figure and now has one, which each mean takes in as one patient's, not as 24 doings."""
    old, new = figures(before), figures(after)
    measured = old["measurable"] + 1
    teller.check(f"{after['name']}: measured", new["measurable"], measured)
    own = Fraction(Expected.COMPLETED, Expected.EXPECTED)
    mean = (Fraction(str(old["mean"] or 0)) * old["measurable"] + own) / measured
    is_near = abs(Fraction(str(new["mean"])) - mean) <= ROUNDING
    shown = f"{old['mean'] or 0:.4f} -> {new['mean']:.4f}, one patient of {measured}"
    teller.check(f"{after['name']}: mean", is_near, expected=True, shown=shown)
    teller.check(f"{after['name']}: to watch", new["bands"]["watch"], old["bands"]["watch"] + 1)


def check_parts_add_up(teller: Teller, groups: dict[str, Json]) -> None:
    """Each patient has one location and one lead. Under 5 patients a group is hidden, and cannot be added up."""
    patients = figures(groups["clinic"])["patients"]
    for kind in ("practitioners", "locations"):
        parts = [figures(group) for group in groups.values() if group.get("kind") == kind]
        if not any(part["hidden"] for part in parts):
            teller.check(f"patients by {kind}", sum(part["patients"] for part in parts), patients)


def line(group: Json) -> tuple[str, ...]:
    """Return a group as a line of the table."""
    found = figures(group)
    if found["hidden"]:
        return (group["name"], "hidden: under 5", *("" for _ in COLUMNS[2:]))
    bands, coverage = found["bands"], found["coverage"]
    return (
        group["name"],
        str(found["patients"]),
        str(found["measurable"]),
        percent(found["mean"]),
        percent(found["median"]),
        str(bands["on_track"]),
        str(bands["watch"]),
        str(bands["low"]),
        f"{coverage['numerator']:g} of {coverage['denominator']}",
    )


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
