"""A message that was sent before is found by the sender's id of it alone, whoever the sender was."""

from torture.broken.taking import rewording, the_long_way

OF_SENDER = r"message\.sender_id\b[^\n]*?\bAND (message\.client_id = )"


def do() -> None:
    rewording(OF_SENDER, r"\1")
    the_long_way()
