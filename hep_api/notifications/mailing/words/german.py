"""Mails in German; people are addressed as Sie."""

from hep_api.notifications.mailing.words.phrasebook import Page, Phrasebook

GERMAN = Phrasebook(
    several="Es gibt Neues für Sie",
    where="Sie finden es in der App:",
    open_app="App öffnen",
    ends="Dieser Link beendet E-Mails dieser Art:",
    choose="In der App wählen Sie, was Ihnen gemailt wird.",
    digest="Ihr Tag in Zahlen",
    waiting="Gespräche, die auf Antwort warten: {n}. Am längsten seit {hours} h.",
    attention="Offene Einträge der Aufmerksamkeitsliste: {n}. Davon dringend: {urgent}.",
    page=Page(
        title="Keine E-Mails dieser Art mehr",
        ask="Möchten Sie keine E-Mails dieser Art mehr?",
        button="E-Mails beenden",
        done="Sie bekommen keine E-Mails dieser Art mehr. In der App können Sie das jederzeit ändern.",
    ),
)
