"""The attention list in French; the practitioner is addressed as vous."""

from hep_api.insights.vocabulary import NextAction, Rule
from hep_api.insights.words.phrasebook import Phrasebook

FRENCH = Phrasebook(
    titles={
        Rule.RED_FLAG: "Signe d'alerte : à voir tout de suite",
        Rule.HIGH_PAIN: "Douleur de 7 ou plus",
        Rule.UNANSWERED_MESSAGE: "Un message attend une réponse",
        Rule.RISING_PAIN: "Douleur en hausse sur trois séances",
        Rule.SKIP_REASONS: "Exercice sauté : douleur ou consigne peu claire",
        Rule.NO_EVENTS: "Rien de noté depuis plusieurs jours",
        Rule.COMPLETION_DROP: "Nettement moins d'exercices qu'avant",
        Rule.REMINDERS_IGNORED: "Les rappels restent sans suite",
        Rule.UNREAD_MESSAGE: "Votre message n'a pas été lu",
        Rule.NOT_ACTIVATED: "Invitation sans suite",
    },
    actions={
        NextAction.ACKNOWLEDGE_FLAG: "Regarder l'alerte, s'occuper de la personne, puis confirmer l'alerte.",
        NextAction.CALL_ABOUT_PAIN: "Appelez aujourd'hui, parlez de la douleur et revoyez ce qui est prescrit.",
        NextAction.ANSWER_MESSAGE: "Répondez au message.",
        NextAction.REVIEW_DOSE: "Parlez de la douleur et revoyez la dose.",
        NextAction.EXPLAIN_OR_CHANGE_EXERCISE: "Expliquez de nouveau l'exercice, ou changez-le.",
        NextAction.ASK_HOW_IT_GOES: "Écrivez ou appelez : demandez comment cela se passe et ce qui gêne.",
        NextAction.REVIEW_PLAN_TOGETHER: "Revoyez le plan ensemble : est-ce trop, ou au mauvais moment ?",
        NextAction.REACH_ANOTHER_WAY: "Essayez de joindre la personne autrement, par téléphone par exemple.",
        NextAction.INVITE_AGAIN: "Envoyez une nouvelle invitation, ou aidez lors de la prochaine visite.",
    },
)
