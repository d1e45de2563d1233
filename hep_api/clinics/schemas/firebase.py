"""JSON shape of signing in by a Firebase account."""

from hep_api.accounts.schemas.firebase import FirebaseLinkIn
from hep_api.clinics.schemas.entrance import CLINIC_ID, DEVICE_ID, DEVICE_NAME
from hep_api.foundation.web.fields import Id, Text


class FirebaseSignInIn(FirebaseLinkIn):
    clinic_id = Id(load_default=None, metadata=CLINIC_ID)
    device_name = Text(most=100, load_default="", metadata=DEVICE_NAME)
    device_id = Id(load_default=None, metadata=DEVICE_ID)
