"""What people are told of outside of the app, by a push or a mail. The word itself travels in a push: an app opens the
right page by it.

Kinds of one family are about the same thing: what comes later takes the place of what was shown.
"""

from collections.abc import Mapping
from enum import StrEnum

from hep_api.accounts.viewer import LEADERS, Role


class NoticeKind(StrEnum):
    """What a notice is about; `test` is what somebody asks for to see whether their phone rings."""

    MESSAGE = "message"
    PLAN_PUBLISHED = "plan_published"
    PLAN_CHANGED = "plan_changed"
    REMINDER = "reminder"
    SECOND_NUDGE = "second_nudge"
    CHECK_IN = "check_in"
    ANSWER_WAITING = "answer_waiting"
    RED_FLAG = "red_flag"
    TEST = "test"


FAMILIES: Mapping[NoticeKind, str] = {
    NoticeKind.MESSAGE: "conversation",
    NoticeKind.ANSWER_WAITING: "conversation",
    NoticeKind.PLAN_PUBLISHED: "plan",
    NoticeKind.PLAN_CHANGED: "plan",
    NoticeKind.REMINDER: "reminder",
    NoticeKind.SECOND_NUDGE: "reminder",
    NoticeKind.CHECK_IN: "check_in",
    NoticeKind.RED_FLAG: "red_flag",
    NoticeKind.TEST: "test",
}
OF_PATIENTS = (
    NoticeKind.MESSAGE,
    NoticeKind.PLAN_PUBLISHED,
    NoticeKind.PLAN_CHANGED,
    NoticeKind.REMINDER,
    NoticeKind.SECOND_NUDGE,
    NoticeKind.CHECK_IN,
)
OF_STAFF = (NoticeKind.MESSAGE, NoticeKind.ANSWER_WAITING, NoticeKind.RED_FLAG)
# They have no part in conversations; an alert that nobody of the care team holds is theirs.
OF_LEADERS = (NoticeKind.RED_FLAG,)


def kinds_for(role: Role) -> tuple[NoticeKind, ...]:
    """Return what somebody of a role may be told of, in the order in which it is listed."""
    if role is Role.PATIENT:
        return OF_PATIENTS
    return OF_LEADERS if role in LEADERS else OF_STAFF
