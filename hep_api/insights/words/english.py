"""The attention list in English."""

from hep_api.insights.vocabulary import NextAction, Rule
from hep_api.insights.words.phrasebook import Phrasebook

ENGLISH = Phrasebook(
    titles={
        Rule.RED_FLAG: "Red flag: look at once",
        Rule.HIGH_PAIN: "Pain of 7 or more",
        Rule.UNANSWERED_MESSAGE: "A message waits for an answer",
        Rule.RISING_PAIN: "Pain rising over three sessions",
        Rule.SKIP_REASONS: "Skipped for pain, or because it is unclear",
        Rule.NO_EVENTS: "Nothing reported for days",
        Rule.COMPLETION_DROP: "Clearly less done than before",
        Rule.REMINDERS_IGNORED: "Reminders go unheeded",
        Rule.UNREAD_MESSAGE: "Your message has not been read",
        Rule.NOT_ACTIVATED: "Invited, and not come in yet",
    },
    actions={
        NextAction.ACKNOWLEDGE_FLAG: "Look at the alert, take care of the patient, then acknowledge it.",
        NextAction.CALL_ABOUT_PAIN: "Call today, ask about the pain, and review what is prescribed.",
        NextAction.ANSWER_MESSAGE: "Answer the message.",
        NextAction.REVIEW_DOSE: "Ask about the pain and review the dose.",
        NextAction.EXPLAIN_OR_CHANGE_EXERCISE: "Explain the exercise again, or change it.",
        NextAction.ASK_HOW_IT_GOES: "Write or call: ask how it goes and what stands in the way.",
        NextAction.REVIEW_PLAN_TOGETHER: "Go through the plan together: is it too much, or at the wrong time?",
        NextAction.REACH_ANOTHER_WAY: "Try to reach the patient another way, by telephone for example.",
        NextAction.INVITE_AGAIN: "Send a new invitation, or help at the next visit.",
    },
)
