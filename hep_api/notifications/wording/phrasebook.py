"""What a notice says: fixed sentences, each language fills one Phrasebook.

A notice is shown on a locked screen and goes through other companies' servers. So no sentence has a gap to be filled
in: not a name, not an exercise, not a number. A test holds that none has, and that no language is short of one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hep_api.notifications.kinds import NoticeKind


@dataclass(frozen=True, slots=True)
class Phrase:
    """A notice in one language: its title, and a sentence."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """All notices in one language; `for_staff` are those that patients read in other words."""

    phrases: Mapping[NoticeKind, Phrase]
    for_staff: Mapping[NoticeKind, Phrase]
