"""Which doses make sense, and their volume."""

from typing import Any

import pytest

from hep_api.dosing.dose import Dose, Load, LoadUnit
from hep_api.dosing.rules import BrokenRule


@pytest.mark.parametrize(
    ("given", "unit", "amount", "volume"),
    [
        ({"sets": 3, "reps": 10}, "reps", 10, 30),
        ({"sets": 3, "reps": 10, "sides": 2}, "reps", 10, 60),
        ({"sets": 3, "reps": 10, "hold_seconds": 5}, "reps", 10, 30),
        ({"sets": 4, "hold_seconds": 30}, "seconds", 30, 120),
        ({"sets": 1, "duration_seconds": 600, "sides": 2}, "seconds", 600, 1200),
    ],
)
def test_planned_volume_is_sets_times_amount_times_sides(
    given: dict[str, Any], unit: str, amount: int, volume: int
) -> None:
    dose = Dose(**given)
    assert (dose.unit, dose.amount_per_set, dose.planned_volume) == (unit, amount, volume)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sets": 0}, "sets"),
        ({"sets": 51}, "sets"),
        ({"reps": 0}, "reps"),
        ({"reps": 1001}, "reps"),
        ({"reps": None}, "reps"),
        ({"hold_seconds": 0}, "hold_seconds"),
        ({"hold_seconds": 86_401}, "hold_seconds"),
        ({"duration_seconds": 60}, "reps"),
        ({"reps": None, "hold_seconds": 5, "duration_seconds": 60}, "hold_seconds"),
        ({"reps": None, "duration_seconds": 0}, "duration_seconds"),
        ({"rest_seconds": 0}, "rest_seconds"),
        ({"sides": 0}, "sides"),
        ({"sides": 3}, "sides"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_a_dose_that_makes_no_sense_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BrokenRule) as refusal:
        Dose(**{"sets": 3, "reps": 10, **change})
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"unit": LoadUnit.KG}, "value"),
        ({"unit": LoadUnit.KG, "value": 0}, "value"),
        ({"unit": LoadUnit.LB, "value": 1000.5}, "value"),
        ({"unit": LoadUnit.LB, "value": float("nan")}, "value"),
        ({"unit": LoadUnit.KG, "value": 5, "colour": "red"}, "colour"),
        ({"unit": LoadUnit.BAND}, "colour"),
        ({"unit": LoadUnit.BAND, "colour": ""}, "colour"),
        ({"unit": LoadUnit.BAND, "colour": "red", "value": 2}, "value"),
    ],
)
def test_a_load_is_a_weight_or_a_band_with_a_colour(given: dict[str, Any], field: str) -> None:
    with pytest.raises(BrokenRule) as refusal:
        Load(**given)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "dose",
    [
        Dose(sets=3, reps=10),
        Dose(sets=3, reps=10, hold_seconds=5, sides=2, rest_seconds=30, note="slowly"),
        Dose(sets=1, duration_seconds=60, load=Load(LoadUnit.KG, 2.5)),
        Dose(sets=1, hold_seconds=60, load=Load(LoadUnit.BAND, colour="red")),
    ],
)
def test_a_dose_survives_json(dose: Dose) -> None:
    assert Dose.from_json(dose.to_json()) == dose
