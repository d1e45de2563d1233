"""Mails in Spanish; people are addressed as usted."""

from hep_api.notifications.mailing.words.phrasebook import Page, Phrasebook

SPANISH = Phrasebook(
    several="Hay novedades para usted",
    where="Las encontrará en la aplicación:",
    open_app="Abrir la aplicación",
    ends="Con este enlace dejará de recibir correos de este tipo:",
    choose="En la aplicación elige qué se le envía por correo.",
    digest="Su día en cifras",
    waiting="Conversaciones que esperan respuesta: {n}. La que más espera lleva {hours} h.",
    attention="Entradas abiertas en la lista de atención: {n}. De ellas, urgentes: {urgent}.",
    page=Page(
        title="No más correos de este tipo",
        ask="¿No quiere recibir más correos de este tipo?",
        button="No recibir más",
        done="Ya no recibirá correos de este tipo. Puede cambiarlo en la aplicación cuando quiera.",
    ),
)
