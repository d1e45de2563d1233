"""JSON shapes of signing in by Firebase."""

from hep_api.foundation.web.fields import Instant, Secret
from hep_api.foundation.web.schemas import In, Out

# As issued by Firebase with a few claims of the project's own; they may be 1,000 bytes.
LONGEST_ID_TOKEN = 4_000


class FirebaseLinkIn(In):
    id_token = Secret(most=LONGEST_ID_TOKEN, required=True, metadata={"description": "as getIdToken() returns it"})


class FirebaseLinkOut(Out):
    linked_at = Instant(allow_none=True, metadata={"description": "null when no Firebase account is linked"})
