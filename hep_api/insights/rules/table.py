"""The one table of the attention list's rules, the most urgent first: a new rule is a row here and a pure function.

Not in it yet are rules on surveys and visits, which the product does not have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hep_api.insights.evidence import Json
from hep_api.insights.rules import alarming, dropping_off, findings, hurting, keeping_in_touch
from hep_api.insights.rules.findings import Finding
from hep_api.insights.standing import Standing
from hep_api.insights.vocabulary import NextAction, Rule, Urgency


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule: when it holds, and whether its evidence is other than that which somebody has seen, (found, seen)."""

    rule: Rule
    urgency: Urgency
    next_action: NextAction
    find: Callable[[Standing], Finding | None]
    is_new: Callable[[Json, Json], bool]


RULES: tuple[RuleRow, ...] = (
    RuleRow(
        Rule.RED_FLAG,
        Urgency.HIGH,
        NextAction.ACKNOWLEDGE_FLAG,
        alarming.find_open_flag,
        alarming.has_other_causes,
    ),
    RuleRow(
        Rule.HIGH_PAIN,
        Urgency.HIGH,
        NextAction.CALL_ABOUT_PAIN,
        hurting.find_high_pain,
        findings.has_other_events,
    ),
    RuleRow(
        Rule.UNANSWERED_MESSAGE,
        Urgency.HIGH,
        NextAction.ANSWER_MESSAGE,
        keeping_in_touch.find_unanswered,
        findings.has_later_message,
    ),
    RuleRow(
        Rule.RISING_PAIN,
        Urgency.MEDIUM,
        NextAction.REVIEW_DOSE,
        hurting.find_rising_pain,
        hurting.has_later_session,
    ),
    RuleRow(
        Rule.SKIP_REASONS,
        Urgency.MEDIUM,
        NextAction.EXPLAIN_OR_CHANGE_EXERCISE,
        hurting.find_skip_reasons,
        findings.has_other_events,
    ),
    RuleRow(
        Rule.NO_EVENTS,
        Urgency.MEDIUM,
        NextAction.ASK_HOW_IT_GOES,
        dropping_off.find_silence,
        dropping_off.is_other_silence,
    ),
    RuleRow(
        Rule.COMPLETION_DROP,
        Urgency.LOW,
        NextAction.REVIEW_PLAN_TOGETHER,
        dropping_off.find_drop,
        dropping_off.is_other_week,
    ),
    RuleRow(
        Rule.REMINDERS_IGNORED,
        Urgency.LOW,
        NextAction.REACH_ANOTHER_WAY,
        dropping_off.find_ignored_reminders,
        dropping_off.is_after_another_answer,
    ),
    RuleRow(
        Rule.UNREAD_MESSAGE,
        Urgency.LOW,
        NextAction.REACH_ANOTHER_WAY,
        keeping_in_touch.find_unread,
        findings.has_later_message,
    ),
    RuleRow(
        Rule.NOT_ACTIVATED,
        Urgency.LOW,
        NextAction.INVITE_AGAIN,
        keeping_in_touch.find_not_activated,
        keeping_in_touch.is_other_invitation,
    ),
)
ROWS: Mapping[Rule, RuleRow] = {row.rule: row for row in RULES}
# The lower, the more urgent: what lists are sorted by.
RANKS: Mapping[str, int] = {row.rule.value: place for place, row in enumerate(RULES)}
