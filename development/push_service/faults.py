"""What the service answers in place of a success, and how it is told when: by a script, or by lots of a seed.

The errors have FCM's real shape: `error.details[].errorCode` is what its clients go by.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of answering wrongly. `retry_after` is in seconds; `code` is FCM's errorCode, where it gives one.

    `how` says what an answer that is no error looks like: `garbage` and `half` after the push was taken, `silence` and
    `hang_up` before.
    """

    name: str
    status: int = 0
    grpc_status: str = ""
    code: str = ""
    retry_after: int | None = None
    how: str = "error"

    @property
    def kills_the_token(self) -> bool:
        """Tell whether FCM says by it that the token will never be good again."""
        return self.code in ("UNREGISTERED", "SENDER_ID_MISMATCH")

    @property
    def takes_the_push(self) -> bool:
        """Tell whether the push reaches the phone although the answer does not say so."""
        return self.how in ("garbage", "half")

    def body(self) -> dict[str, Any]:
        """Return the error as FCM writes it."""
        details = [{"@type": FCM_ERROR, "errorCode": self.code}] if self.code else []
        said = {"code": self.status, "message": f"{self.name} was asked for.", "status": self.grpc_status}
        return {"error": said | ({"details": details} if details else {})}

    def after(self, seconds: int) -> "Fault":
        """Return the same, to be tried again only after so many seconds."""
        return replace(self, retry_after=seconds)


UNREGISTERED = Fault("unregistered", 404, "NOT_FOUND", "UNREGISTERED")
SENDER_ID_MISMATCH = Fault("sender_id_mismatch", 403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH")
INVALID_ARGUMENT = Fault("invalid_argument", 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
UNAUTHENTICATED = Fault("unauthenticated", 401, "UNAUTHENTICATED")
THIRD_PARTY_AUTH_ERROR = Fault("third_party_auth_error", 401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR")
PERMISSION_DENIED = Fault("permission_denied", 403, "PERMISSION_DENIED")
QUOTA_EXCEEDED = Fault("quota_exceeded", 429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", retry_after=1)
INTERNAL = Fault("internal", 500, "INTERNAL", "INTERNAL")
UNAVAILABLE = Fault("unavailable", 503, "UNAVAILABLE", "UNAVAILABLE")
UNAVAILABLE_FOR_A_WHILE = Fault("unavailable_for_a_while", 503, "UNAVAILABLE", "UNAVAILABLE", retry_after=1)
GARBAGE = Fault("garbage", 200, how="garbage")
HALF = Fault("half", 200, how="half")
SILENCE = Fault("silence", how="silence")
HANG_UP = Fault("hang_up", how="hang_up")
# Web push has no word of its own for it: RFC 8030 says that the subscription is gone.
GONE = Fault("gone", 410)
TOO_LARGE = Fault("too_large", 413)

OF_FCM = (
    UNREGISTERED,
    SENDER_ID_MISMATCH,
    INVALID_ARGUMENT,
    UNAUTHENTICATED,
    THIRD_PARTY_AUTH_ERROR,
    PERMISSION_DENIED,
    QUOTA_EXCEEDED,
    INTERNAL,
    UNAVAILABLE,
    UNAVAILABLE_FOR_A_WHILE,
    GARBAGE,
    HALF,
    SILENCE,
    HANG_UP,
)
BY_NAME = {fault.name: fault for fault in (*OF_FCM, GONE, TOO_LARGE)}

# To whom, and the how manieth time this is sent there: what goes wrong with it, if anything.
Plan = Callable[[str, int], Fault | None]


def nothing_wrong(_: str, __: int) -> Fault | None:
    """Answer everything as it should be."""
    return None


def by_lot(seed: int, share: float, faults: Sequence[Fault]) -> Plan:
    """Let `share` of the answers be faults, drawn from `faults`: the same ones for the same seed, in whatever order."""

    def plan(address: str, time: int) -> Fault | None:
        lots = random.Random(f"{seed}/{address}/{time}")  # noqa: S311 - guards nothing
        return lots.choice(faults) if lots.random() < share else None

    return plan
