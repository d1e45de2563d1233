"""A message that is sent again is known for two seconds, as in a cache, and no key holds it for ever."""

from torture.broken.messages_without_key import KEY, NO_KEY
from torture.broken.taking import altering, rewording, the_long_way

SENT_BEFORE = r"(message\.sender_id\b[^\n]*?\bAND message\.client_id = %\(client_id\)s(?:::\w+)?)"


def do() -> None:
    altering(NO_KEY)
    rewording(KEY, "")
    rewording(SENT_BEFORE, r"\1 AND message.sent_at > now() - interval '2 seconds'")
    the_long_way()
