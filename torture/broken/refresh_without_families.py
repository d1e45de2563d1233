"""A refresh token that is used again is refused, and nothing else happens: the thief and the owner both go on."""

from hep_api.accounts.actions import sign_ins
from torture.broken.taking import replacing


def do() -> None:
    replacing(
        sign_ins, "_end", lambda whole, *arguments: 0 if "refresh_token_reused" in arguments else whole(*arguments)
    )
