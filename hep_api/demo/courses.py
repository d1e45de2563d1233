"""What the patients of the demo clinic are prescribed: exercises of the starter library, every kind of schedule."""

from dataclasses import dataclass, replace

from hep_api.dosing.dose import Dose, Load, LoadUnit
from hep_api.dosing.schedule import Schedule, ScheduleKind, Weekday

MON_WED_FRI = frozenset({Weekday.MON, Weekday.WED, Weekday.FRI})
TUE_SAT = frozenset({Weekday.TUE, Weekday.SAT})


@dataclass(frozen=True, slots=True)
class Item:
    """One prescribed exercise, by its key in the starter set."""

    exercise: str
    dose: Dose
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Course:
    """A plan as a practitioner would write it."""

    title: str
    goals: tuple[str, ...]
    own_why: str
    items: tuple[Item, ...]


def daily(times: int = 1) -> Schedule:
    return Schedule(ScheduleKind.DAILY, times_per_day=times)


def on(weekdays: frozenset[Weekday]) -> Schedule:
    return Schedule(ScheduleKind.WEEKDAYS, weekdays=weekdays, times_per_day=1)


def every(days: int) -> Schedule:
    return Schedule(ScheduleKind.EVERY_N_DAYS, every_n_days=days, times_per_day=1)


def quota(times_a_week: int) -> Schedule:
    return Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=times_a_week)


def as_needed(most_a_day: int) -> Schedule:
    return Schedule(ScheduleKind.AS_NEEDED, max_per_day=most_a_day)


RED_BAND = Load(LoadUnit.BAND, colour="red")

COURSES = {
    "knee": Course(
        "Knee after replacement",
        ("Straighten the knee fully", "Climb the stairs without the rail"),
        "I want to take my granddaughter to the beach.",
        (
            Item("heel-slide", Dose(2, reps=10), daily(2)),
            Item("straight-leg-raise", Dose(3, reps=10, hold_seconds=2), on(MON_WED_FRI)),
            Item("sit-to-stand", Dose(3, reps=8), quota(3)),
            Item("step-up", Dose(2, reps=10, sides=2), every(2)),
            Item("heel-prop", Dose(1, duration_seconds=300), as_needed(3)),
        ),
    ),
    "shoulder": Course(
        "Stiff shoulder",
        ("Reach the top shelf", "Sleep on the side again"),
        "My allotment will not dig itself.",
        (
            Item("pendulum-swing", Dose(2, duration_seconds=60), daily(2)),
            Item("stick-lift-supine", Dose(2, reps=10), daily()),
            Item("band-row", Dose(3, reps=12, load=RED_BAND), on(MON_WED_FRI)),
            Item("wall-push-up", Dose(3, reps=10), quota(2)),
        ),
    ),
    "back": Course(
        "Low back pain",
        ("Sit through a film", "Lift the shopping"),
        "I drive a bus and want to keep driving it.",
        (
            Item("cat-camel", Dose(1, reps=10), daily(2)),
            Item("pelvic-tilt", Dose(2, reps=10, hold_seconds=5), daily()),
            Item("bird-dog", Dose(2, reps=8, hold_seconds=5, sides=2), on(MON_WED_FRI)),
            Item("brisk-walk", Dose(1, duration_seconds=1200), quota(4)),
            Item("lower-trunk-rotation", Dose(1, reps=20), as_needed(4)),
        ),
    ),
    "hip": Course(
        "Hip osteoarthritis",
        ("Walk 30 minutes", "Put on socks standing"),
        "Our choir stands for two hours.",
        (
            Item("bridge", Dose(3, reps=10, hold_seconds=3), daily()),
            Item("clamshell", Dose(3, reps=12, sides=2), every(2)),
            Item("hip-flexor-stretch-bed", Dose(3, hold_seconds=30, sides=2), daily()),
            Item("stationary-cycle", Dose(1, duration_seconds=900), quota(3)),
        ),
    ),
    "ankle": Course(
        "Sprained ankle",
        ("Hop ten times without pain", "Back to five-a-side"),
        "The season starts in spring.",
        (
            Item("ankle-alphabet", Dose(1, reps=26), daily(2)),
            Item("calf-raise", Dose(3, reps=12), daily()),
            Item("single-leg-stand", Dose(3, duration_seconds=30, sides=2), daily()),
            Item("band-ankle-out", Dose(3, reps=12, load=RED_BAND), on(MON_WED_FRI)),
        ),
    ),
    "neck": Course(
        "Neck pain at the desk",
        ("Work a day without a headache",),
        "I want to read in bed again.",
        (
            Item("chin-tuck", Dose(2, reps=10, hold_seconds=5), daily(3)),
            Item("neck-rotation-sitting", Dose(1, reps=10, sides=2), daily()),
            Item("upper-trapezius-stretch", Dose(2, hold_seconds=30, sides=2), every(2)),
            Item("scapular-squeeze", Dose(2, reps=12), on(TUE_SAT)),
            Item("shoulder-roll", Dose(1, reps=10), as_needed(6)),
        ),
    ),
    "balance": Course(
        "Falls prevention",
        ("Walk to the shop alone", "No fall this winter"),
        "I like my own front door.",
        (
            Item("tandem-stand", Dose(3, duration_seconds=30, sides=2), daily()),
            Item("standing-march", Dose(2, reps=20), daily(2)),
            Item("calf-raise", Dose(2, reps=10), every(3)),
            Item("tandem-walk", Dose(2, reps=20), quota(3)),
        ),
    ),
}


def stepped_up(item: Item) -> Item:
    """Return the item with one more set, as after a good month."""
    return replace(item, dose=replace(item.dose, sets=item.dose.sets + 1))
