"""Notices in English."""

from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.wording.phrasebook import Phrase, Phrasebook

ENGLISH = Phrasebook(
    phrases={
        NoticeKind.MESSAGE: Phrase("New message", "You have a new message from your clinic."),
        NoticeKind.PLAN_PUBLISHED: Phrase("Your plan is ready", "Your clinic has put together a plan for you."),
        NoticeKind.PLAN_CHANGED: Phrase("Your plan has changed", "Have a look at what is new."),
        NoticeKind.REMINDER: Phrase("Time for your plan", "Something is planned for now."),
        NoticeKind.SECOND_NUDGE: Phrase("Still open today", "There is still time for what you planned today."),
        NoticeKind.CHECK_IN: Phrase("A question for you", "Your clinic would like to know how you are getting on."),
        NoticeKind.ANSWER_WAITING: Phrase("An answer is due soon", "A message has been waiting for an answer."),
        NoticeKind.RED_FLAG: Phrase("Look at once", "An alert needs you now. Please open the app."),
        NoticeKind.TEST: Phrase("Test", "Notices arrive on this device."),
    },
    for_staff={NoticeKind.MESSAGE: Phrase("New message", "A message has come in.")},
)
