"""Mails in French; people are addressed as vous."""

from hep_api.notifications.mailing.words.phrasebook import Page, Phrasebook

FRENCH = Phrasebook(
    several="Il y a du nouveau pour vous",
    where="À retrouver dans l'application :",
    open_app="Ouvrir l'application",
    ends="Ce lien met fin aux e-mails de ce type :",
    choose="Dans l'application, vous choisissez ce qui vous est envoyé par e-mail.",
    digest="Votre journée en chiffres",
    waiting="Conversations en attente d'une réponse : {n}. La plus ancienne attend depuis {hours} h.",
    attention="Entrées ouvertes de la liste d'attention : {n}. Dont urgentes : {urgent}.",
    page=Page(
        title="Plus d'e-mails de ce type",
        ask="Ne plus recevoir d'e-mails de ce type ?",
        button="Ne plus en recevoir",
        done="Vous ne recevrez plus d'e-mails de ce type. Vous pouvez changer cela à tout moment dans l'application.",
    ),
)
