"""The words of the attention list: its rules, how urgent each is, what may become of an entry and who changed what."""

from enum import StrEnum


class Rule(StrEnum):
    """Why a patient stands on the list (docs/attention.md)."""

    RED_FLAG = "red_flag"
    HIGH_PAIN = "high_pain"
    UNANSWERED_MESSAGE = "unanswered_message"
    RISING_PAIN = "rising_pain"
    SKIP_REASONS = "skip_reasons"
    NO_EVENTS = "no_events"
    COMPLETION_DROP = "completion_drop"
    REMINDERS_IGNORED = "reminders_ignored"
    UNREAD_MESSAGE = "unread_message"
    NOT_ACTIVATED = "not_activated"


class Urgency(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class NextAction(StrEnum):
    """What is suggested to be done; the words for it are in `words`."""

    ACKNOWLEDGE_FLAG = "acknowledge_flag"
    CALL_ABOUT_PAIN = "call_about_pain"
    ANSWER_MESSAGE = "answer_message"
    REVIEW_DOSE = "review_dose"
    EXPLAIN_OR_CHANGE_EXERCISE = "explain_or_change_exercise"
    ASK_HOW_IT_GOES = "ask_how_it_goes"
    REVIEW_PLAN_TOGETHER = "review_plan_together"
    REACH_ANOTHER_WAY = "reach_another_way"
    INVITE_AGAIN = "invite_again"


class State(StrEnum):
    """`resolved`: the rule no longer holds, which only the product says; the others are people's."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"


# Somebody has to look: now, or when the snooze is over.
LIVE_STATES = (State.OPEN, State.SNOOZED)


class Change(StrEnum):
    """What happened to an entry. `woken`: its snooze is over; `renewed`: there is evidence that nobody had seen."""

    OPENED = "opened"
    RENEWED = "renewed"
    WOKEN = "woken"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    REOPENED = "reopened"
    ASSIGNED = "assigned"
