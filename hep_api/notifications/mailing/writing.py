"""How a mail of notifications reads: fixed sentences, numbers, a link into the app, and how such mails end.

No name stands in it, no word of anybody's, and nothing of anyone's health: mail lies open on many machines.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app

from hep_api.foundation.mail.messages import Mail
from hep_api.foundation.settings import Settings
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.mailing.endings import DIGEST, ending_link
from hep_api.notifications.mailing.notices import AT_ONCE
from hep_api.notifications.mailing.readers import Reader
from hep_api.notifications.mailing.words.languages import PHRASEBOOKS, chosen
from hep_api.notifications.queries.mails import DayInNumbers
from hep_api.notifications.wording.languages import say


def write_notices(clinic_id: UUID, reader: Reader, kinds: Sequence[NoticeKind]) -> Mail:
    """Return the mail that tells of these kinds, each once, the most urgent first."""
    standing = reader.standing
    told = [say(kind, standing.role, standing.languages) for kind in _in_order(kinds)]
    subject = told[0].title if len(told) == 1 or kinds_at_once(kinds) else ""
    ending = {kind.value for kind in set(kinds) - AT_ONCE}
    return _mail(clinic_id, reader, subject, [words.body for words in told], ending)


def write_digest(clinic_id: UUID, reader: Reader, day: DayInNumbers, now: datetime) -> Mail | None:
    """Return the mail with the numbers of the day; None where there is nothing to say."""
    words = PHRASEBOOKS[chosen(reader.standing.languages)]
    lines = []
    if day.waiting_since is not None:
        hours = (now - day.waiting_since) // timedelta(hours=1)
        lines.append(words.waiting.format(n=day.waiting, hours=hours))
    if day.entries:
        lines.append(words.attention.format(n=day.entries, urgent=day.urgent))
    return _mail(clinic_id, reader, words.digest, lines, {DIGEST}) if lines else None


def kinds_at_once(kinds: Sequence[NoticeKind]) -> bool:
    """Tell whether something among them waits for nothing."""
    return not AT_ONCE.isdisjoint(kinds)


def _in_order(kinds: Sequence[NoticeKind]) -> list[NoticeKind]:
    return sorted(set(kinds), key=lambda kind: (kind not in AT_ONCE, list(NoticeKind).index(kind)))


def _mail(clinic_id: UUID, reader: Reader, subject: str, lines: Sequence[str], ending: set[str]) -> Mail:
    settings: Settings = current_app.extensions["hep_settings"]
    language = chosen(reader.standing.languages)
    words = PHRASEBOOKS[language]
    ends_at = ending_link(clinic_id, reader.standing.member_id, ending)
    return Mail(
        to=reader.address,
        subject=subject or words.several,
        paragraphs=(*lines, words.where, settings.mail_link),
        language=language,
        button=words.open_app,
        footer=(words.choose, *((words.ends, ends_at) if ends_at else ())),
        ends_at=ends_at,
    )
