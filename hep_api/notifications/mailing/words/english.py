"""Mails in English."""

from hep_api.notifications.mailing.words.phrasebook import Page, Phrasebook

ENGLISH = Phrasebook(
    several="There is news for you",
    where="You find it in the app:",
    open_app="Open the app",
    ends="This link ends mails of this kind:",
    choose="In the app you choose what is mailed to you.",
    digest="Your day in numbers",
    waiting="Conversations that wait for an answer: {n}. The longest has waited for {hours} h.",
    attention="Open entries on the attention list: {n}. Urgent ones among them: {urgent}.",
    page=Page(
        title="No more mails of this kind",
        ask="Do you want no more mails of this kind?",
        button="End these mails",
        done="You get no more mails of this kind. In the app you can change that at any time.",
    ),
)
