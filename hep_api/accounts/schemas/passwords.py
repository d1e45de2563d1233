"""JSON shapes of passwords. What is wrong with a new one besides its length is judged with the account in view."""

from hep_api.accounts.passwords import LONGEST, SHORTEST
from hep_api.foundation.web.fields import Email, Secret
from hep_api.foundation.web.schemas import In

NEW = {"description": "no rules but these: not a common one, not the own name or e-mail"}


class PasswordChangeIn(In):
    current_password = Secret(most=LONGEST, required=True)
    password = Secret(least=SHORTEST, most=LONGEST, required=True, metadata=NEW)


class PasswordResetIn(In):
    email = Email(required=True)


class PasswordResetUseIn(In):
    token = Secret(most=200, required=True, metadata={"description": "the end of the link that was mailed"})
    password = Secret(least=SHORTEST, most=LONGEST, required=True, metadata=NEW)
