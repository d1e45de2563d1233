"""The attention list in Spanish; the practitioner is addressed as usted."""

from hep_api.insights.vocabulary import NextAction, Rule
from hep_api.insights.words.phrasebook import Phrasebook

SPANISH = Phrasebook(
    titles={
        Rule.RED_FLAG: "Señal de alarma: mirar de inmediato",
        Rule.HIGH_PAIN: "Dolor de 7 o más",
        Rule.UNANSWERED_MESSAGE: "Un mensaje espera respuesta",
        Rule.RISING_PAIN: "El dolor sube en tres sesiones",
        Rule.SKIP_REASONS: "Ejercicio omitido por dolor o porque no está claro",
        Rule.NO_EVENTS: "Nada registrado desde hace días",
        Rule.COMPLETION_DROP: "Bastante menos hecho que antes",
        Rule.REMINDERS_IGNORED: "No hace caso a los recordatorios",
        Rule.UNREAD_MESSAGE: "Su mensaje no se ha leído",
        Rule.NOT_ACTIVATED: "Invitación sin aceptar",
    },
    actions={
        NextAction.ACKNOWLEDGE_FLAG: "Mirar la alerta, atender a la persona y después confirmarla.",
        NextAction.CALL_ABOUT_PAIN: "Llame hoy, pregunte por el dolor y revise lo prescrito.",
        NextAction.ANSWER_MESSAGE: "Responda al mensaje.",
        NextAction.REVIEW_DOSE: "Pregunte por el dolor y revise la dosis.",
        NextAction.EXPLAIN_OR_CHANGE_EXERCISE: "Explique de nuevo el ejercicio, o cámbielo.",
        NextAction.ASK_HOW_IT_GOES: "Escriba o llame: pregunte cómo va y qué lo impide.",
        NextAction.REVIEW_PLAN_TOGETHER: "Revisen el plan juntos: ¿es demasiado, o a mala hora?",
        NextAction.REACH_ANOTHER_WAY: "Intente contactar de otra manera, por ejemplo por teléfono.",
        NextAction.INVITE_AGAIN: "Envíe una nueva invitación, o ayude en la próxima visita.",
    },
)
