"""Notices in German; people are addressed as Sie."""

from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.wording.phrasebook import Phrase, Phrasebook

GERMAN = Phrasebook(
    phrases={
        NoticeKind.MESSAGE: Phrase("Neue Nachricht", "Sie haben eine neue Nachricht von Ihrer Praxis."),
        NoticeKind.PLAN_PUBLISHED: Phrase("Ihr Plan ist da", "Ihre Praxis hat einen Plan für Sie zusammengestellt."),
        NoticeKind.PLAN_CHANGED: Phrase("Ihr Plan hat sich geändert", "Sehen Sie nach, was neu ist."),
        NoticeKind.REMINDER: Phrase("Zeit für Ihren Plan", "Für jetzt ist etwas geplant."),
        NoticeKind.SECOND_NUDGE: Phrase("Heute noch offen", "Für das, was Sie heute vorhatten, ist noch Zeit."),
        NoticeKind.CHECK_IN: Phrase("Eine Frage an Sie", "Ihre Praxis möchte wissen, wie es läuft."),
        NoticeKind.ANSWER_WAITING: Phrase("Antwort bald fällig", "Eine Nachricht wartet auf Antwort."),
        NoticeKind.RED_FLAG: Phrase("Bitte sofort nachsehen", "Ein Alarm braucht Sie jetzt. Bitte öffnen Sie die App."),
        NoticeKind.TEST: Phrase("Test", "Benachrichtigungen kommen auf diesem Gerät an."),
    },
    for_staff={NoticeKind.MESSAGE: Phrase("Neue Nachricht", "Eine Nachricht ist eingegangen.")},
)
