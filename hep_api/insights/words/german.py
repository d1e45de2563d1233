"""The attention list in German; the practitioner is addressed as Sie."""

from hep_api.insights.vocabulary import NextAction, Rule
from hep_api.insights.words.phrasebook import Phrasebook

GERMAN = Phrasebook(
    titles={
        Rule.RED_FLAG: "Alarmzeichen: sofort ansehen",
        Rule.HIGH_PAIN: "Schmerz von 7 oder mehr",
        Rule.UNANSWERED_MESSAGE: "Eine Nachricht wartet auf Antwort",
        Rule.RISING_PAIN: "Schmerz nimmt über drei Einheiten zu",
        Rule.SKIP_REASONS: "Ausgelassen wegen Schmerz oder weil etwas unklar ist",
        Rule.NO_EVENTS: "Seit Tagen nichts eingetragen",
        Rule.COMPLETION_DROP: "Deutlich weniger gemacht als bisher",
        Rule.REMINDERS_IGNORED: "Erinnerungen bleiben ohne Echo",
        Rule.UNREAD_MESSAGE: "Ihre Nachricht ist nicht gelesen",
        Rule.NOT_ACTIVATED: "Eingeladen und noch nicht angemeldet",
    },
    actions={
        NextAction.ACKNOWLEDGE_FLAG: "Den Alarm ansehen, sich um die Person kümmern, dann den Alarm bestätigen.",
        NextAction.CALL_ABOUT_PAIN: "Rufen Sie heute an, fragen Sie nach dem Schmerz und prüfen Sie den Plan.",
        NextAction.ANSWER_MESSAGE: "Beantworten Sie die Nachricht.",
        NextAction.REVIEW_DOSE: "Fragen Sie nach dem Schmerz und prüfen Sie die Dosis.",
        NextAction.EXPLAIN_OR_CHANGE_EXERCISE: "Erklären Sie die Übung noch einmal, oder ändern Sie sie.",
        NextAction.ASK_HOW_IT_GOES: "Schreiben Sie oder rufen Sie an: Wie geht es, und was steht im Weg?",
        NextAction.REVIEW_PLAN_TOGETHER: "Gehen Sie den Plan gemeinsam durch: Ist es zu viel oder zur falschen Zeit?",
        NextAction.REACH_ANOTHER_WAY: "Versuchen Sie es auf einem anderen Weg, etwa am Telefon.",
        NextAction.INVITE_AGAIN: "Schicken Sie eine neue Einladung, oder helfen Sie beim nächsten Termin.",
    },
)
