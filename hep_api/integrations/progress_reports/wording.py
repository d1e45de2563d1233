"""How a report's numbers and dates are written for its reader. Numbers are those of the content, digit by digit."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent

from hep_api.adherence.entries import SkipReason
from hep_api.integrations.dates import Dates
from hep_api.integrations.progress_reports.phrases.phrasebook import Phrasebook
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import DischargeReason

Json = Mapping[str, Any]


class Words:
    """What stands in a report, in a reader's language; dates and instants come as the content's JSON has them."""

    def __init__(self, say: Phrasebook, locale: str) -> None:
        self._say = say
        self._locale = locale
        self._dates = Dates(locale)
        whole = Locale.parse(locale).percent_formats[None].pattern
        # All four decimals that the content has: rounding a second time could round another way.
        self._percent = whole.replace("0", "0.##", 1)

    def number(self, value: float) -> str:
        return format_decimal(Decimal(str(value)), format="#,##0.####", locale=self._locale)

    def percent(self, value: float) -> str:
        return format_percent(Decimal(str(value)), format=self._percent, locale=self._locale)

    def day(self, day: str) -> str:
        return self._dates.long(date.fromisoformat(day))

    def short(self, day: str) -> str:
        return self._dates.short(date.fromisoformat(day))

    def between(self, first: str, last: str) -> str:
        return self._dates.between(date.fromisoformat(first), date.fromisoformat(last))

    def instant(self, at: str, zone: str) -> str:
        return f"{self._dates.instant(datetime.fromisoformat(at), zone)} ({zone})"

    def running(self, plan: Json) -> str:
        """Return the plan's dates; its end is the first day on which it no longer runs."""
        if plan["ends_on"] is None:
            return self._say.runs_from.format(date=self.day(plan["starts_on"]))
        return self._stretch(self._say.runs_between, plan["starts_on"], plan["ends_on"])

    def pause(self, pause: Json) -> str:
        if pause["to"] is None:
            return self._say.pause_open.format(first=self.day(pause["from"]))
        return self._stretch(self._say.pause, pause["from"], pause["to"])

    def state(self, state: str) -> str:
        return self._say.states[GoalState(state)]

    def discharged(self, plan: Json) -> str:
        return self._say.discharged[DischargeReason(plan["discharge_reason"])]

    def reason(self, reason: str | None) -> str:
        return self._say.no_reason if reason is None else self._say.reasons[SkipReason(reason)]

    def measured(self, goal: Json) -> str:
        """Return what is measured of a goal: start, target, every value, and how far it has come."""
        say = self._say
        parts = []
        if goal["start_value"] is not None:
            parts.append(say.start.format(value=self._value(goal, goal["start_value"])))
        parts += [
            say.measured.format(value=self._value(goal, each["value"]), date=self.day(each["measured_on"]))
            for each in goal["values"]
        ]
        target = say.target.format(value=self._value(goal, goal["target_value"]))
        by = f" {say.target_by.format(date=self.day(goal['target_on']))}" if goal["target_on"] else ""
        parts.append(target + by)
        if goal["progress"] is not None:
            parts.append(say.progress.format(percent=self.percent(goal["progress"])))
        return f"{goal['measure']}: {'; '.join(parts)}"

    def range(self, found: Sequence[float]) -> str:
        """Return the lowest to the highest of a week's daily medians; a dash where there is none."""
        if not found:
            return "\u2013"
        low, high = (self.number(each) for each in (min(found), max(found)))
        return low if low == high else self._say.range_of.format(low=low, high=high)

    def slope(self, total: Json) -> str:
        pain, effort = (self._signed(total[each]["slope"]) for each in ("pain", "effort"))
        return self._say.slope.format(pain=pain, effort=effort)

    def _signed(self, slope: float | None) -> str:
        if slope is None:
            return self._say.not_measurable
        return ("+" if slope > 0 else "") + self.number(slope)

    def _value(self, goal: Json, value: float) -> str:
        return f"{self.number(value)} {goal['unit']}" if goal["unit"] else self.number(value)

    def _stretch(self, phrase: str, first: str, end: str) -> str:
        """Say a half-open stretch by its first and its last day."""
        last = max(date.fromisoformat(first), date.fromisoformat(end) - timedelta(days=1))
        return phrase.format(first=self.day(first), last=self._dates.long(last))
