"""Mean and median over patients, exact however many there are.

Fractions are brought to one denominator once, so that the rest is whole numbers: adding them one by one would reduce
each sum anew, which over thousands of patients is all that a summary would do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and median of `n` patients' values; None without any."""

    n: int
    mean: Fraction | None
    median: Fraction | None


def spread(values: Mapping[tuple[int, int], int]) -> Spread:
    """Return the spread of values given as (numerator, denominator above 0) and how many patients have it."""
    n = sum(values.values())
    if not n:
        return Spread(0, None, None)
    common = math.lcm(*{denominator for _, denominator in values})
    scaled = sorted((numerator * (common // denominator), times) for (numerator, denominator), times in values.items())
    mean = Fraction(sum(value * times for value, times in scaled), common * n)
    return Spread(n, mean, Fraction(_at(scaled, (n - 1) // 2) + _at(scaled, n // 2), 2 * common))


def _at(ordered: list[tuple[int, int]], place: int) -> int:
    """Return the value at a place, 0 being the smallest."""
    for value, times in ordered:
        if place < times:
            return value
        place -= times
    raise IndexError(place)
