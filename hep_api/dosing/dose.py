"""How much of an exercise one doing is, and its planned volume.

Decides which doses make sense. How often it is to be done belongs to `schedule`, what was done to adherence.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

from hep_api.dosing.rules import BrokenRule, refuse_outside

MOST_SETS = 50
MOST_REPS = 1000
MOST_SECONDS = 86_400
MOST_LOAD = 1000
LONGEST_COLOUR = 40
LONGEST_NOTE = 2000


class LoadUnit(enum.StrEnum):
    """What a load is counted in; an elastic band has a colour in place of a weight."""

    KG = "kg"
    LB = "lb"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class Load:
    """A weight (`value` in kg or lb) or an elastic band (`colour`)."""

    unit: LoadUnit
    value: float | None = None
    colour: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", LoadUnit(self.unit))
        if self.unit is LoadUnit.BAND:
            self._refuse_unless_band()
        elif self.value is None or not 0 < self.value <= MOST_LOAD:
            raise BrokenRule("value", "range", f"A weight is more than 0 and at most {MOST_LOAD}.")
        elif self.colour is not None:
            raise BrokenRule("colour", "other_kind", "Only a band has a colour.")

    def _refuse_unless_band(self) -> None:
        if self.value is not None:
            raise BrokenRule("value", "other_kind", "A band has a colour, not a weight.")
        if not self.colour or len(self.colour) > LONGEST_COLOUR:
            raise BrokenRule("colour", "length", f"A band has a colour of 1 to {LONGEST_COLOUR} characters.")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(LoadUnit(data["unit"]), data.get("value"), data.get("colour"))

    def to_json(self) -> dict[str, Any]:
        return {"unit": self.unit.value, "value": self.value, "colour": self.colour}


@dataclass(frozen=True, slots=True)
class Dose:
    """One doing: `sets`, and per set reps (each held `hold_seconds` or not), or one hold, or one duration."""

    sets: int
    reps: int | None = None
    hold_seconds: int | None = None
    duration_seconds: int | None = None
    sides: int = 1
    rest_seconds: int | None = None
    load: Load | None = None
    note: str = ""

    def __post_init__(self) -> None:
        refuse_outside("sets", self.sets, 1, MOST_SETS)
        refuse_outside("reps", self.reps, 1, MOST_REPS)
        for field in ("hold_seconds", "duration_seconds", "rest_seconds"):
            refuse_outside(field, getattr(self, field), 1, MOST_SECONDS)
        refuse_outside("sides", self.sides, 1, 2)
        if len(self.note) > LONGEST_NOTE:
            raise BrokenRule("note", "length", f"At most {LONGEST_NOTE} characters.")
        self._refuse_mixed_amounts()

    def _refuse_mixed_amounts(self) -> None:
        if self.duration_seconds is not None:
            for field in ("reps", "hold_seconds"):
                if getattr(self, field) is not None:
                    words = "A dose with duration_seconds has neither reps nor hold_seconds."
                    raise BrokenRule(field, "other_kind", words)
        elif self.reps is None and self.hold_seconds is None:
            raise BrokenRule("reps", "required", "A dose needs one of reps, hold_seconds, duration_seconds.")

    @property
    def unit(self) -> Literal["reps", "seconds"]:
        """What amounts are counted in; a hold per rep does not turn reps into seconds."""
        return "seconds" if self.reps is None else "reps"

    @property
    def amount_per_set(self) -> int:
        """Return the reps of a set, else its seconds."""
        amount = self.reps or self.hold_seconds or self.duration_seconds
        assert amount is not None, "a dose without an amount cannot be made"
        return amount

    @property
    def planned_volume(self) -> int:
        """Return sets x (reps, else seconds) x sides."""
        return self.sets * self.amount_per_set * self.sides

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        load = data.get("load")
        return cls(**{**data, "load": None if load is None else Load.from_json(load)})

    def to_json(self) -> dict[str, Any]:
        load = None if self.load is None else self.load.to_json()
        return {**{name: getattr(self, name) for name in _NAMES}, "load": load}


_NAMES = [each.name for each in fields(Dose)]
