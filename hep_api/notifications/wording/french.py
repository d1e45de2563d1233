"""Notices in French; people are addressed as vous."""

from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.wording.phrasebook import Phrase, Phrasebook

FRENCH = Phrasebook(
    phrases={
        NoticeKind.MESSAGE: Phrase("Nouveau message", "Vous avez un nouveau message de votre cabinet."),
        NoticeKind.PLAN_PUBLISHED: Phrase("Votre plan est prêt", "Votre cabinet a préparé un plan pour vous."),
        NoticeKind.PLAN_CHANGED: Phrase("Votre plan a changé", "Regardez ce qui est nouveau."),
        NoticeKind.REMINDER: Phrase("C'est l'heure de votre plan", "Quelque chose est prévu maintenant."),
        NoticeKind.SECOND_NUDGE: Phrase(
            "À faire aujourd'hui", "Il est encore temps pour ce que vous aviez prévu aujourd'hui."
        ),
        NoticeKind.CHECK_IN: Phrase("Une question pour vous", "Votre cabinet aimerait savoir comment cela se passe."),
        NoticeKind.ANSWER_WAITING: Phrase("Réponse bientôt attendue", "Un message attend une réponse."),
        NoticeKind.RED_FLAG: Phrase(
            "À regarder tout de suite", "Une alerte vous attend maintenant. Ouvrez l'application."
        ),
        NoticeKind.TEST: Phrase("Test", "Les notifications arrivent sur cet appareil."),
    },
    for_staff={NoticeKind.MESSAGE: Phrase("Nouveau message", "Un message est arrivé.")},
)
