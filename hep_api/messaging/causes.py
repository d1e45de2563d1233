"""Ids of what the clinic's system says: made of its cause, so that the same cause never says it twice."""

from uuid import UUID, uuid5

SAID_BY_THE_SYSTEM = UUID("6f1c0b52-7d0e-5c3a-9b0d-2f4f3f9e8a17")


def caused_by(*parts: object) -> UUID:
    """Return the `client_id` of what is said because of something: the same parts give the same id, for ever."""
    return uuid5(SAID_BY_THE_SYSTEM, "\n".join(str(part) for part in parts))
