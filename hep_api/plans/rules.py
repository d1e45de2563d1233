"""What a rule of the plan says when it is broken: which field, and which rule.

Doses and schedules refuse themselves with it, so that a wrong one cannot exist anywhere. How it is worded for the
outside (a problem document, a field path) is left to the schemas.
"""


class BrokenRule(ValueError):
    """A value that makes no sense; `field` is the JSON name of the field, `rule` a sentence that says what holds."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule


def refuse_outside(field: str, value: int | None, low: int, high: int) -> None:
    """Refuse a whole number outside low..high; None means not given and passes."""
    if value is not None and not low <= value <= high:
        raise BrokenRule(field, f"Must be from {low} to {high}.")
