"""What a rule of the plan says when it is broken: which field, which rule, and words for a person.

Doses and schedules refuse themselves with it, so that a wrong one cannot exist anywhere. How it reaches the outside (a
problem document, a pointer into the body) is left to the schemas.
"""


class BrokenRule(ValueError):
    """A value that makes no sense; `field` is its name in JSON, `rule` the rule's stable name, `detail` a sentence."""

    def __init__(self, field: str, rule: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.rule = rule
        self.detail = detail


def refuse_outside(field: str, value: int | None, low: int, high: int) -> None:
    """Refuse a whole number outside low..high; None means not given and passes."""
    if value is not None and not low <= value <= high:
        raise BrokenRule(field, "range", f"Must be a whole number from {low} to {high}.")
