"""That a message is sent once is looked up before it is added, and no key holds it: two at once see neither."""

from torture.broken.taking import altering, rewording, the_long_way

NO_KEY = "ALTER TABLE message DROP CONSTRAINT IF EXISTS message_sent_once_key"
KEY = r"ON CONFLICT ON CONSTRAINT message_sent_once_key DO NOTHING"


def do() -> None:
    altering(NO_KEY)
    rewording(KEY, "")
    the_long_way()
