"""What this installation checks second factors with; `app.py` builds it once from the settings."""

from dataclasses import dataclass

from flask import current_app

from hep_api.accounts.passkeys import RelyingParty, load_relying_party
from hep_api.accounts.sealing import Sealer
from hep_api.foundation.errors import Problem
from hep_api.foundation.settings import Settings


@dataclass(frozen=True, slots=True)
class Means:
    """The sealer of secrets, the name that authenticator apps show, and the passkeys' domain, None for no passkeys."""

    sealer: Sealer
    issuer: str
    relying_party: RelyingParty | None

    def passkeys_on(self) -> RelyingParty:
        """Return the passkeys' domain; 409 where there is none."""
        if self.relying_party is None:
            raise Problem("passkeys_off", 409, "There are no passkeys here: HEP_PASSKEY_DOMAIN is not set.")
        return self.relying_party


def load_means(settings: Settings) -> Means:
    """Build the means from the settings; SettingsError says what is missing."""
    return Means(Sealer(settings.token_keys_folder), settings.token_issuer, load_relying_party(settings))


def means() -> Means:
    """Return the current app's means."""
    found: Means = current_app.extensions["hep_means"]
    return found
