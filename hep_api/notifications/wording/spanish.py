"""Notices in Spanish; people are addressed as usted."""

from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.wording.phrasebook import Phrase, Phrasebook

SPANISH = Phrasebook(
    phrases={
        NoticeKind.MESSAGE: Phrase("Mensaje nuevo", "Tiene un mensaje nuevo de su clínica."),
        NoticeKind.PLAN_PUBLISHED: Phrase("Su plan está listo", "Su clínica ha preparado un plan para usted."),
        NoticeKind.PLAN_CHANGED: Phrase("Su plan ha cambiado", "Vea qué hay de nuevo."),
        NoticeKind.REMINDER: Phrase("Es la hora de su plan", "Hay algo previsto para ahora."),
        NoticeKind.SECOND_NUDGE: Phrase("Pendiente hoy", "Todavía hay tiempo para lo que tenía previsto hoy."),
        NoticeKind.CHECK_IN: Phrase("Una pregunta para usted", "Su clínica quiere saber cómo le va."),
        NoticeKind.ANSWER_WAITING: Phrase("Respuesta pendiente", "Un mensaje espera respuesta."),
        NoticeKind.RED_FLAG: Phrase("Mire de inmediato", "Una alerta requiere su atención ahora. Abra la aplicación."),
        NoticeKind.TEST: Phrase("Prueba", "Los avisos llegan a este dispositivo."),
    },
    for_staff={NoticeKind.MESSAGE: Phrase("Mensaje nuevo", "Ha llegado un mensaje.")},
)
