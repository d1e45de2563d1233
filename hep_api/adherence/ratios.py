"""Exact ratios that carry their numerator and denominator, and the one rounding, done only to show them.

A denominator of 0 is not measurable: null, never 0 and never 1.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

SHOWN_DECIMALS = 10_000


@dataclass(frozen=True, slots=True)
class Ratio:
    """A numerator over a denominator; not reduced, since both are shown."""

    numerator: Fraction
    denominator: int

    @property
    def value(self) -> Fraction | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def shown(self) -> dict[str, float | int | None]:
        """Return the ratio's JSON shape."""
        return {
            "value": shown(self.value),
            "numerator": shown(self.numerator),
            "denominator": self.denominator,
        }


def shown(exact: Fraction | None) -> float | int | None:
    """Round to 4 decimals, half towards plus infinity; a whole number stays one."""
    if exact is None:
        return None
    rounded = Fraction(math.floor(exact * SHOWN_DECIMALS + Fraction(1, 2)), SHOWN_DECIMALS)
    return int(rounded) if rounded.denominator == 1 else float(rounded)
