"""What the kit says of a rule, and how a whole run is told: as a table for people, as JSON for programs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from hep_api.sync.conformance import rules
from hep_api.sync.conformance.calls import NoAnswer

Scene = TypeVar("Scene")
# Judges a rule: raises Broken or NotApplicable, and returns what part of the rule it had to leave out, if any.
Check = Callable[[Scene], str | None]


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


class Broken(Exception):
    """The rule does not hold; the sentence is the evidence."""


class NotApplicable(Exception):
    """The rule cannot be judged here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a rule; `left_out` names the part of a rule that was passed without being judged, and why."""

    rule: str
    title: str
    outcome: Outcome
    words: str
    left_out: str = ""


def expect(truth: object, evidence: str) -> None:
    """Raise Broken with the evidence unless it is so."""
    if not truth:
        raise Broken(evidence)


def judge(
    titles: Mapping[str, str], checks: Mapping[str, Check[Scene]], scene: Scene, only: frozenset[str]
) -> Iterator[Verdict]:
    """Yield the verdict on each rule in its turn; with `only`, on those alone."""
    for rule, title in titles.items():
        if only and rule not in only:
            continue
        if rule in rules.BY_HAND:
            yield Verdict(rule, title, Outcome.NOT_APPLICABLE, f"by hand: {rules.BY_HAND[rule]}")
        else:
            yield Verdict(rule, title, *_judged(checks[rule], scene))


def leaving_out(*parts: str | None) -> str | None:
    """Join what was left out; None when nothing was."""
    return "; ".join(part for part in parts if part) or None


def _judged(check: Check[Scene], scene: Scene) -> tuple[Outcome, str, str]:
    try:
        return Outcome.PASS, "", check(scene) or ""
    except NotApplicable as why:
        return Outcome.NOT_APPLICABLE, str(why), ""
    except (Broken, NoAnswer) as why:
        return Outcome.FAIL, str(why), ""
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as why:
        # Whatever was answered, it was not of the shape that the contract gives it.
        return Outcome.FAIL, f"the answer was of another shape: {type(why).__name__}: {why}", ""


def line(verdict: Verdict) -> str:
    """Return a verdict as one line of the table."""
    words = f"  - {verdict.words}" if verdict.words else ""
    words += f"  - left out: {verdict.left_out}" if verdict.left_out else ""
    return f"{verdict.rule:4} {verdict.outcome.value:14} {verdict.title}{words}"


def as_json(kind: str, seed: int, verdicts: list[Verdict]) -> dict[str, Any]:
    """Return a run for a program: what was judged, the seed, a count of each outcome, and the verdicts."""
    counts = {outcome.value: sum(each.outcome is outcome for each in verdicts) for outcome in Outcome}
    return {"specification": "HEP sync 1", "of": kind, "seed": seed, "counts": counts} | {
        "rules": [asdict(each) for each in verdicts]
    }
