"""The phrases that mails need: each language fills one Phrasebook; a test holds that none is short.

The only gaps are numbers. A mail names nobody: neither whom it is about nor the clinic.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the page that a mail's last link leads to."""

    title: str
    ask: str
    button: str
    done: str


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """A mail's phrases.

    `several` is the subject of a mail with more than one notice, `open_app` stands on the button and `where` before it.
    `ends` goes before the link that ends such mails; `choose` says where it is chosen what is mailed.
    """

    several: str
    where: str
    open_app: str
    ends: str
    choose: str
    digest: str
    waiting: str
    attention: str
    page: Page
